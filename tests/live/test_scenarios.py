"""The shipped scenarios, played by the command line against a service that it starts: the whole way of a
press, over the real broker, store, API and webhooks. And one bent so that it must fail, for a proof that
cannot fail proves nothing.
"""

import subprocess
from pathlib import Path

import pytest

from tests.live.house.forked import called

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "devices" / "simulator" / "scenarios"


def simulate(*arguments: str, within: float = 110) -> subprocess.CompletedProcess[str]:
    """The command, forked; the service that it starts for itself begins from nothing, as it always does."""
    env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "COLUMNS": "160", "LANG": "C.UTF-8"}
    return called(["simulate", *arguments], env, within)


MONTH = "month-of-a-community"
"""Takes minutes: here it has fewer homes, whole it is the picture's and the bench's."""


@pytest.mark.parametrize("name", [path.stem for path in sorted(SHIPPED.glob("*.yaml")) if path.stem != MONTH])
def test_a_shipped_scenario_ends_as_it_should(name: str) -> None:
    played = simulate("run", name)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "as expected" in played.stdout.splitlines()[-1]


def test_the_month_of_a_community_ends_as_it_should_with_fewer_homes(tmp_path: Path) -> None:
    story = (SHIPPED / f"{MONTH}.yaml").read_text("utf-8")
    kept = [line for line in story.splitlines() if "elder-40" not in line]
    smaller = tmp_path / "smaller.yaml"
    smaller.write_text("\n".join(kept).replace("{homes: 71}", "{homes: 12}"), "utf-8")
    played = simulate("run", str(smaller), within=400)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "8 of 8 as expected" in played.stdout.splitlines()[-1]


def test_a_quiet_night_with_a_press_in_it_fails_and_names_who_was_told(tmp_path: Path) -> None:
    story = (SHIPPED / "quiet-night.yaml").read_text("utf-8")
    bent = tmp_path / "bent.yaml"
    pressed = story.replace("03:17 goes to bed", "03:12 presses")
    bent.write_text(
        pressed.replace('  - "06:40 gets up"\n', "").replace(
            'until: "+1 day 07:30"', 'until: "+1 day 03:13"'
        ),
        "utf-8",
    )
    played = simulate("run", str(bent))
    assert played.returncode == 1, played.stdout + played.stderr
    told, alerted = [line for line in played.stdout.splitlines() if line.startswith("FAIL ")]
    assert "not: anybody told" in told
    assert "+1 day 03:12 norbu: told: alert of call-button, and 1 more" in told
    assert "+1 day 03:12 tsering: alert call-button (high), still open" in alerted


BY_E_MAIL = """
scenario: by-e-mail
title: The grid worker has nothing but e-mail, and comes all the same.
until: "02:50"
homes: {house: {neighbour: pema}}
workers:
  norbu:
    channels: [email]
    answers: [accepts after 40s, arrives after 8m, closes after 20m as helped]
  pema: {role: neighbour, channels: [webhook, email]}
  desk: {role: duty_desk}
cast:
  deji: {home: house, worker: norbu, devices: {button: call_button}}
timeline:
  - "02:13 presses"
expect:
  - {told: norbu, notice: alert, over: email, by: "02:13:05", times: 1}
  - {told: pema, notice: alert, over: webhook, by: "02:13:05", times: 1}
  - {told: pema, notice: stand_down, over: email, from: "02:13:40", by: "02:13:40", times: 1}
  - {alert: call-button, outcome: helped, by: "02:13:05"}
must_not:
  - {told: desk}
"""


def test_who_has_nothing_but_e_mail_is_told_by_a_mail_server_and_answers(tmp_path: Path) -> None:
    story = tmp_path / "mail.yaml"
    story.write_text(BY_E_MAIL, "utf-8")
    played = simulate("run", str(story))
    assert played.returncode == 0, played.stdout + played.stderr
    assert "norbu   told: alert of call-button, by e-mail" in played.stdout


HANDED_OVER = """
scenario: handed-over
title: Who has it needs longer, and hands it over to a colleague who comes; a neighbour cannot.
until: "02:50"
homes: {house: {neighbour: pema}}
workers:
  norbu: {answers: [accepts after 40s, extends after 4m by 10m, hands over after 5m to lhamo]}
  lhamo: {answers: [accepts after 30s, arrives after 9m, closes after 10m as helped]}
  pema: {role: neighbour, answers: [declines after 20s]}
  desk: {role: duty_desk}
cast:
  deji: {home: house, worker: norbu, devices: {button: call_button}}
timeline:
  - "02:13 presses"
expect:
  - {told: lhamo, notice: handover, from: "02:22:40", by: "02:22:40"}
  - {told: norbu, notice: alert, by: "02:13:05", times: 1}
  - {alert: call-button, outcome: helped, by: "02:13:05"}
must_not:
  - {told: desk}
"""

WHO_IS_WATCHED = """
scenario: who-is-watched
title: Only who lives here is watched; whoever presses is heard.
starts: "21:00"
until: "+2 days 10:21"
workers:
  norbu: {}
cast:
  deji: {worker: norbu, devices: {mat-deji: bed_sensor}}
  palmo: {worker: norbu, left: "+1 day 03:00", devices: {mat-palmo: bed_sensor, button: call_button}}
  tsering: {worker: norbu, enrolled: "+1 day 12:00", devices: {mat-tsering: bed_sensor}}
timeline:
  - "22:00 deji goes to bed"
  - "22:00 palmo goes to bed"
  - "+1 day 22:00 tsering goes to bed"
  - "+2 days 10:20 palmo presses"
expect:
  - {alert: not-up, about: deji, from: "+1 day 10:00", by: "+1 day 10:01"}
  - {alert: not-up, about: tsering, from: "+2 days 10:00", by: "+2 days 10:01"}
  - {alert: call-button, about: palmo, by: "+2 days 10:20:05"}
must_not:
  - {alert: not-up, about: palmo}
"""


@pytest.mark.parametrize("story", [HANDED_OVER, WHO_IS_WATCHED], ids=["handed over", "who is watched"])
def test_what_people_do_after_they_accepted_and_who_comes_and_leaves_is_played(
    tmp_path: Path, story: str
) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(story, "utf-8")
    played = simulate("run", str(path))
    assert played.returncode == 0, played.stdout + played.stderr


LIVED = """
scenario: ill-at-night
title: She falls ill at midnight, as her life will have it, and calls.
starts: "23:30"
until: "+1 day 04:00"
workers:
  norbu: {role: grid_worker, answers: [accepts after 2m, arrives after 9m, closes after 20m as hospital]}
  desk: {role: duty_desk}
cast:
  deji:
    worker: norbu
    life: {vitals_every: 30m, illness: {kind: diarrhoea, from: "+1 day 00:00", for: 6h, presses: true}}
    devices: {button: call_button, mat: {type: bed_sensor, place: bedroom}}
expect:
  - {alert: call-button, about: deji, by: "+1 day 03:30"}
  - {told: norbu, alert: call-button, by: "+1 day 03:30"}
"""


def test_two_runs_with_one_seed_have_the_same_log_to_the_byte(tmp_path: Path) -> None:
    story = tmp_path / "ill.yaml"
    story.write_text(LIVED, "utf-8")
    logs = []
    for number in range(2):
        log = tmp_path / f"{number}.jsonl"
        played = simulate("run", str(story), "--seed", "7", "--log", str(log))
        assert played.returncode == 0, played.stdout + played.stderr
        logs.append(log.read_bytes())
    assert logs[0] == logs[1]
    assert b'"alert":"call-button"' in logs[0]
