"""Tests of the doctor: each takes something from an installation that is well and reads what is said."""
