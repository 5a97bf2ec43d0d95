"""The types of benchkit's data and the interfaces between its rooms: frozen values, stdlib only, no I/O, no printing."""
