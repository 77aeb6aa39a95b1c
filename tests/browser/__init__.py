"""A real Chromium before a real house: what people see, and whether they can do with it what they must."""
