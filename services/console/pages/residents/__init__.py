"""The page of a resident."""
