"""Files that pages need: styles, scripts, the mark. They are served under an edition, a digest of all of
them, so that a browser keeps them for good and still never mixes two releases.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from services.console.gate import GuardedRoute
from services.console.problems import not_found

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

FILES = {
    path.name: path
    for path in sorted((Path(__file__).parent / "static").iterdir())
    if path.suffix in {".css", ".js", ".svg"}
}
EDITION = hashlib.sha256(b"".join(path.read_bytes() for path in FILES.values())).hexdigest()[:12]


def address_of(name: str) -> str:
    """Where a page finds one of the files; KeyError for one that is not there."""
    return f"/static/{EDITION}/{FILES[name].name}"


@router.get("/static/{edition}/{name}")
def read_static(edition: str, name: str) -> Response:
    if name not in FILES:
        raise not_found("file")
    # A page of the release before asks for its own edition and gets what there is; it must not keep that.
    kept = "public, max-age=31536000, immutable" if edition == EDITION else "no-cache"
    return FileResponse(FILES[name], headers={"Cache-Control": kept})
