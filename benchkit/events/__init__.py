"""What becomes of mail after a server has accepted it: one vocabulary of events, and parsers of whatever tells them.

Law: pure, from bytes and text; no sockets, no files, no clock. What strangers send is bounded and never raises.
"""
