"""The only way out: a notice becomes recorded attempts to reach a named person."""
