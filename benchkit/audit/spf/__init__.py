"""SPF: what one message gets (`check_host`), what a record costs (`tree`), and which addresses it authorises (`addresses`).

Law: the DNS is asked through the `Ask` that is passed in, limits are wrappers around it, and every walk is bounded.
"""
