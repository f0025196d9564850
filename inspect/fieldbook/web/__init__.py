"""Web: the only room that knows Flask's requests. It reads, runs one command, answers.

Words: door (`@needs`: who may enter a route), page, API, shell (the phone's app), gate (in front of it all).
May import every room. Never: decide anything about findings; write outside `doors.acting`.
"""

import os
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from fieldbook.evidence import LocalStore
from fieldbook.kernel import Clock, Settings, db, make_engine_options, utcnow

from . import api, doors, errors, frame, headers, openapi, shell, statics, words
from .gate import FORM_BYTES
from .pages import (
    areas,
    dispatch,
    door,
    drafts,
    entering,
    findings,
    hand_in,
    handover,
    held,
    home,
    imports,
    manual,
    notices,
    overview,
    people,
    photos,
    places,
    review,
    routing,
    setup,
    slips,
    units,
    visits,
)
from .pages import settings as settings_page
from .shell import shell_of

__all__ = ["create_app", "shell_of"]

ROOT = Path(__file__).resolve().parents[3]


class Plain(Flask):
    """Flask without coroutines: it asks of every function at every request whether it is one, and ours never are."""

    jinja_environment = words.Pages

    def ensure_sync(self, func: Any) -> Any:
        return func


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The application for one instance.

    settings: read from the folder named by FIELDBOOK_INSTANCE, else `instance/`, when not given; raises SettingsBroken.
    clock: the present moment, for tests.
    """
    settings = settings or Settings.load(Path(os.environ.get("FIELDBOOK_INSTANCE") or ROOT / "instance"))
    app = Plain("fieldbook", root_path=str(ROOT), static_folder=None, template_folder="templates", instance_path=str(settings.instance.resolve()))
    https = settings.origin.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.url,
        SQLALCHEMY_ENGINE_OPTIONS=make_engine_options(settings.url),
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["fieldbook"] = doors.House(settings, clock or utcnow, LocalStore(settings.photos), https)
    app.session_interface = doors.FormCookie()
    app.url_map.merge_slashes = False  # werkzeug would lead to the tidy address by whatever name the request calls us
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    for part in (words, doors, headers, errors, frame):
        part.install(app)
    for blueprint in (api.bp, openapi.bp, shell.bp, door.bp, home.bp, overview.bp, review.bp, dispatch.bp, routing.bp, slips.bp, findings.bp, visits.bp, photos.bp, setup.bp, settings_page.bp, notices.bp, places.bp, areas.bp, units.bp, people.bp, handover.bp, hand_in.bp, held.bp, entering.bp, imports.bp, manual.bp, drafts.bp):
        app.register_blueprint(blueprint)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]
    statics.install(app, ROOT)
    return app
