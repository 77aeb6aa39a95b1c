"""Brute force: the meaning of each trigger, evaluated over the whole list of events, written apart from the
engine.
"""
