"""The one door for facts from devices: bytes from the broker become stored events."""
