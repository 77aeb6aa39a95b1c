"""The pages of visits: who is owed one, and recording it, also without a line."""
