"""One suite for each port, run on every database that the house knows."""
