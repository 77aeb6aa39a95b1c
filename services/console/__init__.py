"""What people and integrators see of the house over HTTP."""
