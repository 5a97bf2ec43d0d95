"""DMARC beside its record (RFC 9989): the tree walk, the policy for any name, alignment, and consent to take reports."""
