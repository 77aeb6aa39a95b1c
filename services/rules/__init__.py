"""Thinking, first half: a rulebook and events become findings; state in, state out."""
