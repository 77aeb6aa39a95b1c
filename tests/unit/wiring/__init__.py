"""The rules of the room services/wiring."""
