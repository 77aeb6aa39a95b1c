"""How the loop looks through what happened in silenced homes: all of it, a batch at a time, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.domain.events import Event, Origin
from services.domain.silences import Ending, Silence, SilenceKind
from services.escalation import silence_keeping
from services.notify import silences
from services.notify.silences import SilencesEnd
from tests.unit.notify.community import Community

SECOND = timedelta(seconds=1)


def silenced(here: Community, kind: SilenceKind = SilenceKind.SILENCE) -> str:
    """Dolma's home, for an hour."""
    until = here.now + timedelta(hours=1)
    made = Silence("sil_1", "resident:dolma", "女儿陪着", "desk", here.now, until, kind, resident_id="dolma")
    with here.store.writing() as uow:
        return silence_keeping.begin(uow, here.gathering, made, here.now).id


def happens(here: Community, kind: str, resident_id: str, number: int) -> Event:
    at = here.now + SECOND
    name = f"evt_{kind}_{resident_id}_{number}"
    return Event(name, kind, at, at, Origin.DEVICE, resident_id=resident_id, dedupe_key=name)


def ending(here: Community, silence_id: str) -> Ending | None:
    with here.store.reading() as uow:
        found = uow.silences.get(silence_id)
        assert found is not None
        return found.ending


def test_a_press_behind_more_than_a_batch_of_others_ends_it_in_the_next_step(here: Community) -> None:
    silence_id = silenced(here)
    others = [happens(here, "bed.exited", "someone", number) for number in range(silences.BATCH)]
    with here.store.writing() as uow:
        uow.events.append([*others, happens(here, "call_button.pressed", "dolma", 1)])
    loop = SilencesEnd(here.store, here.gathering)
    assert here.sees_to(loop, here.now + SECOND), "there is more to look through"
    assert ending(here, silence_id) is None
    assert here.sees_to(loop, here.now + SECOND)
    assert ending(here, silence_id) is Ending.PRESS
    assert not here.sees_to(loop, here.now + SECOND)


def test_a_new_process_looks_through_what_happened_while_there_was_none(here: Community) -> None:
    silence_id = silenced(here)
    here.sees_to(SilencesEnd(here.store, here.gathering), here.now)
    with here.store.writing() as uow:
        uow.events.append([happens(here, "call_button.pressed", "dolma", 1)])
    again = SilencesEnd(here.store, here.gathering)
    assert here.sees_to(again, here.now + SECOND)
    assert ending(here, silence_id) is Ending.PRESS


def test_of_an_absence_from_which_somebody_left_for_good_nobody_is_warned_or_asked(here: Community) -> None:
    absence_id = silenced(here, SilenceKind.AWAY)
    with here.store.writing() as uow:
        dolma = uow.residents.get("dolma")
        assert dolma is not None
        uow.residents.save(replace(dolma, left_at=here.now + SECOND))
    with here.store.reading() as uow:
        due_at = uow.silences.next_due_at()
        assert due_at is not None
        told = len(uow.notices.page({}, 0, 500).items)
    here.sees_to(SilencesEnd(here.store, here.gathering), due_at)
    assert ending(here, absence_id) is Ending.TAKEN_BACK
    with here.store.reading() as uow:
        assert len(uow.notices.page({}, 0, 500).items) == told
        assert uow.silences.next_due_at() is None
