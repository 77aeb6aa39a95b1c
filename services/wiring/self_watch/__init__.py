"""The watch of the house over itself: its own button, the watcher that only reads ages, and how what is wrong
is said outside. Nothing here decides about a person.
"""
