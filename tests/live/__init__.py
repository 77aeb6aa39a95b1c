"""The running product, started and stopped as a person would."""
