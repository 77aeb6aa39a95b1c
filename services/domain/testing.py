"""Testing: the window in which a press of one device is a test, and how long a test waits for an answer.

A window is for one press. Everything about it leans to one side: whatever is not surely a test is a call for
help, and no test keeps a call waiting for longer than `ANSWERED_WITHIN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

ANSWERED_WITHIN = timedelta(seconds=60)
"""How long a test waits for an answer, from the receiving of its press; then it goes on as real (wire
contract).
"""
LONGEST = timedelta(minutes=10)
"""The longest window (wire contract)."""
USUAL = timedelta(minutes=5)
"""The window of somebody who does not say how long."""
MOST_PRESSES = 2
"""Presses of its device that a test takes: whoever proves a button presses it once, or twice in a hurry.
Whoever needs help presses on.
"""
CLAIM_MAY_LAG = timedelta(seconds=30)
"""How far before the opening a device may believe its press to be: its clock may be that slow. What it claims
to be older waited somewhere before anybody spoke of a test.
"""

POLICY = "test"
"""What stands as the policy of an Alert for as long as it is a test. No file says what it does."""


@dataclass(frozen=True, slots=True)
class TestWindow:
    """The next press of a device is a test, told to one worker alone.

    It opens and ends at instants of the house's clock; a press counts by when it was received.
    """

    __test__ = False  # a noun of the house; whoever collects tests by their name is told so

    worker_id: str
    opened_at: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether something received at ``at`` lies inside. What came at the very instant of the opening was
        there before it.
        """
        return self.opened_at < at < self.until

    def takes(self, received_at: datetime, claimed_at: datetime | None) -> bool:
        """Whether a press lies inside that its device claims to have sent at ``claimed_at`` (None: no claim
        that can be believed).
        """
        waited = claimed_at is not None and claimed_at < self.opened_at - CLAIM_MAY_LAG
        return self.holds(received_at) and not waited
