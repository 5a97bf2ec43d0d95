"""A list of recipients: which rows to send to, which not, and why. Only syntax, tables and the DNS are asked, no mailbox.

`read_list` parses a CSV; `judge_list` judges its rows and asks the DNS about each domain once. No file is read or written here.
"""

from benchkit.audit.recipient_list.csv_rows import RecipientCsv as RecipientCsv
from benchkit.audit.recipient_list.csv_rows import read_list as read_list
from benchkit.audit.recipient_list.judge_rows import JudgedList as JudgedList
from benchkit.audit.recipient_list.judge_rows import JudgedRow as JudgedRow
from benchkit.audit.recipient_list.judge_rows import judge_list as judge_list
from benchkit.audit.recipient_list.reasons import Rejection as Rejection
from benchkit.audit.recipient_list.suppression import read_suppression as read_suppression
