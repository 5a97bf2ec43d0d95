"""The protocols as bytes and values: round trips, replies, commands. No sockets, no clocks."""
