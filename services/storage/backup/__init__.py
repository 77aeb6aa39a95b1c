"""Backups: one file that holds one instant of a store and the files that belong to it, the same for both
databases (docs/decisions/0015).
"""
