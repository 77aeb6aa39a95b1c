"""Instruments: the devices of the cast, which make sayings of what people do and misbehave as real ones do.

Everything here is pure and seeded: streams of sayings in, streams of sayings out, in the order in which they
reach the broker. No clock, no wire; nothing here knows what the service makes of it.
"""
