"""The doctor: looks at a whole installation, while it runs or not, and says what to do about each thing that
is not well. It changes nothing: no table, no file, no message.
"""
