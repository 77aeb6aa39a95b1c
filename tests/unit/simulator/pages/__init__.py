"""Tests of the report of a played scenario."""
