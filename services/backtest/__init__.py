"""Trying a rulebook on the stored history, beside what was raised live; it changes nothing."""
