"""Whether a column is one of many, as SQL whose text is the same however many they are.

`in_` writes a mark for each value, so its statement is put together anew for each number of them; what `ask` runs is put
together once. SQLite takes the values as one JSON text, PostgreSQL as one array; both go by the column's index.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Text, TypeDecorator, bindparam, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Many(TypeDecorator[Collection[Any]]):
    """The ids, or the texts, that a column is looked for among."""

    impl = Text
    cache_ok = True

    def __init__(self, one: TypeEngine[Any]) -> None:
        super().__init__()
        self.one = one

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.one))

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        many = list(value or ())
        if dialect.name != "sqlite":
            return many
        return msgspec.json.encode([one.hex if isinstance(one, UUID) else str(one) for one in many]).decode()


class among(FunctionElement[bool]):
    """`among(Finding.id, "ids")`: whether the column is one of those that the statement is given as `ids`."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, given: str) -> None:
        super().__init__(column, bindparam(given, type_=Many(column.type)))

    def self_group(self, against: Any = None) -> Any:
        """As it is: SQLAlchemy would compare it to 1, and SQLite then goes through the whole table."""
        return self


@compiles(among, "sqlite")
def _in_a_text(element: Any, compiler: Any, **how: Any) -> str:
    column, many = element.clauses
    return f"{compiler.process(column, **how)} IN (SELECT value FROM json_each({compiler.process(many, **how)}))"  # noqa: S608 both are written by the compiler


@compiles(among)
def _in_an_array(element: Any, compiler: Any, **how: Any) -> str:
    column, many = element.clauses
    return f"{compiler.process(column, **how)} = ANY ({compiler.process(many, **how)})"


def one_of(column: Any, values: Collection[StrEnum]) -> ColumnElement[bool]:
    """Whether a column is one of some values that never change: they are part of the statement."""
    known: ColumnElement[bool] = column.in_([literal(value, column.type) for value in sorted(values)])
    return known
