"""Rows by the thousand, as the tables would have them."""

from typing import Any


def row_of(model: Any, **values: Any) -> dict[str, Any]:
    """One row of a table: what is given, else the column's own default, else nothing."""
    row = {}
    for column in model.__table__.columns:
        default = getattr(column.default, "arg", None)
        row[column.name] = default(None) if callable(default) else default
    return row | values
