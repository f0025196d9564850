"""The API's own description, OpenAPI 3.1: made from the shapes that read the requests, so that it cannot say otherwise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from msgspec import Struct
from werkzeug.routing import Rule

from fieldbook import __version__
from fieldbook.sync import BOOK, Envelope, Push

from . import api
from .doors import LOGIN, needs

bp = Blueprint("openapi", __name__)

#: refusals that any request may meet: unreadable, not logged in, foreign or not one's duty, absent, too large, busy
ANY = (400, 401, 403, 404, 405, 411, 413, 415, 422, 429, 503)


@dataclass(frozen=True)
class Told:
    """What cannot be read off a route itself: the shape of its body, its query, and further statuses."""

    body: type[Struct] | None = None
    raw: bool = False
    query: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: tuple[int, ...] = ()


UUID_TEXT = {"type": "string", "format": "uuid"}
#: (method, route) -> what is told of it; a route of the API that is not here fails the tests
ROUTES: dict[tuple[str, str], Told] = {
    ("GET", "/healthz"): Told(),
    ("POST", "/api/login"): Told(api.LoginGiven),
    ("POST", "/api/enrol"): Told(api.EnrolGiven),
    ("POST", "/api/handover"): Told(),
    ("POST", "/api/wiped"): Told(api.WipedGiven),
    ("POST", "/api/lost"): Told(api.LostGiven),
    ("POST", "/api/deleted"): Told(api.DeletedGiven),
    ("POST", "/api/logout"): Told(),
    ("GET", "/api/me"): Told(query={"device": UUID_TEXT}),
    ("GET", "/api/manual/<int:version>"): Told(statuses=(304,)),
    ("POST", "/api/push"): Told(Push),
    ("GET", "/api/pull"): Told(query={"cursor": {"type": "string", "maxLength": 200}, "device": UUID_TEXT}),
    ("PUT", "/api/photos/<sha256>"): Told(raw=True, statuses=(409, 507)),
    ("GET", "/api/leaves"): Told(query={"from": {"type": "integer", "minimum": 0}}),
    ("GET", "/api/notices"): Told(query={"after": {"type": "integer", "minimum": 0}}),
    ("POST", "/api/notices/read"): Told(api.NoticesSeen),
    ("GET", "/api/openapi.json"): Told(),
}


@bp.get("/api/openapi.json")
@needs(LOGIN)
def show() -> ResponseReturnValue:
    """This document."""
    return jsonify(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of this application's API."""
    shapes = [told.body for told in ROUTES.values() if told.body] + [Envelope, *(page.body for page in BOOK.values())]
    _, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    components["Refused"] = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"epoch": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}, "request_id": {"type": "string"}},
    }
    for verb, page in BOOK.items():
        components[f"Command.{verb}"] = _command(components["Envelope"], verb, page.body.__name__)
    components["Push"]["properties"]["commands"]["items"] = {"oneOf": [{"$ref": f"#/components/schemas/Command.{verb}"} for verb in BOOK]}
    paths: dict[str, dict[str, Any]] = {}
    for rule, method in routes(app):
        paths.setdefault(_path(rule), {})[method.lower()] = _operation(app, rule, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Fieldbook", "version": __version__, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "fieldbook"}}},
    }


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route of the API with its method."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith("/api/") or rule.rule == "/healthz":
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def _command(envelope: dict[str, Any], verb: str, body: str) -> dict[str, Any]:
    properties = envelope["properties"] | {"verb": {"const": verb}, "body": {"$ref": f"#/components/schemas/{body}"}}
    return {**envelope, "title": verb, "properties": properties}


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _operation(app: Flask, rule: Rule, method: str) -> dict[str, Any]:
    told, view = ROUTES[method, rule.rule], app.view_functions[rule.endpoint]
    parameters: list[dict[str, Any]] = []
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule):
        schema = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "pattern": "^[0-9a-f]{64}$"}
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    parameters += [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in told.query.items()]
    refused = {"description": "Refused, and nothing has changed", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refused"}}}}
    answers: dict[str, Any] = {"200": {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}}}
    answers |= {str(status): refused for status in (*ANY, *told.statuses)}
    operation: dict[str, Any] = {"summary": (view.__doc__ or "").strip().split("\n")[0], "operationId": rule.endpoint, "parameters": parameters, "responses": answers}
    if "public" not in getattr(view, "needs", ()):
        operation["security"] = [{"session": []}]
    if told.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{told.body.__name__}"}}}}
    elif told.raw:
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    elif method == "POST":
        operation["requestBody"] = {"required": False, "content": {"application/json": {"schema": {"type": "object"}}}}
    return operation
