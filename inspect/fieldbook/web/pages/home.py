"""/: to the first page that is the person's."""

import re

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook.accounts import Duty

from ..doors import LOGIN, needs, who
from ..frame import OVERVIEW
from . import setup

bp = Blueprint("home", __name__)

#: a phone in the hand, by what its browser says; the field app is one tap away from the desk as well
PHONE = re.compile(r"Mobile|Android|iPhone", re.IGNORECASE)


@bp.get("/")
@needs(LOGIN)
def home() -> ResponseReturnValue:
    """The phone's app on a phone; at a desk setting up while the county is empty, else the overview, or the findings of the person's unit."""
    if PHONE.search(request.headers.get("User-Agent", "")):
        return redirect("/app/")
    if setup.leads_here():
        return redirect(url_for("setup.show"))
    if who().has(*OVERVIEW):
        return redirect(url_for("overview.show"))
    return redirect(url_for("findings.index", view="mine" if who().has(Duty.RECTIFIER) else "open"))
