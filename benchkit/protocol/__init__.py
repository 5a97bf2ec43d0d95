"""The protocols as bytes and values: turns, replies, commands. No sockets, no clocks."""
