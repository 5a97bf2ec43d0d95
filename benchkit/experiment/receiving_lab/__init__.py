"""The receiving lab: real mail servers on loopback, for the duration of a run, which take its mail as a receiver would.

Postfix with rspamd as its milter, Dovecot by LMTP with Sieve, IMAP, and DNS from zone files. A second port of the same
Postfix is the sender's own mail server: OpenDKIM signs there. All configuration is in a temporary folder. A separate process
ends the servers and removes the folder, however benchkit ends (supervisor.py). Nothing leaves loopback.
"""

from benchkit.experiment.receiving_lab.lab import MAILBOX as MAILBOX
from benchkit.experiment.receiving_lab.lab import RunningLab as RunningLab
from benchkit.experiment.receiving_lab.lab import receiving_lab as receiving_lab
