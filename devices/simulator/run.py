"""Runs a scenario from the file to the verdicts: against a service of its own, or against one that runs
already. Who calls decides what to show and with which code to end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from devices.simulator import clock
from devices.simulator.acts import Saying
from devices.simulator.api import Api, ApiRefused
from devices.simulator.attaching import admit
from devices.simulator.happenings import Happening, What
from devices.simulator.instrumented import is_long, said_ahead
from devices.simulator.judging import Verdict, judge
from devices.simulator.lived import lived
from devices.simulator.mailboxes import Mailboxes
from devices.simulator.own_service import Service, own_service
from devices.simulator.player import Player, Strike
from devices.simulator.residing import while_they_reside
from devices.simulator.scenario import Scenario
from devices.simulator.theatre import Theatre

Moved = Callable[[datetime], None]
"""Is told where the story has come to."""

NOT_FOUND = 404


class NotOnSteppedTime(Exception):
    """The service to attach to cannot be moved through time; whoever started it can start it so."""


class WritesLetters(Exception):
    """A story in which people are told by e-mail, to be played at a service whose mail server is not ours."""


@dataclass(frozen=True, slots=True)
class Played:
    """A story with its end."""

    happenings: Sequence[Happening]
    verdicts: Sequence[Verdict]

    @property
    def events(self) -> int:
        """How many events devices and people told of."""
        return sum(each.what is What.EVENT for each in self.happenings)

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)


def run_on_its_own(
    scenario: Scenario,
    command: Sequence[str],
    moved: Moved,
    seed: int = 1,
    *,
    strikes: Sequence[Strike] = (),
    sayings: Sequence[Saying] | None = None,
) -> Played:
    """Play against a service that is started for this and stopped after it; ``strikes`` are done to it, and
    with ``sayings`` its devices say just that.
    """
    with (
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="lives") as beside,
        _mailboxes(scenario) as mailboxes,
        own_service(command, scenario.starts_at, mailboxes.settings if mailboxes else {}) as own,
    ):
        # Lives are thought out while the service starts and everybody is enrolled.
        written = beside.submit(_script, scenario, seed, sayings, may_go_ahead=not strikes)
        own.wait_until_ready()
        with (
            closing(Api(own.url, own.token)) as api,
            Theatre(
                scenario, api, service=own, mailboxes=mailboxes, ahead=lambda: written.result().ahead
            ) as theatre,
        ):
            return _play(written.result(), theatre, moved, seed, strikes)


def run_attached(scenario: Scenario, service: Service, moved: Moved, seed: int = 1) -> Played:
    """Play in a service on stepped time that runs already; its time is moved to the start of the scenario
    first. `NotAdmitted` where real people live: nothing is written there.
    """
    if _writes_letters(scenario):
        raise WritesLetters(
            f"{scenario.scenario} tells people by e-mail, and {service.url} hands that in at a mail "
            "server of its own: play it without --attach, or give its workers `channels: [webhook]`"
        )
    script = _script(scenario, seed, None)
    with closing(Api(service.url, service.token)) as api:
        try:
            admit(api, service.url)
            api.move_time_to(scenario.starts_at)
        except ApiRefused as refused:
            if refused.status == NOT_FOUND:
                raise NotOnSteppedTime(
                    f"{service.url} goes by the wall clock, and a scenario needs time that it can move: "
                    "start the service with --clock stepped --now T"
                ) from refused
            raise
        # A service knows a device by its name for good: those of a second run need names of their own.
        mark = f"-{clock.now():%m%d%H%M%S}"
        with Theatre(script.scenario, api, mark=mark, ahead=lambda: script.ahead) as theatre:
            try:
                return _play(script, theatre, moved, seed)
            finally:
                theatre.take_leave()


def _writes_letters(scenario: Scenario) -> bool:
    return any("email" in worker.channels for worker in scenario.cast.workers)


@contextmanager
def _mailboxes(scenario: Scenario) -> Iterator[Mailboxes | None]:
    """The mailboxes of the cast, open; None where nobody has one."""
    if not _writes_letters(scenario):
        yield None
        return
    mailboxes = Mailboxes()
    mailboxes.open()
    try:
        yield mailboxes
    finally:
        mailboxes.close()


@dataclass(frozen=True, slots=True)
class _Script:
    """A story whose residents live, and what its devices say of it: ahead of time (None: nothing), or in its
    time (None: all of it).
    """

    scenario: Scenario
    ahead: Iterable[Saying] | None
    waiting: Sequence[Saying] | None


def _script(
    scenario: Scenario, seed: int, sayings: Sequence[Saying] | None, *, may_go_ahead: bool = True
) -> _Script:
    goes_ahead = may_go_ahead and sayings is None and is_long(scenario)
    scenario = while_they_reside(lived(scenario, seed))
    if not goes_ahead:
        return _Script(scenario, None, sayings)
    return _Script(scenario, *said_ahead(scenario, seed))


def _play(
    script: _Script, theatre: Theatre, moved: Moved, seed: int, strikes: Sequence[Strike] = ()
) -> Played:
    player = Player(
        script.scenario,
        theatre,
        moved,
        seed=seed,
        strikes=strikes,
        sayings=script.waiting,
        devices_go_ahead=script.ahead is not None,
    )
    player.play()
    happenings = [*player.happenings, *theatre.history()]
    return Played(happenings, judge(player.scenario, happenings, theatre.why_not))
