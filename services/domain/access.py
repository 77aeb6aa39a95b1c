"""Access: bearer tokens and sessions. Secrets are opaque and stored only as their SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from services.domain.people import Role


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token of an integrator or a check."""

    id: str
    secret_hash: str
    role: Role
    created_at: datetime
    name: str = ""
    worker_id: str | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A signed-in user's session."""

    id: str
    secret_hash: str
    user_id: str
    created_at: datetime
    expires_at: datetime


def hash_of(secret: str) -> str:
    """What is stored of a secret; secrets are 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()
