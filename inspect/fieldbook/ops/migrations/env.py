"""How a migration runs: in one transaction, so that one that fails leaves nothing half done."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from fieldbook import journal
from fieldbook.kernel import Base, Instant, Json, db


def plain_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Migrations name the database's types, not ours, so that old ones go on working when ours change."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(thing, Json):
        return "sa.Text()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations, put the journal's triggers back (batch mode drops them), and look for broken references."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        render_as_batch=True,
        render_item=plain_type,
        compare_type=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(70083)")  # two servers starting at once
        context.run_migrations()
        if connection.dialect.has_table(connection, "entry"):
            journal.install_triggers(connection)
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise RuntimeError("the migration would leave broken references; nothing was changed")


with db.engine.connect().execution_options(writes=True) as connection:
    raw: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        raw.execute("PRAGMA foreign_keys=OFF")  # inside a transaction it would do nothing
    try:
        run(connection)
    finally:
        if connection.dialect.name == "sqlite":
            raw.execute("PRAGMA foreign_keys=ON")
