"""Thinking, second half: findings become alerts, and alerts say who is told and when."""
