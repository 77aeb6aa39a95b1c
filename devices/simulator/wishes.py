"""What must come of a scenario and what must not: each wish of the file as the fields and the span of time
of the happening that it asks for.

A wish that nothing could ever meet is a fault of the file: somebody who is not there, a time outside the
story.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from devices.simulator import form
from devices.simulator.happenings import What
from devices.simulator.scenario import Wish
from devices.simulator.scene import Scene
from notation.faults import shown_value

TOLD = ("holds", "ended")
"""How a Finding may stand that was expected without a word about its state: it was rightly raised."""


def wishes_of(scene: Scene, starts_at: datetime, ends_at: datetime) -> list[Wish]:
    """Those of `expect`, then those of `must_not`, in the order of the file."""
    return list(_Wishes(scene, starts_at, ends_at).all())


class _Wishes:
    def __init__(self, scene: Scene, starts_at: datetime, ends_at: datetime) -> None:
        self._scene = scene
        self._starts_at = starts_at
        self._ends_at = ends_at

    def all(self) -> Iterator[Wish]:
        told = self._scene.told
        for number, each in enumerate(told.expect, start=1):
            yield self._expected(f"expect[{number}]", each)
        for number, unwanted in enumerate(told.must_not, start=1):
            yield self._forbidden(f"must_not[{number}]", unwanted)

    def _expected(self, field: str, wish: form.Expected) -> Wish:
        scene, line = self._scene, self._scene.line_of(field)
        match wish:
            case form.HeardExpected():
                scene.known(f"{field}.device", wish.device, "one of the devices", set(scene.devices))
                fields = {"device": wish.device, "hears": ", ".join(wish.hears)}
                return Wish(line, must_not=False, what=What.COMMAND, fields=fields, hears=tuple(wish.hears))
            case form.FindingExpected():
                who = self._resident(f"{field}.resident", wish.resident)
                scene.known(f"{field}.device", wish.device, "one of the devices", set(scene.devices))
                if wish.device is not None and wish.device in scene.told.devices:
                    who = None
                at = self._within(f"{field}.at", wish.at, who)
                fields = _said(rule=wish.rule, resident=who, device=wish.device, reason=wish.reason)
                states = TOLD if wish.state is None else (wish.state,)
                return Wish(
                    line,
                    must_not=False,
                    what=What.FINDING,
                    fields=fields,
                    since_at=at,
                    by_at=at,
                    states=states,
                )
            case form.ToldExpected():
                scene.known(f"{field}.told", wish.told, "one of the workers", set(scene.told.workers))
                fields = {**self._notice(field, wish), "reached": "yes"}
                what = What.NOTICE
            case form.AlertExpected():
                if wish.alert == form.ANY_ALERT:
                    scene.complain(f"{field}.alert", repr(wish.alert), "a kind of alert; any is for must_not")
                fields, what = self._alert(field, wish), What.ALERT
        since_at, by_at = self._span(field, wish.from_, wish.by, "by")
        return Wish(
            line, must_not=False, what=what, fields=fields, since_at=since_at, by_at=by_at, times=wish.times
        )

    def _forbidden(self, field: str, wish: form.Forbidden) -> Wish:
        scene = self._scene
        match wish:
            case form.RuleForbidden():
                if wish.resident is not None:
                    self._resident(f"{field}.resident", wish.resident)
                fields, what = _said(rule=wish.rule, resident=wish.resident), What.FINDING
            case form.ToldForbidden():
                known = {*scene.told.workers, form.ANYBODY}
                scene.known(f"{field}.told", wish.told, "one of the workers", known)
                fields, what = {**self._notice(field, wish), "tried": "yes"}, What.NOTICE
                if wish.told == form.ANYBODY:
                    del fields["told"]
            case form.AlertForbidden():
                fields, what = self._alert(field, wish), What.ALERT
                if wish.alert == form.ANY_ALERT:
                    del fields["alert"]
        since_at, by_at = self._span(field, wish.from_, wish.until, "until")
        return Wish(
            scene.line_of(field), must_not=True, what=what, fields=fields, since_at=since_at, by_at=by_at
        )

    def _notice(self, field: str, wish: form.ToldExpected | form.ToldForbidden) -> dict[str, str]:
        meant = {
            channel
            for name, worker in self._scene.told.workers.items()
            if wish.told in (name, form.ANYBODY)
            for channel in worker.channels
        }
        if wish.over is not None and meant and wish.over not in meant:
            expected = f"a channel of {wish.told} ({', '.join(sorted(meant))})"
            self._scene.complain(f"{field}.over", repr(wish.over), expected)
        return _said(told=wish.told, notice=wish.notice, alert=wish.alert, over=wish.over)

    def _alert(self, field: str, wish: form.AlertExpected | form.AlertForbidden) -> dict[str, str]:
        known = {*self._scene.told.cast, *self._scene.devices, self._scene.only() or ""} - {""}
        self._scene.known(f"{field}.about", wish.about, "one of the cast or the devices", known)
        return _said(alert=wish.alert, about=wish.about, severity=wish.severity, outcome=wish.outcome)

    def _resident(self, field: str, named: str | None) -> str | None:
        only = self._scene.only()
        if named is None:
            return only
        self._scene.known(field, named, "one of the cast", {*self._scene.told.cast, only or named})
        return named

    def _span(
        self, field: str, from_: str | None, until: str | None, key: str
    ) -> tuple[datetime | None, datetime | None]:
        since_at = self._within(f"{field}.from", from_) if from_ else None
        until_at = self._within(f"{field}.{key}", until) if until else None
        if since_at and until_at and until_at < since_at:
            self._scene.complain(f"{field}.{key}", shown_value(until), "a time after `from`")
        return since_at, until_at

    def _within(self, field: str, text: str, resident: str | None = None) -> datetime:
        at = self._scene.instant(field, text, resident or self._scene.only())
        if not self._starts_at <= at <= self._ends_at:
            expected = "a time within the story; the day after the first is written +1 day"
            self._scene.complain(field, shown_value(text), expected)
        return at


def _said(**fields: str | None) -> dict[str, str]:
    """The fields that are said, in the order of their weight."""
    return {name: value for name, value in fields.items() if value is not None}
