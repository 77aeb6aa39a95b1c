"""Misbehaviours, a file each: what makes a device of the cast behave as real ones do. A new one is a new file
with a `Misbehaviour` in it; `devices.simulator.instruments.known` finds it.
"""
