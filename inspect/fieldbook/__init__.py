"""Fieldbook 巡查簿: patrols find, units put right, others check, until nothing is open.

The rooms stand on floors (ARCHITECTURE.md); `create_app` is the house's front door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from fieldbook.kernel import Clock, Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The web application; see `fieldbook.web.create_app`. Imported late, so that a room can be used without Flask."""
    from fieldbook.web import create_app as make

    return make(settings, clock)


__all__ = ["__version__", "create_app"]
