"""One measured figure and the limit it must keep."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """name: what was measured. value and limit in `unit`; `at_least` turns the limit round. limit None: told, not judged."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def ok(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self) -> str:
        """`bench <name> <value> <unit> limit <limit> ok|over`"""
        limit = "-" if self.limit is None else f"{'>=' if self.at_least else ''}{self.limit:g}"
        return f"bench {self.name} {self.value:.4g} {self.unit} limit {limit} {'ok' if self.ok else 'over'}"

    def plain(self) -> dict[str, object]:
        return {"name": self.name, "value": self.value, "unit": self.unit, "limit": self.limit, "at_least": self.at_least, "ok": self.ok}


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
