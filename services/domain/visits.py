"""Visits: the services that are bought for a home, in the field's own words, as they are written into
`visit.completed`, and the reasons why somebody takes a visit back.
"""

from __future__ import annotations

from enum import StrEnum


class Service(StrEnum):
    """What was done on a visit; a visit that only looked in names none."""

    WALKING = "助行"
    MEALS = "助餐"
    CLEANING = "助洁"
    MEDICAL = "助医"
    ERRANDS = "代办"


class Mistake(StrEnum):
    """Why a visit is taken back, as the retraction gives its reason."""

    WRONG_PERSON = "wrong person"
    WRONG_DETAILS = "wrong time or service"
    TWICE = "recorded twice"
    NOT_MADE = "no visit was made"
