"""The page on which a shift of the duty desk hands over to the next."""
