"""Bearer tokens and sessions. Only hashes of their secrets are ever stored here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from services.domain.access import AccessToken, SignIn
from services.storage.numbers import Numbers
from services.storage.prepared import fetch_one
from services.storage.rows import Shape
from services.storage.tables import sessions, tokens

_TOKEN = Shape(AccessToken, tokens)
_SESSION = Shape(SignIn, sessions)
_TOKEN_OF = select(*_TOKEN.columns).where(
    tokens.c.secret_hash == bindparam("secret"), tokens.c.revoked_at.is_(None)
)
_SESSION_OF = select(*_SESSION.columns).where(sessions.c.secret_hash == bindparam("secret"))


class SqlAccess:
    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add_token(self, token: AccessToken) -> None:
        number = self._numbers.take(tokens)
        self._connection.execute(tokens.insert(), _TOKEN.named(token, number=number))

    def token(self, secret_hash: str) -> AccessToken | None:
        row = fetch_one(self._connection, _TOKEN_OF, {"secret": secret_hash})
        return None if row is None else _TOKEN.thing(row)

    def revoke_token(self, token_id: str, at: datetime) -> bool:
        ended = self._connection.execute(
            update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None)).values(revoked_at=at)
        )
        return ended.rowcount == 1

    def add_session(self, session: SignIn) -> None:
        number = self._numbers.take(sessions)
        self._connection.execute(sessions.insert(), _SESSION.named(session, number=number))

    def session(self, secret_hash: str) -> SignIn | None:
        row = fetch_one(self._connection, _SESSION_OF, {"secret": secret_hash})
        return None if row is None else _SESSION.thing(row)

    def end_session(self, secret_hash: str) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.secret_hash == secret_hash))

    def sessions_of(self, user_id: str) -> list[SignIn]:
        query = select(*_SESSION.columns).where(sessions.c.user_id == user_id).order_by(sessions.c.number)
        return [_SESSION.thing(row) for row in self._connection.execute(query)]

    def renew_session(self, secret_hash: str, expires_at: datetime) -> None:
        self._connection.execute(
            update(sessions).where(sessions.c.secret_hash == secret_hash).values(expires_at=expires_at)
        )

    def end_sessions_of(self, user_id: str) -> int:
        return self._connection.execute(delete(sessions).where(sessions.c.user_id == user_id)).rowcount

    def forget_sessions_over(self, at: datetime) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.expires_at <= at))
