"""The languages that devices speak, one ecosystem a file."""
