"""Faults of the house, one by one."""
