"""`benchkit certify`: runs with known round trips and delays, and the checks of their results."""
