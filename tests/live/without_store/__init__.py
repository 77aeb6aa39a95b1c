"""A press while the store cannot be written, in a real house."""
