"""The experiment: a plan of blocks and cells, paces, and the engine that runs them in a separate worker process.

Law: a transport is found by its name in a registry, never imported; nothing is printed here.
"""
