"""The rules of the room services/titles."""
