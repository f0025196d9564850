"""Making an instance ready: database up to date, demo county filled, first administrator's link."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.exc import DBAPIError

from fieldbook import accounts, journal, sync
from fieldbook.kernel import Settings, db, utcnow
from fieldbook.kernel import county as county_settled

from . import high_water
from .defused import of_xml
from .furnish import furnish
from .instance import settings_of
from .migrate import migrate
from .unready import Unready


def open_app(instance: Path) -> Flask:
    """The application of an instance; raises Unready when its settings or its database cannot be used."""
    from fieldbook import create_app

    return create_app(settings_of(instance))


@dataclass(frozen=True)
class Https:
    """How https was asked for: where the server listens, the plain port beside it, and whether to begin a new authority."""

    host: str
    port: int
    plain_port: int
    anew: bool = False


def init(instance: Path, *, demo: bool, https: Https | None = None) -> dict[str, Any]:
    """Make the instance ready to serve, and tell what a person needs to know; raises Unready.

    Returns county, county_en, origin, first_door (a token, or None), logins (login, password, name, duty), and with
    `https` tls (origin, trust, fingerprint, ends_at in seconds since 1970, qr).
    """
    for zh, en in of_xml():
        raise Unready(zh, en)
    filling = instance / "demo.filling"
    if demo and filling.exists():  # the first fill was cut short; invented data are no loss
        for old in instance.glob("fieldbook.sqlite*"):
            old.unlink()
        shutil.rmtree(instance / "photos", ignore_errors=True)
        (instance / "photos").mkdir(mode=0o700)
    app = open_app(instance)
    settings = settings_of(instance)
    opened: dict[str, Any] = {"county": settings.county, "county_en": settings.county_en, "origin": settings.origin, "first_door": None, "logins": []}
    with app.app_context():
        try:
            migrate(instance)
            app.extensions["fieldbook"].store.lay_shelves()
            seq, _ = journal.head(db.session())
        except DBAPIError as reason:
            raise unreachable(reason) from None
        if seq and (once := high_water.lacks(db.session(), settings.photos)):
            print(f"数据库比上次运行时旧（曾到第 {once} 条，现在第 {seq} 条），开始新的纪元，手机会补发缺的 / The database is older than it was (entry {once}, now {seq}): a new epoch begins, and phones send again what it lacks", file=sys.stderr)
            with journal.begin(db.session(), who=None, at=utcnow()) as act:
                sync.new_epoch(act)
            high_water.forget(settings.photos)
        if seq == 0 and not demo:
            with journal.begin(db.session(), who=None, at=utcnow()) as act:
                furnish(act)
        if demo:
            from . import demo as county

            if seq == 0:
                filling.touch()
                county.fill(app)
                filling.unlink()
            opened["logins"] = [list(login) for login in county.LOGINS]
        else:
            with journal.begin(db.session(), who=None, at=utcnow()) as act:
                opened["first_door"] = accounts.open_first_door(act)
        opened["origin"] = settings.origin or county_settled(db.session()).origin
        if https:
            opened["tls"] = _certified(app, settings, opened["origin"], https)
    return opened


def _certified(app: Flask, settings: Settings, origin: str, https: Https) -> dict[str, Any]:
    """Have a certificate for the origin, or while there is none for this machine's addresses, and the plain port's pages."""
    from .authority import certify
    from .serve import addresses_here
    from .trust import code, lay_out

    parts = urlsplit(origin)
    if origin and parts.scheme != "https":
        raise Unready(
            f"网址定的是 {origin}，不是 https。请先改 origin，再加 --https。",
            f"The origin is {origin}, which is not https: change it before serving with --https.",
        )
    everywhere = https.host in ("", "0.0.0.0", "::")  # noqa: S104 asked about, not bound
    required = [
        name
        for name in (parts.hostname, *settings.trusted_hosts, "" if everywhere else https.host)
        if name and not name.startswith(".")
    ]
    certified = certify(
        settings.instance, required, addresses_here() if everywhere and not origin else (), utcnow(), anew=https.anew
    )
    name = f"[{certified.names[0]}]" if ":" in certified.names[0] else certified.names[0]
    origin = origin or f"https://{name}:{https.port}"
    lay_out(app, settings, certified, origin)
    trust = f"http://{name}" + ("" if https.plain_port == 80 else f":{https.plain_port}") + "/trust"
    return {
        "origin": origin,
        "trust": trust,
        "fingerprint": certified.fingerprint,
        "ends_at": int(certified.ends_at.timestamp()),
        "qr": code(trust),
    }


def unreachable(reason: DBAPIError) -> Unready:
    """The database does not open; nothing else can be said before it does."""
    words = " ".join(str(reason.orig).split())
    return Unready(f"数据库打不开：{words}。请检查 settings.toml 里的 database_url 和目录权限。", f"The database does not open: {words}. Check database_url in settings.toml and the folder's permissions.")
