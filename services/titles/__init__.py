"""What the house calls what it finds itself, in each of its languages; rulebooks name what they find."""
