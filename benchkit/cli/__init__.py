"""The command line: one file a verb, and a verb only parses, calls and prints. The only room that knows everyone.

Law: nothing heavy is imported at the top of these files, so that `benchkit --help` answers at once.
"""
