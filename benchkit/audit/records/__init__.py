"""Records as values: text in, a frozen record with positions and a list of faults out.

Law: pure and total. No parser asks the DNS, raises, or judges policy; audit/checks decides what a fault means for the mail.
Work is linear in the length of the text. Positions count characters of the record's `text`, in which one octet of the wire is
one character (Latin-1), so that a span is good for the octets too.
"""
