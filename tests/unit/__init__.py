"""One room at a time, nothing started."""
