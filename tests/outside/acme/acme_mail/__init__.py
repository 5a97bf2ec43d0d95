"""What another company would write: an email API, an SMTP client and a DNS check, each found by an entry point."""
