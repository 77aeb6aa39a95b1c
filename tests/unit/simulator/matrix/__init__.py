"""The matrix scenarios × faults, without a service."""
