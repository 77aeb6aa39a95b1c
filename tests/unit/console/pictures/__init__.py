"""The pictures of nights and days."""
