"""The page of an alert, and what is done about it there."""
