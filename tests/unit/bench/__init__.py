"""The rules of the bench: what it publishes, and how it counts."""
