"""Telling without the store: the pieces at work together, on a clock that stands."""
