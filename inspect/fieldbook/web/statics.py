"""Static files: served by WhiteNoise before Flask is asked, with our headers, compressed at start."""

from pathlib import Path
from typing import Any, NoReturn

from flask import Flask
from werkzeug.exceptions import NotFound
from whitenoise import WhiteNoise

from .doors import PUBLIC, needs
from .headers import CSP_DATA, EVERYWHERE, HSTS


class Files(WhiteNoise):
    """Answers what reads a file; whatever else is asked of one is answered as everywhere."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        return super().__call__(environ, start_response)


@needs(PUBLIC)
def missing(filename: str) -> NoReturn:
    """WhiteNoise knows every static file, so what comes here is absent."""
    raise NotFound


def install(app: Flask, root: Path) -> None:
    """Serve /static/** from `root`/static; /app/** is the shell's."""
    app.add_url_rule("/static/<path:filename>", "static", missing)
    https = app.extensions["fieldbook"].https

    def dress(headers: Any, _path: str, _url: str) -> None:
        for name, value in EVERYWHERE.items():
            headers[name] = value
        headers["Content-Security-Policy"] = CSP_DATA
        if https:
            headers["Strict-Transport-Security"] = HSTS

    white = Files(app.wsgi_app, max_age=300, allow_all_origins=False, add_headers_function=dress, mimetypes={".mjs": "text/javascript"})
    for folder in ("css", "desk", "icons", "manual", "vendor"):
        if (root / "static" / folder).is_dir():
            white.add_files(str(root / "static" / folder), prefix=f"static/{folder}/")
    app.wsgi_app = white  # type: ignore[method-assign]
