"""What becomes of mail after a server has accepted it: one vocabulary of events, and parsers of every source of them.

The parsers are pure: bytes and text in, no sockets, no files, no clock. Their input comes from outside: it is bounded, and
no input makes them raise. Only two inner rooms do I/O: `webhook_receiver` and `mailboxes`.
"""
