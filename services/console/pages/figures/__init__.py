"""The page of the figures of the service."""
