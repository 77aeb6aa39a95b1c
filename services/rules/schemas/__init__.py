"""JSON Schema of what people write for the rules, so that an editor completes it and marks what is wrong."""
