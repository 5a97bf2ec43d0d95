"""The experiment: a plan of blocks and cells, paces, and the engine that walks it in a worker process of its own.

Law: a transport is found by its name in a registry, never imported; nothing is printed here.
"""
