"""The rules of devices/simulator."""
