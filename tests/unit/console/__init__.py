"""The rules of the room services/console."""
