"""The HTTP interface of the contracts, one collection a file."""
