"""benchkit: one identical batch of mail through SMTP and through an HTTP API, every turn counted."""

__version__ = "0.1.0"
