"""The parts of a fleet, each by itself."""
