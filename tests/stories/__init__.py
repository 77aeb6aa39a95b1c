"""Nights and days played through the product's own wiring on a stepped clock."""
