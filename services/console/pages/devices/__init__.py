"""The pages of devices: found, registered, followed step by step until they protect somebody."""
