"""The triggers of the rulebook, one kind a file."""
