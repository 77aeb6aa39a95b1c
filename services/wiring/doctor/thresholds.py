"""From where on the doctor speaks up, each with its reason. They are about machines; numbers that decide
about people stand in policies and rulebooks.
"""

from __future__ import annotations

from datetime import timedelta

from services.wiring.probe import DISK_LOW_BYTES

FREE_AT_LEAST = DISK_LOW_BYTES
"""Bytes; below it a running service is not ready either, and on a full disk nothing is stored any more."""
FREE_WANTED = 2_000_000_000
"""Bytes. A month of 71 homes is some 320,000 events, about 200 MB with their indexes: room until somebody
looks.
"""
INODES_AT_LEAST = 1_000
"""The house itself needs a hundred; a file system that is down to this has lost them to something else."""
FSYNC_SLOW = 0.020
"""Seconds. Each batch waits for one sync; beyond it a press in ordinary traffic is later than 20 ms."""
FSYNC_TOO_SLOW = 0.500
"""Seconds. Half a second is what a press may take in a flood; such a disk is failing or shared to death."""
FSYNCS = 5
"""How many are timed; the middle one counts, so that one hiccup of a neighbour does not."""
CLOCK_BEHIND = timedelta(seconds=2)
"""How far the clock may stand before the newest event that was received: time services step back by less."""
ROSTER_AHEAD = timedelta(hours=24)
"""How far ahead holes are looked for: somebody who looks once a day sees each before its night."""
REFUSALS_WITHIN = timedelta(days=2)
"""How far back refusals are looked for: a day between two looks, and one that was missed."""
ANSWER_SECONDS = 5.0
"""How long a server may take to answer; notices wait for theirs just as long."""
