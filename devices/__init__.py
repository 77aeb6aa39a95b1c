"""What stands in the homes, as far as software can play it."""
