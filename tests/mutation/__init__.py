"""Mutants: whether the tests would notice if the thinking rooms decided a little otherwise. A program of its
own; nothing of it runs with the tests.
"""
