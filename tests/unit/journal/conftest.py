"""A journal to look at, to write to, and to tamper with."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from fieldbook import journal
from fieldbook.kernel import db, writing


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The small county's database; unlike `town`, nothing checks afterwards that its journal is whole."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def tamper(session: Session) -> Callable[..., None]:
    """Change the database as somebody could who owns the machine: the triggers out of the way first, and back after."""

    def change(statement: str, **values: object) -> None:
        with writing(session):
            for drop in DROPS[session.get_bind().dialect.name]:
                session.execute(text(drop))
            session.execute(text(statement), values)
            journal.install_triggers(session.connection())
        session.expire_all()

    return change


DROPS = {
    "sqlite": [f"DROP TRIGGER {table}_no_{verb}" for table in ("entry", "entry_reach") for verb in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER {table}_append_only ON {table}" for table in ("entry", "entry_reach")],
}
