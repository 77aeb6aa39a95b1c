"""Fleets: many invented homes at once, for load that is real in all but its people."""
