"""The instruments of the simulator: who notices what, and how devices misbehave."""
