"""The rules of the room services/rules."""
