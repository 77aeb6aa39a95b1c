"""The board: everybody at a glance."""
