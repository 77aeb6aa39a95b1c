"""The rules of the room services/ingest."""
