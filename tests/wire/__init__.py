"""Real clients against the real broker, database and servers."""
