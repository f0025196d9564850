"""Headers: what every answer says to the browser about itself."""

from flask import Flask, request
from werkzeug.wrappers import Response

from . import doors

#: the desk's pages; the phone's shell has a stricter one of its own
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: an answer that is never a page
CSP_DATA = "default-src 'none'; sandbox; frame-ancestors 'none'"

#: a year of https, where https is what we are served by
HSTS = "max-age=31536000"

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

_ALWAYS = EVERYWHERE | {"Cache-Control": "no-store"}
#: (name in small letters, name, value)
_PAGE, _DATA = ([(name.lower(), name, value) for name, value in (_ALWAYS | {"Content-Security-Policy": policy}).items()] for policy in (CSP, CSP_DATA))


def install(app: Flask) -> None:
    """Put the headers on every answer; a view that set its own keeps it."""

    @app.after_request
    def dress(answer: Response) -> Response:
        is_page = (answer.mimetype or "") == "text/html"
        own = {name.lower() for name, _ in answer.headers}  # once: each look into the headers goes through all of them
        answer.headers.extend([(name, value) for lower, name, value in (_PAGE if is_page else _DATA) if lower not in own])
        if request.path.startswith(("/api/", "/photos/")) or is_page:
            if "vary" not in own:
                answer.headers["Vary"] = "Cookie"
            elif "Cookie" not in answer.headers["Vary"]:  # reading it as a set costs more than all the rest here
                answer.vary.add("Cookie")
        if doors.house().secure:
            answer.headers.setdefault("Strict-Transport-Security", HSTS)
        return answer
