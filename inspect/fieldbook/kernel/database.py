"""The one database handle, its types, and the `writing` door through which every change goes.

SQLite comes from the `sqlcipher3` wheel without a key: a current SQLite on every machine,
since Debian 12's own (3.40) can corrupt a WAL database that two connections write.
"""

import fcntl
import os
import threading
import time
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
import sqlcipher3.dbapi2 as sqlite
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as SessionOfFlask
from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    bindparam,
    event,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm import DeclarativeBase, Session, registry

from .clock import from_ms, to_ms
from .refusal import Busy, NoRoom

if sqlite.sqlite_version_info < (3, 51, 3):
    raise RuntimeError("This SQLite may corrupt a WAL database; 3.51.3 or later is needed (pip install sqlcipher3)")

#: the reach of an entry that touches everybody's view
NIL = UUID(int=0)

WAIT_SECONDS = 10
#: bytes that stay free on the database's disk: commands go on long after photos are refused, and nothing is begun that may not end
RESERVE_BYTES = 200 << 20
#: between two looks whether another process has finished writing
LOOK_SECONDS = 0.0005


class Instant(TypeDecorator[datetime]):
    """An aware UTC moment, stored as whole milliseconds since 1970 so that both databases sort and compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Json(TypeDecorator[Any]):
    """Plain JSON kept as text, so that both databases give back what was put in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(value)


class Base(DeclarativeBase):
    """Every table's parent: one naming convention, so that migrations can name what they change."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Instant},
    )


class OneDatabase(SessionOfFlask):
    """A session of the one database there is; while it writes to SQLite, of the one connection that does."""

    def get_bind(self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **_: Any) -> Any:  # type: ignore[override]
        if bind is not None:
            return bind
        if self.bind is None:
            self.bind = self._db.engine
        return self.bind


#: a whole number that is a table's only key: SQLite then keeps the rows by it and needs no index beside them
Position = BigInteger().with_variant(Integer, "sqlite")
#: for a table whose key is most of what it holds: on SQLite the rows lie in their key's order, with no index beside them
BY_KEY = {"sqlite_with_rowid": False}


def index_where(name: str, *columns: str, where: str) -> Index:
    """An index of only the rows that `where` is true of: it finds no others, and writing those does not touch it."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": OneDatabase})


def make_engine_options(url: str) -> dict[str, Any]:
    """What SQLAlchemy's engine needs for this database: our SQLite and a small pool, or PostgreSQL.

    The values of a statement that fails stay out of the log: they are people's words, names and tokens.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return {
            "module": sqlite,
            "hide_parameters": True,
            "pool_size": 16,
            "max_overflow": 16,
            "pool_timeout": WAIT_SECONDS,
            "connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False, "isolation_level": None},
        }
    return {"hide_parameters": True, "pool_size": 16, "max_overflow": 16, "pool_timeout": WAIT_SECONDS, "pool_pre_ping": True}


@event.listens_for(Engine, "connect")
def _settle(raw: Any, _record: Any) -> None:
    if isinstance(raw, sqlite.Connection):
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", f"busy_timeout={WAIT_SECONDS * 1000}", "cache_size=-2000", "trusted_schema=OFF"):
            raw.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite" and not connection.connection.in_transaction:  # `writing` has begun it already
        text = "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
        try:
            connection.connection.execute(text)
        except sqlite.Error as reason:
            raise _as_ours(reason, connection.dialect, text) from reason


def is_sqlite(session: Session) -> bool:
    """Whether this session's database is SQLite."""
    return session.get_bind().dialect.name == "sqlite"


class _Writer:
    """One writer a machine: SQLite allows one anyway, and waiting in line is kinder than its busy errors."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        #: open for the process's life
        self.files: dict[str, int] = {}

    @contextmanager
    def turn(self, database: str) -> Iterator[None]:
        until = time.monotonic() + WAIT_SECONDS
        if not self.lock.acquire(timeout=WAIT_SECONDS):
            raise Busy
        try:
            file = self.files.get(database)
            if file is None:
                file = self.files[database] = os.open(f"{database}.writer.lock", os.O_RDWR | os.O_CREAT, 0o640)
            while not _took(file):
                if time.monotonic() > until:
                    raise Busy
                time.sleep(LOOK_SECONDS)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self.lock.release()


def _took(file: int) -> bool:
    """Whether no other process holds the file; asked over and over, since waiting for it in the kernel cannot end in time."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


_writer = _Writer()


class _Lines:
    """The connections to one SQLite that are kept open: SQLAlchemy's way of opening and closing one for each transaction costs
    more than what most of ours say in it. One writes, since only one may; the others only read, each statement by itself.
    """

    #: more than this many readers are closed when they come back
    MOST = 8

    def __init__(self) -> None:
        self.writer: Connection | None = None
        self.readers: list[Connection] = []

    def take_writer(self, engine: Engine) -> Connection:
        """For whoever has the turn."""
        if self.writer is None:
            self.writer = engine.connect().execution_options(writes=True)
            self.writer.detach()
        return self.writer

    def take_reader(self, engine: Engine) -> Connection:
        """For one statement. It is the caller's until `give_back`."""
        try:
            return self.readers.pop()
        except IndexError:
            reader = engine.connect()
            reader.connection.execute("PRAGMA query_only=ON")  # what is not in `writing` must not write
            reader.detach()  # it never goes back to the pool, among those that may
            return reader

    def give_back(self, reader: Connection) -> None:
        if len(self.readers) < self.MOST:
            self.readers.append(reader)
        else:
            reader.close()

    def close(self) -> None:
        while self.readers:
            self.readers.pop().close()
        if self.writer is not None:
            self.writer.close()
            self.writer = None


def _lines(engine: Engine) -> _Lines:
    """Those of this engine; kept with it, so that they go when it goes."""
    lines: _Lines | None = vars(engine).get("lines")
    if lines is None:
        lines = vars(engine).setdefault("lines", _Lines())
    return lines


@event.listens_for(Engine, "engine_disposed")
def _hang_up(engine: Engine) -> None:
    _lines(engine).close()


@dataclass(slots=True)
class _Talk:
    """An open transaction: SQLAlchemy's connection, the driver's own, who hears each statement, and what is noted until it ends."""

    connection: Connection
    raw: Any
    ears: list[Any]
    notes: dict[str, Any] = field(default_factory=dict)


#: session.info key: the open transaction's _Talk
_TALK = "kernel.talk"


def notes(session: Session) -> dict[str, Any] | None:
    """What is noted until the open transaction ends; None when none is open."""
    talk = session.info.get(_TALK)
    return None if talk is None else talk.notes


def _talk(connection: Any) -> _Talk:
    return _Talk(connection, connection.connection.dbapi_connection, list(connection.engine.dispatch.before_cursor_execute))


@event.listens_for(Session, "after_begin")
def _hold(session: Session, _transaction: Any, connection: Any) -> None:
    if _TALK not in session.info:  # else the session joins what `writing` has begun
        session.info[_TALK] = _talk(connection)


@event.listens_for(Session, "after_transaction_end")
def _let_go(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(_TALK, None)


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """The only way to write: one transaction, committed on leaving, rolled back on any exception.

    What the session had read before is forgotten, since it may have changed while waiting for the turn.
    Raises Busy when no turn comes within 10 seconds, NoRoom when the disk is nearly full.
    """
    if session.in_transaction():
        session.rollback()
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        with _busy_if_locked():
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
        return
    database = engine.url.database or ""
    disk = os.statvfs(os.path.dirname(database) or ".")
    if disk.f_bavail * disk.f_frsize < RESERVE_BYTES:
        raise NoRoom
    with _writer.turn(database), _busy_if_locked():
        # Begun on the driver's own connection: statements by `ask` need no more, and the ORM joins as soon as it has anything to say.
        connection = _lines(engine).take_writer(engine)
        talk, bound = _talk(connection), session.bind
        try:
            talk.raw.execute("BEGIN IMMEDIATE")
            session.bind, session.info[_TALK] = connection, talk
            yield session
            session.flush()
            if session.in_transaction():
                session.commit()
            if talk.raw.in_transaction:  # the session did not join, or has only looked at what it held already
                for hear in engine.dispatch.commit:
                    hear(connection)
                talk.raw.commit()
                session.dispatch.after_commit(session)
        except sqlite.Error as reason:
            raise _as_ours(reason, engine.dialect, "") from reason
        finally:
            session.rollback()
            if talk.raw.in_transaction:
                for hear in engine.dispatch.rollback:
                    hear(connection)
                talk.raw.rollback()
            session.bind = bound
            session.info.pop(_TALK, None)


@contextmanager
def _busy_if_locked() -> Iterator[None]:
    try:
        yield
    except DBAPIError as reason:
        if getattr(reason.orig, "sqlstate", None) in ("40P01", "55P03", "40001") or "locked" in str(reason.orig):
            raise Busy from reason
        if "disk is full" in str(reason.orig):
            raise NoRoom from reason
        raise


def _as_ours(reason: Any, dialect: Dialect, text: str) -> BaseException:
    """A driver's error as SQLAlchemy would raise it."""
    wrapped: BaseException = DBAPIError.instance(text, None, reason, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect)
    return wrapped


class Rows(list[Any]):
    """What a statement gave: named tuples, in order; for `scalars`, the first value of each."""

    def all(self) -> "Rows":
        return self

    def first(self) -> Any:
        return self[0] if self else None

    def one_or_none(self) -> Any:
        """The only row, or None. Raises MultipleResultsFound."""
        if len(self) > 1:
            raise MultipleResultsFound
        return self[0] if self else None

    def one(self) -> Any:
        """The only row. Raises NoResultFound, MultipleResultsFound."""
        if not self:
            raise NoResultFound
        return self.one_or_none()

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        return self[0][0] if self else None

    def scalars(self) -> "Rows":
        return Rows(row[0] for row in self)


@lru_cache(8192)
def _id_of(text: str | None) -> UUID | None:
    """An id as SQLite keeps it; the same people, phones and areas are read all the time, and making a UUID costs more than finding it."""
    return None if text is None else UUID(text)


def _ms_of(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment_of(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


class _Prepared:
    """A Core statement as one driver takes it: its text, how each value goes in, how each column comes out."""

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a statement whose text depends on its values cannot be prepared")
        self.text = compiled.string
        into = {name: _ms_of if isinstance(bound.type, Instant) else bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in compiled.binds.items()}
        values = {name: None if bound.required or bound.callable else bound.value for name, bound in compiled.binds.items()}
        for column in compiled.insert_prefetch or ():
            if not column.default.is_scalar:
                raise ValueError(f"{column} has a default that has to be called")
            values[column.key] = column.default.arg
        names = list(compiled.positiontup if compiled.positional else compiled.binds)
        #: what each value is unless given; all of them in the driver's order, in one call; how those go in that change on the way
        self.usual = {name: values[name] for name in names}
        self.pick = itemgetter(*names) if len(names) > 1 else lambda values: [values[name] for name in names]
        self.into = [(place, do) for place, name in enumerate(names) if (do := into[name]) is not None]
        self.names = None if compiled.positional else names
        out = list(statement.exported_columns) if compiled._result_columns else []
        processors = [_moment_of if isinstance(column.type, Instant) else column.type.dialect_impl(dialect).result_processor(dialect, None) for column in out]
        processors = [_id_of if do is not None and isinstance(column.type, Uuid) else do for column, do in zip(out, processors, strict=True)]
        self.out = [(place, processor) for place, processor in enumerate(processors) if processor is not None]
        self.row: Any = namedtuple("Row", [column.key or "" for column in out], rename=True) if out else None

    def given(self, values: dict[str, Any]) -> Any:
        """`values` as the driver takes them."""
        row = list(self.pick(self.usual | values))
        for place, do in self.into:
            row[place] = do(row[place])
        return row if self.names is None else dict(zip(self.names, row, strict=True))

    def taken(self, raw: Any) -> Any:
        """A row of the driver with its values as our types have them."""
        row = list(raw)
        for place, do in self.out:
            row[place] = do(row[place])
        return self.row._make(row)


#: by (statement, dialect, columns); only statements that were built once come here
_prepared: dict[tuple[Any, str, tuple[str, ...] | None], _Prepared] = {}


def ask(session: Session, statement: Any, values: Any = None) -> Rows:
    """Run a Core statement that was built once and for all, past the ORM and SQLAlchemy's execution: a tenth of their cost.

    Outside a transaction it opens none: each statement sees what is committed at that moment, on SQLite as on PostgreSQL.
    values: by name; a list of them runs the statement for each and gives no rows. Nothing is flushed first, so it must
    not look for what the session has not written yet. Raises ValueError for a statement whose text depends on its values.
    """
    talk = session.info.get(_TALK)
    if talk is not None:
        return _say(talk, statement, values)
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        session.connection()
        return _say(session.info[_TALK], statement, values)
    lines = _lines(engine)
    reader = lines.take_reader(engine)
    try:
        return _say(_talk(reader), statement, values)
    finally:
        lines.give_back(reader)


def _say(talk: _Talk, statement: Any, values: Any) -> Rows:
    dialect, raw = talk.connection.dialect, talk.raw
    many = isinstance(values, list)
    columns = tuple(values[0]) if many else None
    prepared = _prepared.get((statement, dialect.name, columns))
    if prepared is None:
        prepared = _prepared[statement, dialect.name, columns] = _Prepared(statement, dialect, columns)
    cursor = raw.cursor()
    try:
        for hear in talk.ears:
            hear(talk.connection, cursor, prepared.text, None, None, many)
        if many:
            cursor.executemany(prepared.text, [prepared.given(one) for one in values])
            return Rows()
        cursor.execute(prepared.text, prepared.given(values or {}))
        return Rows(map(prepared.taken, cursor.fetchall())) if prepared.row else Rows()
    except dialect.loaded_dbapi.Error as reason:
        if dialect.is_disconnect(reason, raw, cursor):
            talk.connection.invalidate(reason)
        raise _as_ours(reason, dialect, prepared.text) from reason
    finally:
        cursor.close()


#: insert statements by table, and upserts by (table, dialect, key), built once
_inserts: dict[Table, Any] = {}
_upserts: dict[tuple[Table, str, tuple[str, ...], tuple[str, ...]], Any] = {}
_counters: dict[tuple[Table, str, tuple[str, ...]], Any] = {}


def bulk_insert(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows by Core: a third of the ORM's cost."""
    if rows:
        table = _table(table)
        if table not in _inserts:
            _inserts[table] = table.insert()
        ask(session, _inserts[table], list(rows))


def upsert(session: Session, table: Any, row: Mapping[str, Any], *, key: Sequence[str], change: Mapping[str, Any] | None = None) -> int:
    """Insert `row`, or if its `key` exists change it by `change` (nothing by default). Returns the rows touched.

    `row` names every column that has no default of the database's own.
    """
    table, dialect = _table(table), session.get_bind().dialect.name
    if change is None:
        known = (table, dialect, tuple(key), tuple(row))
        if known not in _upserts:
            begin = _insert_of(dialect)(table).values({name: bindparam(name) for name in row})
            _upserts[known] = begin.on_conflict_do_nothing(index_elements=list(key)).returning(*(table.c[name] for name in key))
        return len(ask(session, _upserts[known], row))
    changing = _insert_of(dialect)(table).values(**row).on_conflict_do_update(index_elements=list(key), set_=dict(change))
    # a driver's rowcount is not the same everywhere; the rows it gives back are
    return len(session.connection().execute(changing.returning(*(table.c[name] for name in key))).all())


def count_up(session: Session, table: Any, key: Mapping[str, Any], column: str) -> int:
    """Count `column` of the row with this key up by one, from nothing if there is none, and give the new count."""
    table, dialect = _table(table), session.get_bind().dialect.name
    known = (table, dialect, tuple(key))
    if known not in _counters:
        begin = _insert_of(dialect)(table).values({**{name: bindparam(name) for name in key}, column: 1})
        more = begin.on_conflict_do_update(index_elements=list(key), set_={column: table.c[column] + 1})
        _counters[known] = more.returning(table.c[column])
    return int(ask(session, _counters[known], key).scalar())


def _insert_of(dialect: str) -> Any:
    return sqlite_dialect.insert if dialect == "sqlite" else postgresql.insert


def _table(table: Any) -> Table:
    return table if isinstance(table, Table) else table.__table__
