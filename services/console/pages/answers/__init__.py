"""The page of a one-tap link."""
