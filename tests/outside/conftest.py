"""The package in `acme` is no part of these tests: test_acme_package.py installs it, and runs its tests as its author would."""

collect_ignore = ["acme"]
