"""The rules of the room services/domain."""
