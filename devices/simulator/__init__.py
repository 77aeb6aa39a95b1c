"""Invented people, homes and devices that speak to the services over the wire alone."""
