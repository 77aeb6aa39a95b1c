"""The API as programs meet it: over the OpenAPI document, and over a real connection."""
