"""`anxin simulate fleet` on the command line, as far as it goes without a service."""

import pytest
from typer.testing import CliRunner

from services.wiring.cli.simulate import app

RUNNER = CliRunner()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--rate", "fast"], "--rate takes a number a second"),
        (["--rate", "0"], "--rate is above 0, or max"),
        (["--presses", "max"], "each calls somebody"),
        (["--for", "2h"], "up to an hour"),
        (["--for", "60"], "such as 60s"),
        (["--attach", "http://127.0.0.1:1"], "--attach and --token belong together"),
        (["--mqtt", "mqtt://127.0.0.1"], "--mqtt names the broker of the service of --attach"),
        (["--only-broker", "--attach", "http://x", "--token", "t"], "goes with no --attach"),
    ],
)
def test_a_call_that_cannot_be_used_is_refused_in_words(words: list[str], sentence: str) -> None:
    refused = RUNNER.invoke(app, ["fleet", *words])
    assert refused.exit_code == 2
    assert sentence in refused.stderr


def test_a_service_that_is_not_there_ends_the_fleet_in_words() -> None:
    gone = RUNNER.invoke(app, ["fleet", "--attach", "http://127.0.0.1:1", "--token", "x"])
    assert gone.exit_code == 1
    assert "the fleet could not be played to its end" in gone.stderr
