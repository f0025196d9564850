"""Bringing a database up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from fieldbook.kernel import db

from .backup import copy_to
from .unready import Unready

MIGRATIONS = Path(__file__).with_name("migrations")


def configuration() -> Config:
    """Alembic's configuration; the engine is the application's, so an application context must be open."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def revision_now() -> str | None:
    """The migration this database stands at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(instance: Path) -> bool:
    """Run the migrations that are missing. Returns whether there were any; a database with content is copied first.

    Raises Unready when the database was written by a newer Fieldbook.
    """
    now = revision_now()
    scripts = ScriptDirectory.from_config(configuration())
    if now == scripts.get_current_head():
        return False
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise Unready(
            f"数据库由更新版本的巡查簿写成（{now}）。请安装新版本后再启动；数据没有改动。",
            f"A newer Fieldbook wrote this database ({now}). Install that version and start again; nothing was changed.",
        )
    if now is not None and db.engine.dialect.name == "sqlite":
        copy_to(instance, f"before-{scripts.get_current_head()}")
    command.upgrade(configuration(), "head")
    return True


def draw_up(message: str) -> None:
    """Write a new migration from what the models say and the database does not. Raises Unready."""
    number = 1 + sum(1 for _ in ScriptDirectory.from_config(configuration()).walk_revisions())
    try:
        command.revision(configuration(), message, autogenerate=True, rev_id=f"{number:04}")
    except CommandError as reason:
        raise Unready("数据库不是最新状态，先运行 ./run init。", f"The database is not up to date, run ./run init first: {reason}") from None
