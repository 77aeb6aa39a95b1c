"""The OpenAPI document: what FastAPI knows of the routes, with the answers that the gate and the handlers
give.

It must never promise an answer that no route gives, nor keep one from whoever reads it.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from services.console.callers import cookie_name
from services.console.gate import SAFE
from services.console.problems import ProblemShape, documented
from services.console.rights import RIGHTS

DESCRIPTION = (
    "Anxin keeps watch over elders who live at home. Whoever asks is known by a bearer token or a session "
    "cookie; which role may call what is a table, and what is not in it is refused."
)

SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]
BEARER = {"type": "http", "scheme": "bearer"}


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once for each app."""
    if app.openapi_schema is None:
        routes = [route for route in app.routes if isinstance(route, APIRoute)]
        made = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for generated in ("HTTPValidationError", "ValidationError"):
            schemas.pop(generated, None)
        _add_problem(schemas)
        cookie = {"type": "apiKey", "in": "cookie", "name": cookie_name(app.state.parts)}
        made["components"]["securitySchemes"] = {"bearer": BEARER, "session": cookie}
        for route in routes:
            if route.include_in_schema:
                for method in route.methods or ():
                    _complete(made["paths"][route.path_format][method.lower()], route, method)
        app.openapi_schema = made
    return app.openapi_schema


def _add_problem(schemas: dict[str, Any]) -> None:
    problem = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem


def _complete(operation: dict[str, Any], route: APIRoute, method: str) -> None:
    right = RIGHTS.get((method, route.path_format))
    statuses = {422, 503}
    if right is None or not right.public:
        operation["security"] = SECURITY
        statuses |= {401, 403}
    if method not in SAFE:
        statuses |= {403}
    if "{" in route.path_format:
        statuses |= {404}
    if route.body_field is not None:
        statuses |= {400, 413}
    answers = operation["responses"]
    answers.pop("422", None)
    for status, answer in documented(*sorted(statuses)).items():
        answers.setdefault(str(status), answer)
    operation["responses"] = dict(sorted(answers.items()))
