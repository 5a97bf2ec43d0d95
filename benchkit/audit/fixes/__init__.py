"""Text to paste into a zone: a record with its changes. Judging what needs a change is the work of the checks."""
