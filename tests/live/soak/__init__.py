"""A small soak of the real house, in the tests."""
