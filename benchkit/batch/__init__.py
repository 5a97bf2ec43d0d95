"""Composing: templates, recipients, attachments and a seed become a `Batch`, each message once, before the clock starts.

Also the two directions between canonical content (model/message.py) and MIME: `to_mime` composes what every SMTP arm
sends, `from_mime` is its inverse for the sink and for MIME endpoints. Same specification, same bytes, on any machine:
no wall clock, no unseeded randomness, no table of the operating system.
"""

from benchkit.batch.addresses import parse_mailboxes
from benchkit.batch.composer import compose
from benchkit.batch.reader import from_mime
from benchkit.batch.writer import to_mime

__all__ = ["compose", "from_mime", "parse_mailboxes", "to_mime"]
