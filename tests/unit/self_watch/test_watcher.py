"""When the watcher speaks: begun once, again while it lasts, over once, and no flapping."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.wiring.self_watch.watcher import Patience, Sign, Stage, Watcher

PATIENCE = Patience(say_after=60, over_after=60, again_after=1800)
SLOW = {"store": Sign("The store is away.")}
AT_ONCE = {"way": Sign("The way is broken.", at_once=True)}


def stages(watcher: Watcher, wrong: dict[int, dict[str, Sign]], until: int) -> list[tuple[int, Stage]]:
    """What is said in each second; ``wrong`` says from when on what is wrong."""
    said, signs = [], dict[str, Sign]()
    for second in range(until):
        signs = wrong.get(second, signs)
        word = watcher.look(float(second), signs)
        if word is not None:
            said.append((second, word.stage))
    return said


def test_what_is_made_sure_of_is_said_at_once_and_the_rest_when_it_lasts() -> None:
    assert stages(Watcher(PATIENCE), {10: AT_ONCE}, 100) == [(10, Stage.BEGUN)]
    assert stages(Watcher(PATIENCE), {10: SLOW}, 100) == [(70, Stage.BEGUN)]


def test_what_passes_is_never_said() -> None:
    assert stages(Watcher(PATIENCE), {10: SLOW, 60: {}}, 1000) == []


def test_it_is_said_again_while_it_lasts_and_over_once_after_all_has_been_well() -> None:
    said = stages(Watcher(PATIENCE), {0: AT_ONCE, 4000: {}}, 9000)
    assert said == [(0, Stage.BEGUN), (1800, Stage.STILL), (3600, Stage.STILL), (4059, Stage.OVER)]


def test_what_comes_and_goes_is_one_trouble() -> None:
    flaps = {second: (SLOW if second % 40 < 20 else {}) for second in range(0, 1000, 20)}
    said = stages(Watcher(PATIENCE), flaps | {1000: {}}, 1500)
    assert said == [(80, Stage.BEGUN), (1039, Stage.OVER)]


def test_a_further_fault_is_said_with_the_first_and_they_end_together() -> None:
    watcher = Watcher(PATIENCE)
    said = stages(watcher, {0: AT_ONCE, 100: AT_ONCE | SLOW, 300: SLOW, 500: {}}, 1000)
    assert said == [(0, Stage.BEGUN), (160, Stage.BEGUN), (559, Stage.OVER)]


def test_a_word_names_what_holds_and_since_when() -> None:
    watcher = Watcher(PATIENCE)
    watcher.look(5.0, SLOW)
    word = watcher.look(66.0, SLOW | AT_ONCE)
    assert word is not None
    assert (word.began, word.sentences) == (5.0, ("The store is away.", "The way is broken."))


@settings(max_examples=60)
@given(st.lists(st.sampled_from([{}, SLOW, AT_ONCE, SLOW | AT_ONCE]), max_size=400))
def test_each_trouble_begins_before_it_ends_and_ends_before_the_next(course: list[dict[str, Sign]]) -> None:
    watcher, last = Watcher(Patience(6, 6, 18)), Stage.OVER
    for second, signs in enumerate(course):
        word = watcher.look(float(second), signs)
        if word is not None:
            assert word.stage is Stage.BEGUN or last is not Stage.OVER
            assert (word.sentences == ()) is (word.stage is Stage.OVER)
            last = word.stage
    assert watcher.is_in_trouble is (last is not Stage.OVER)
