"""SPF at work: what one message gets (`check_host`), what a record costs (`tree`), and whom it authorises (`addresses`).

Law: the DNS is asked through the `Ask` one is handed, limits are wrappers around it, and every walk is bounded.
"""
