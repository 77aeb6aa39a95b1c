"""The player on a small stage of its own: a press opens an alert, the worker is told at once, others after
two minutes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from devices.simulator.acts import Data, Override, Residence, Saying
from devices.simulator.happenings import What
from devices.simulator.player import Message, Player, Strike, in_order
from devices.simulator.scenario import Scenario
from devices.simulator.sentences import Answer
from tests.unit.simulator.stories import answering, having, residing, scenario

BACKUP_AFTER = timedelta(minutes=2)


class SmallService:
    """A stage with one rule and one policy, and a diary of all that it was asked to do."""

    def __init__(self, story: Scenario) -> None:
        self.frame = story.frame
        self.now = story.starts_at
        self.diary: list[str] = []
        self.moves: list[timedelta] = []
        self._unread: list[Message] = []
        self._due: list[tuple[datetime, str]] = []
        self._holder: str | None = None
        self._has_news = False
        """Somebody was told since time was last moved."""

    def move_to(self, instant: datetime) -> datetime:
        assert instant >= self.now, "time never goes back"
        if self._has_news:
            self._has_news = False
            self.moves.append(timedelta())
            return self.now
        instant = min([instant, *(due_at for due_at, _ in self._due)])
        self.moves.append(instant - self.now)
        for due_at, who in [due for due in self._due if due[0] <= instant]:
            self._due.remove((due_at, who))
            self._tell(due_at, who, "alert")
        self._has_news = False
        self.now = instant
        return instant

    def say(self, saying: Saying) -> None:
        at = saying.at
        assert at == self.now, "time is moved before what belongs to an instant is done"
        self._write(f"{saying.device} {saying.kind}")
        if saying.kind == "call_button.pressed":
            self._tell(at, "norbu", "alert")
            self._due = [(at + BACKUP_AFTER, "lhamo"), (at + BACKUP_AFTER, "pema")]

    def suffer(self, fault: str, lasts: timedelta | None) -> None:
        self._write(f"the house suffers {fault}, {lasts}")

    def record(self, resident: str, kind: str, at: datetime, data: Data) -> None:
        assert at == self.now
        self._write(f"{resident} {kind} {data}")

    def reside(self, residence: Residence) -> None:
        self._write(f"{residence.resident} {'has left' if residence.is_over else 'is enrolled'}")

    def override(self, order: Override) -> None:
        self._write(f"{order.resident} {order.rule} {order.key} {order.value}")

    def answer(self, worker: str, about: str, answer: Answer) -> str | None:
        self._write(f"{worker} {answer.move} {about}")
        if answer.to is not None:
            self._holder = None
            self._tell(self.now, answer.to, "handover")
        if answer.move == "accept":
            if self._holder is not None:
                return "already_accepted"
            self._holder, self._due = worker, []
            for other in {"norbu", "lhamo", "pema"} - {worker}:
                self._tell(self.now, other, "stand_down")
        return None

    def new_messages(self) -> Sequence[Message]:
        unread, self._unread = self._unread, []
        return unread

    def _tell(self, at: datetime, who: str, notice: str) -> None:
        self._has_news = True
        self._unread.append(Message(at, who, notice, "alt_1", "Call button pressed"))

    def _write(self, words: str) -> None:
        self.diary.append(f"{self.frame.show(self.now)} {words}")


class SettlesItself(SmallService):
    """A stage that lets all that follows from a saying be done before it returns, the calls included."""

    def say(self, saying: Saying) -> None:
        super().say(saying)
        self._has_news = False


def played(**changes: Any) -> tuple[SmallService, Player]:
    story = scenario(**changes)
    stage = SmallService(story)
    player = Player(story, stage)
    player.play()
    assert stage.now == story.ends_at
    return stage, player


def test_everything_is_done_at_its_local_time_across_midnight() -> None:
    stage, _ = played(
        timeline=["22:00 deji goes to bed", "00:05 mat sends bed.vitals", "02:45 deji leaves home"]
    )
    assert stage.diary == [
        "22:00 mat bed.entered",
        "+1 day 00:05 mat bed.vitals",
        "+1 day 02:45 deji resident.away {}",
    ]


def test_whoever_is_told_answers_after_their_time_and_goes_on_from_move_to_move() -> None:
    stage, player = played()
    assert stage.diary[1:] == [
        "+1 day 02:13 button call_button.pressed",
        "+1 day 02:13:40 norbu accept alt_1",
        "+1 day 02:23:40 norbu arrive alt_1",
        "+1 day 02:28:40 norbu close alt_1",
    ]
    answers = [each.text for each in player.happenings if each.what is What.ANSWER]
    assert answers == ["accepts", "arrives", "closes as helped"]


def test_a_rule_is_made_another_at_its_instant_and_that_is_shown() -> None:
    stage, player = played(timeline=[{"at": "22:00", "override": "call", "set": {"enabled": False}}])
    assert stage.diary == ["22:00 deji call enabled False"]
    (shown,) = [each for each in player.happenings if each.what is What.EVENT]
    assert shown.fields == {"kind": "rule.overridden", "resident": "deji"}


def test_time_stops_where_somebody_is_told_so_that_each_answer_comes_at_its_instant() -> None:
    stage, _ = played(workers=answering(norbu="never", lhamo=["accepts after 25s"]))
    assert timedelta(minutes=2) in stage.moves
    assert "+1 day 02:15:25 lhamo accept alt_1" in stage.diary


def test_where_nobody_answers_time_moves_from_line_to_line_and_to_where_somebody_is_told() -> None:
    stage, _ = played(workers=answering(norbu="never"))
    steps = [move for move in stage.moves if move]
    assert steps == [timedelta(minutes=each) for each in (30, 4 * 60 + 13, 2, 45)]


def test_who_hears_that_another_has_it_stays_at_home() -> None:
    stage, player = played(workers=answering(norbu=["accepts after 3m"], lhamo=["accepts after 50s"]))
    assert [line for line in stage.diary if "accept" in line] == ["+1 day 02:15:50 lhamo accept alt_1"]
    assert "stays: another has it" in [each.text for each in player.happenings]


def test_a_refused_answer_is_told_and_nothing_follows_it() -> None:
    class Deaf(SmallService):
        def answer(self, worker: str, about: str, answer: Answer) -> str | None:
            super().answer(worker, about, answer)
            return "not yours"

    story = scenario()
    stage = Deaf(story)
    player = Player(story, stage)
    player.play()
    assert [each.text for each in player.happenings if each.what is What.ANSWER] == [
        "accepts: refused, not yours"
    ]
    assert not any("arrive" in line for line in stage.diary)


def test_a_person_answers_a_matter_once_however_often_they_are_told() -> None:
    timeline = ["02:13 deji presses", "02:13:30 deji presses"]
    stage, _ = played(timeline=timeline)
    assert sum("norbu accept" in line for line in stage.diary) == 1


def test_who_is_asked_to_take_over_answers_anew_and_forgets_what_they_had_in_mind_before() -> None:
    stage, player = played(
        workers=answering(
            norbu=["accepts after 3m", "extends after 5m by 10m", "hands over after 1m to pema"],
            pema=["accepts after 8m", "arrives after 9m"],
        )
    )
    assert [line.removeprefix("+1 day ") for line in stage.diary if "alt_1" in line] == [
        "02:16 norbu accept alt_1",
        "02:21 norbu extend alt_1",
        "02:22 norbu handover alt_1",
        "02:30 pema accept alt_1",
        "02:39 pema arrive alt_1",
    ]
    words = [each.text for each in player.happenings if each.what is What.ANSWER]
    assert words[1:3] == ["extends by 10m", "hands over to pema"]


def test_who_hears_that_nobody_takes_it_over_keeps_it_and_does_not_begin_again() -> None:
    class Declining(SmallService):
        def answer(self, worker: str, about: str, answer: Answer) -> str | None:
            if answer.move == "handover":
                self._tell(self.now, worker, "handover")
                return None
            return super().answer(worker, about, answer)

    story = scenario(workers=answering(norbu=["accepts after 40s", "hands over after 2m to pema"]))
    stage = Declining(story)
    Player(story, stage).play()
    assert [line for line in stage.diary if "norbu" in line] == ["+1 day 02:13:40 norbu accept alt_1"]


def test_who_comes_later_is_enrolled_then_and_who_leaves_has_left_then() -> None:
    stage, player = played(cast=residing(enrolled="22:00", left="+1 day 02:30"))
    assert stage.diary[:2] == ["22:00 deji is enrolled", "22:00 mat bed.entered"]
    assert "+1 day 02:30 deji has left" in stage.diary
    shown = [each.fields["kind"] for each in player.happenings if each.what is What.EVENT]
    assert (shown[0], shown[-1]) == ("resident.enrolled", "resident.left")


def test_a_resident_with_two_sensors_is_felt_by_both() -> None:
    cast = having(left="bed_sensor", right="bed_sensor")
    stage, _ = played(cast=cast, timeline=["22:00 deji goes to bed"], must_not=["call"], expect=[])
    assert stage.diary == ["22:00 left bed.entered", "22:00 right bed.entered"]


def test_a_fault_of_the_stage_ends_the_play() -> None:
    class Gone(SmallService):
        def say(self, saying: Saying) -> None:
            raise ConnectionError(saying.device)

    story = scenario()
    with pytest.raises(ConnectionError, match="mat"):
        Player(story, Gone(story)).play()


def test_at_one_instant_causes_come_before_what_they_bring_about() -> None:
    _, player = played()
    press = next(each for each in player.happenings if each.text == "presses")
    answer = next(each for each in player.happenings if each.what is What.ANSWER)
    assert in_order([answer, press]) == [press, answer]


def test_what_is_said_behind_a_gateway_that_is_down_is_said_when_it_is_back() -> None:
    cast = having(box="gateway", mat={"type": "bed_sensor", "gateway": "box"})
    stage, player = played(
        cast=cast, timeline=["from 22:00 the gateway is down for 40m", "22:10 deji goes to bed"]
    )
    assert stage.diary == [
        "22:00:45 box device.offline",
        "22:00:45 mat device.offline",
        "22:40 box device.online",
        "22:40 mat device.online",
        "22:40 mat bed.entered",
    ]
    fault = next(each for each in player.happenings if each.what is What.FAULT)
    assert fault.until_at == fault.at + timedelta(minutes=40)


def test_another_seed_lets_a_mat_chatter_otherwise() -> None:
    story = scenario(timeline=["22:00 deji goes to bed", "from 22:10 mat chatters for 2m"])
    diaries = []
    for seed in (1, 1, 2):
        stage = SmallService(story)
        Player(story, stage, seed=seed).play()
        diaries.append(stage.diary)
    assert diaries[0] == diaries[1] != diaries[2]


def test_a_fault_of_the_house_strikes_before_what_falls_into_it_and_is_told_with_its_end() -> None:
    story = scenario()
    press = story.steps[1].at
    stage = SmallService(story)
    player = Player(story, stage, strikes=[Strike(press, "service-restart", timedelta(seconds=3))])
    player.play()
    assert stage.diary[1:3] == [
        "+1 day 02:13 the house suffers service-restart, 0:00:03",
        "+1 day 02:13 button call_button.pressed",
    ]
    [fault] = [each for each in player.happenings if each.what is What.FAULT]
    assert (fault.fields, fault.at, fault.until_at) == ({"fault": "service-restart"}, press, press)


def test_a_timeline_says_what_happens_to_the_house() -> None:
    stage, player = played(
        timeline=["22:00 deji goes to bed", "22:10 the service restarts", "22:20 the database pauses for 20s"]
    )
    assert stage.diary[1:] == [
        "22:10 the house suffers service-restart, None",
        "22:20 the house suffers database-pause, 0:00:20",
    ]
    faults = [each for each in player.happenings if each.what is What.FAULT]
    assert all(each.at == each.until_at for each in faults), "the time of the story stands still meanwhile"


def test_devices_that_are_told_what_to_say_say_just_that_whatever_people_do() -> None:
    story = scenario()
    press = story.steps[1].at
    late = Saying(press + timedelta(minutes=2), "button", "1", "call_button.pressed", press)
    stage = SmallService(story)
    player = Player(story, stage, sayings=[late])
    player.play()
    assert [line for line in stage.diary if "button" in line] == ["+1 day 02:15 button call_button.pressed"]
    assert "presses" in [each.text for each in player.happenings]


def test_what_devices_say_ahead_is_noted_as_if_the_player_had_let_them_say_it() -> None:
    story = scenario()
    ahead = Player(story, SmallService(story), sayings=[], devices_go_ahead=True)
    ahead.play()
    noted, told = (
        [each for each in player.happenings if each.what is What.EVENT] for player in (ahead, played()[1])
    )
    assert noted == told
    assert noted


def test_whoever_was_told_while_somebody_spoke_answers_after_their_time_all_the_same() -> None:
    story = scenario()
    stage = SettlesItself(story)
    Player(story, stage).play()
    assert "+1 day 02:13:40 norbu accept alt_1" in stage.diary
