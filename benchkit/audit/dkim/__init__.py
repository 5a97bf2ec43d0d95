"""DKIM beside its records: where keys are looked for, and whether a message's signature is good (RFC 6376, 8301, 8463)."""
