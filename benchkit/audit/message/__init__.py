"""A real message as an audit reads it: its header fields, its signatures, its identities and what aligns with them."""
