"""The house as one process, as an administrator starts it, with stock clients around it."""
