"""The rules of the room services/escalation."""
