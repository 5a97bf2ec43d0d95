"""The nouns of benchkit and the seams between its rooms: frozen values, stdlib only, no I/O, no printing."""
