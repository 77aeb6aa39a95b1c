"""The engine against brute force, one file a trigger."""
