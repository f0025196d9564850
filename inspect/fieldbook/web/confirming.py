"""The page that asks for the password once more, and carries on with what was going to be sent."""

from flask import current_app, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from fieldbook import accounts
from fieldbook.kernel import county, db

from . import doors

#: fields of a form that are the page's own, not what somebody typed
OWN = ("csrf_token", doors.AGAIN)


def page(said: str = "") -> str:
    """The page: it sends the same fields to the same address along with the password, so that nothing is typed twice.

    said: what was wrong with the password typed before.
    """
    sends = request.method == "POST"
    return render_template(
        "login/confirm.html",
        action=request.full_path.rstrip("?") if sends else url_for("door.confirm"),
        fields=[pair for pair in request.form.items(multi=True) if pair[0] not in OWN]
        if sends
        else [("next", request.full_path.rstrip("?"))],
        said=said,
        minutes=county(db.session()).confirm_minutes,
        has_password=accounts.has_password(db.session(), doors.who().id),
        back=page_above(request.form.get("next", "") if request.endpoint == "door.confirm" else request.full_path),
    )


def page_above(address: str) -> str:
    """The nearest page above an address, narrowed as it was: where the person pressed the button."""
    path, _mark, query = address.rstrip("?").partition("?")
    pages = current_app.url_map.bind("")
    while path := path.rpartition("/")[0]:
        try:
            pages.match(path, method="GET")
        except (HTTPException, ValueError):
            continue
        return f"{path}?{query}" if query else path
    return "/"
