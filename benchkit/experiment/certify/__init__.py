"""`benchkit certify`: runs with known round trips and delays, and what is compared with them."""
