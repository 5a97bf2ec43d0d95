"""`import benchkit`: the objects that a notebook uses. They draw themselves; their tables go to any library that takes Arrow.

Everything is computed elsewhere (stats, report, plots, store); here it gets its form for a notebook. No mail client is loaded.
"""
