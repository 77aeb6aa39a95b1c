"""Lives of invented people, as acts in order of time: they sleep, rise, go out, fall ill, go away. Seeded
dice and a calendar decide; nothing here reads a clock or touches a wire.
"""
