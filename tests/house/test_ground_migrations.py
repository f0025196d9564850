"""Migrations: a database made by them is the one the models speak of."""

import os
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from fieldbook import create_app
from fieldbook.kernel import Base, Settings, db
from fieldbook.ops.instance import make_instance
from fieldbook.ops.migrate import configuration, migrate, revision_now
from tests.servers import ROOT


def opened(folder):
    make_instance(folder, demo=False)
    return create_app(Settings.load(folder))


def test_the_migrations_make_what_the_models_say(tmp_path):
    with opened(tmp_path).app_context():
        migrate(tmp_path)

        with db.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_migrated_journal_is_append_only(tmp_path):
    with opened(tmp_path).app_context():
        migrate(tmp_path)

        with db.engine.connect() as connection:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            assert {"entry_no_update", "entry_no_delete"} <= set(triggers)


def test_migrating_again_changes_nothing(tmp_path):
    with opened(tmp_path).app_context():
        assert migrate(tmp_path)

        assert not migrate(tmp_path)


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path, monkeypatch):
    from fieldbook import journal

    def fail(_connection):
        raise RuntimeError("after every table was made")

    with opened(tmp_path).app_context():
        monkeypatch.setattr(journal, "install_triggers", fail)
        with pytest.raises(RuntimeError, match="after every table"):
            command.upgrade(configuration(), "head")

        assert revision_now() is None
        assert inspect(db.engine).get_table_names() == []


def test_a_database_of_a_newer_fieldbook_is_refused_in_a_sentence(tmp_path):
    with opened(tmp_path).app_context():
        migrate(tmp_path)
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.engine.dispose()

    done = subprocess.run(
        [sys.executable, "-P", "-m", "fieldbook.ops", "init", "--instance", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "inspect"), "PYTHONUTF8": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 2)
    assert "newer Fieldbook" in done.stderr
