"""What the plain port shows, made ready at start: how to trust the county's authority, in both languages, and its file."""

import shutil
from io import StringIO
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask import Flask, g, render_template

from fieldbook.kernel import Settings, county, db

from .authority import Certified

ROOT = Path(__file__).resolve().parents[3]
STYLES = ("tokens.css", "trust.css")


def lay_out(app: Flask, settings: Settings, certified: Certified, origin: str) -> Path:
    """Write the folder that `plain` serves; returns it. Needs an application context and a database that is up to date."""
    settled = county(db.session())
    names = (settled.name, settled.name_en) if settled.name else (settings.county, settings.county_en)
    folder = certified.folder / "shown"
    folder.mkdir(mode=0o755, exist_ok=True)
    pairs = certified.fingerprint.split(":")
    facts = {
        "origin": origin,
        "names": certified.names,
        "fingerprint": [":".join(pairs[at : at + 4]) for at in range(0, len(pairs), 4)],
    }
    for language in ("zh", "en"):
        with app.test_request_context("/trust"):
            g.language = language
            page = render_template("trust/page.html", english=language == "en", county=names[language == "en"], **facts)
            (folder / f"trust.{language}.html").write_text(page, "utf-8")
    authority = x509.load_pem_x509_certificate(certified.authority.read_bytes())
    (folder / "authority.crt").write_bytes(authority.public_bytes(serialization.Encoding.DER))
    for name in STYLES:
        shutil.copyfile(ROOT / "static" / "css" / name, folder / name)
    return folder


def code(address: str) -> str:
    """The QR code of an address for a terminal, two squares a character."""
    out = StringIO()
    segno.make(address, error="l", micro=False).terminal(out, compact=True)
    return out.getvalue().rstrip("\n")
