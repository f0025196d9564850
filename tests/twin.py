"""A phone's memory in Python: what it keeps of the pulls it gets, as the phone's own code does."""

from dataclasses import dataclass, field
from typing import Any, Protocol

Row = dict[str, Any]


class Asks(Protocol):
    """Somebody's browser or phone (see conftest)."""

    device: str

    def get(self, path: str, **more: Any) -> Any:
        """One request."""


@dataclass
class Twin:
    """The rows of one person's phone, by kind and id. Rows and cursor are kept together, as in one transaction."""

    phone: Asks
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    cursor: str = ""
    #: the generation being built while `more` is true after a reset
    building: dict[tuple[str, str], Row] | None = None
    resets: int = 0
    pages: list[Row] = field(default_factory=list)

    def pull_once(self) -> bool:
        """One page; whether there is more."""
        answer = self.phone.get(f"/api/pull?device={self.phone.device}&cursor={self.cursor}")
        assert answer.status_code == 200, answer.json
        page = answer.json
        if page.get("reset"):
            self.building, self.resets = {}, self.resets + 1
        into = self.rows if self.building is None else self.building
        for gone in page.get("gone", ()):
            into.pop((gone["kind"], gone["id"]), None)
        for row in page.get("rows", ()):
            into[row["kind"], row["id"]] = row
        self.cursor = page["cursor"]
        self.pages.append(page)
        if not page.get("more") and self.building is not None:
            self.rows, self.building = self.building, None
        return bool(page.get("more"))

    def pull(self) -> "Twin":
        """Until nothing more is new."""
        self.pages.clear()
        while self.pull_once():
            assert len(self.pages) < 500, "a feed without end"
        return self

    def of(self, kind: str) -> dict[str, Row]:
        """The rows of a kind by id."""
        return {id: row for (its, id), row in self.rows.items() if its == kind}
