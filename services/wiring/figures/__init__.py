"""Figures: what each room shows of itself at `/metrics`, a collector a file.

The wiring registers the collectors of the rooms that run in a process, so a process shows its own. They read
plain counters and the store at the moment somebody asks; the loops pay nothing for them. No label may ever
hold a name, an address or an id.
"""
