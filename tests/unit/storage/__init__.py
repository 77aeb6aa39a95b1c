"""The rules of the room services/storage."""
