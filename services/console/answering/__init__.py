"""Answering without signing in: by the link of a message, or by a reply to it."""
