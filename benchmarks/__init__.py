"""benchkit's own speed, side by side with what it is held against; `make bench` runs them all, pairwise, as ratios."""
