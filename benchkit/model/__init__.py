"""The nouns of benchkit and the interfaces between its rooms: frozen values, stdlib only, no I/O, no printing."""
