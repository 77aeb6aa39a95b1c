"""The services' HTTP API as the simulator uses it: a few calls, lists read to their end, refusals as
sentences. It holds a bearer token and shows it to nobody.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2

Object = dict[str, Any]
PAGE = 500
PATIENCE = 60.0
"""Seconds for one answer: moving the time answers only when everything up to it is done."""


class ApiRefused(Exception):
    """The service answered, and said no."""

    def __init__(self, status: int, reason: str, body: Object) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
        self.body = body


class ApiUnreachable(Exception):
    """The service did not answer at all."""


class Api:
    """One service, spoken to as one caller."""

    def __init__(self, url: str, token: str, transport: httpx2.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx2.Client(
            base_url=f"{url.rstrip('/')}/api/v1/",
            headers=headers,
            timeout=PATIENCE,
            transport=transport,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> Object:
        return self._ask("GET", path)

    def all(self, collection: str, **filters: str) -> Iterator[Object]:
        """Every item of a list, page by page."""
        after: str | None = None
        while True:
            cursor = {} if after is None else {"after": after}
            page = self._ask("GET", collection, params={"limit": str(PAGE), **filters, **cursor})
            yield from page["items"]
            after = None if page.get("next") is None else str(page["next"])
            if after is None:
                return

    def make(self, collection: str, **fields: Any) -> Object:
        """Make an object of what is known of it; fields that are None are left out."""
        return self.post(collection, {name: value for name, value in fields.items() if value is not None})

    def post(self, path: str, body: Object) -> Object:
        return self._ask("POST", path, json=body)

    def change(self, path: str, **fields: Any) -> Object:
        """Change the fields named of an object."""
        return self._ask("PATCH", path, json=fields)

    def move_time_to(
        self, instant: datetime, *, as_claimed_until: datetime | None = None, stops_when_told: bool = False
    ) -> datetime:
        """Let a stepped clock come to an instant; answers, when everything up to it is done, where it stands:
        before it only if it ``stops_when_told`` and somebody was told. What devices say of a later instant
        arrives there, up to ``as_claimed_until``; without it, when it comes.
        """
        body = {"to": _written(instant)}
        if as_claimed_until is not None:
            body["as_claimed_until"] = _written(as_claimed_until)
        if stops_when_told:
            body["stop"] = "told"
        return datetime.fromisoformat(str(self.post("clock", body)["now"]))

    def _ask(self, method: str, path: str, **options: Any) -> Object:
        try:
            response = self._client.request(method, path, **options)
        except httpx2.TransportError as error:
            raise ApiUnreachable(f"{method} {path}: {str(error) or type(error).__name__}") from error
        try:
            body = response.json() if response.content else {}
        except ValueError:
            body = {}
        if response.is_success:
            return dict(body)
        raise ApiRefused(response.status_code, _reason(body) or f"{method} {path}", body)


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _reason(body: Object) -> str:
    """What a problem says (RFC 9457): its title with the faulty fields, or with its details where there are
    none.
    """
    faults = [
        f"{fault.get('field')}: found {fault.get('found')!r}, expected {fault.get('expected')}"
        for fault in body.get("errors", [])
    ]
    details = faults or [str(body.get("detail") or "")]
    return "; ".join(words for words in (str(body.get("title") or ""), *details) if words)
