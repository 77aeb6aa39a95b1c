"""The rules of the room services/notify."""
