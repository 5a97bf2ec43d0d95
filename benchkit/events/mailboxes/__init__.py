"""Mailboxes, read: a Maildir on this machine, or IMAP. Nothing is changed, marked or removed there.

Law: of test recipients only mail of the run is read, by its identity; a folder of reports is read as a whole. Mail is passed
on unchanged, and judged elsewhere.
"""

from benchkit.events.mailboxes.imap import ImapAccount as ImapAccount
from benchkit.events.mailboxes.imap import MailboxUnreadable as MailboxUnreadable
from benchkit.events.mailboxes.imap import read_imap as read_imap
from benchkit.events.mailboxes.imap import read_imap_folder as read_imap_folder
from benchkit.events.mailboxes.maildir import read_maildir as read_maildir
