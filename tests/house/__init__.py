"""Tests of the house itself: its locks, its arrows, its words."""
