"""Ecosystems, a file each: how the devices of one maker's world say what happened. A new one is a new file
with an ``ECOSYSTEM`` in it; `devices.simulator.ecosystems.known` finds it.
"""
