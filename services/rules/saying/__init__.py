"""Rules in plain words, made from the rules themselves; what is said here is what runs."""
