"""Signing: how each provider wants to see that a request comes from the owner of an account, and when.

Pure: the instant and the nonce are arguments, and the worked examples of the providers come out as they print
them. A key goes in and never out.

Source: https://help.aliyun.com/document_detail/2593177.html (Aliyun V3),
https://cloud.tencent.com/document/api/382/52071 (Tencent v3), and those of the bots in their own files.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from services.domain.instants import format_instant

TENCENT_KIND = "application/json; charset=utf-8"


def dingtalk_signature(secret: str, at: datetime) -> dict[str, str]:
    """The instant in milliseconds, and the HMAC-SHA256 of it and the secret under the secret."""
    milliseconds = str(int(at.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": milliseconds, "sign": base64.b64encode(digest).decode()}


def feishu_signature(secret: str, at: datetime) -> dict[str, str]:
    """The instant in seconds, and the HMAC-SHA256 of nothing under that and the secret."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": seconds, "sign": base64.b64encode(digest).decode()}


def aliyun_headers(at: datetime, nonce: str) -> dict[str, str]:
    """The headers that make a request with an empty body one of its own."""
    return {
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": format_instant(at.replace(microsecond=0)),
        "x-acs-signature-nonce": nonce,
    }


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Parameters in the order of their names, written as RFC 3986 has it."""
    return "&".join(
        f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters)
    )


def aliyun_authorization(key_id: str, key_secret: str, query: str, headers: Mapping[str, str]) -> str:
    """Sign a POST to / with all of its headers by ACS3-HMAC-SHA256."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    signed = ";".join(names)
    request = "\n".join(("POST", "/", query, lines, signed, headers["x-acs-content-sha256"]))
    to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={signed},Signature={signature}"


def tencent_authorization(
    secret_id: str, secret_key: str, service: str, host: str, body: bytes, at: datetime
) -> str:
    """Sign a POST to / with its kind, its host and its body by TC3-HMAC-SHA256."""
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    lines = f"content-type:{TENCENT_KIND}\nhost:{host}\n"
    request = "\n".join(("POST", "/", "", lines, "content-type;host", hashlib.sha256(body).hexdigest()))
    hashed = hashlib.sha256(request.encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n{int(at.timestamp())}\n{scope}\n{hashed}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}"
    return f"{credential}, SignedHeaders=content-type;host, Signature={signature}"
