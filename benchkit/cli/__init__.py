"""The command line: one file for each verb; a verb only parses, calls and prints. Only this room imports all others.

Law: nothing heavy is imported at the top of these files, so that `benchkit --help` answers at once.
"""
