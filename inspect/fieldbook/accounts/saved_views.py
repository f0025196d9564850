"""Saved views: a list's conditions under a name of one's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldbook.kernel import Act, Base, Json, Refusal, ask, new_id

#: this many a person and list; more would be no tabs
MOST_VIEWS = 8


class ViewUnnamed(Refusal):
    """A view was to be kept without a name."""

    code = "accounts.view_unnamed"
    sentence = "请给这个视图起个名字。条件都在。"


class ViewNameTaken(Refusal):
    """The person has another view of this name."""

    code = "accounts.view_name_taken"
    sentence = "您已有同名的视图。请换个名字，条件都在。"


class TooManyViews(Refusal):
    """The person keeps as many views as there is room for."""

    code = "accounts.too_many_views"
    sentence = "存的视图已满 {most} 个。请先删去一个不用的，条件都在。"


class NoSuchView(Refusal):
    """No view of this person has this id."""

    code = "accounts.no_such_view"
    status = 404
    sentence = "没有找到这个视图，可能已经删去。问题本身没有变化。"


class SavedView(Base):
    """What one person asks of one list, kept under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "list_name", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    #: which list: findings
    list_name: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40))
    #: the fields of the list's address, as [name, value]
    fields: Mapped[list[list[str]]] = mapped_column(Json)
    kept_at: Mapped[datetime]


class KeptView(NamedTuple):
    """A view as a list shows it; pairs: its fields as the address writes them."""

    id: UUID
    name: str
    pairs: list[tuple[str, str]]


_MINE = (
    select(SavedView.id, SavedView.name, SavedView.fields)
    .where(SavedView.person_id == bindparam("person"), SavedView.list_name == bindparam("list"))
    .order_by(SavedView.kept_at, SavedView.name)
)


def saved_views(session: Session, person: UUID, list_name: str) -> list[KeptView]:
    """The views a person keeps of a list, oldest first."""
    rows = ask(session, _MINE, {"person": person, "list": list_name})
    return [KeptView(row.id, row.name, [(name, value) for name, value in row.fields]) for row in rows]


def keep_view(act: Act, list_name: str, *, name: str, pairs: Sequence[tuple[str, str]]) -> SavedView:
    """Keep a list's conditions for the person who acts. Raises ViewUnnamed, ViewNameTaken, TooManyViews."""
    assert act.who is not None
    _check_name(act, list_name, name)
    if _count(act.session, act.who, list_name) >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)

    view = SavedView(id=new_id(), person_id=act.who, list_name=list_name, name=name, fields=[list(pair) for pair in pairs], kept_at=act.at)
    act.session.add(view)
    act.record("view.kept", view.id, reach=[act.who], said={"name": name}, list=list_name)
    return view


def rename_view(act: Act, view_id: UUID, *, name: str) -> SavedView:
    """Call a view something else. Raises NoSuchView, ViewUnnamed, ViewNameTaken."""
    view = _mine(act, view_id)
    if name != view.name:
        _check_name(act, view.list_name, name)

        view.name = name
        act.record("view.renamed", view.id, reach=[act.who], said={"name": name})
    return view


def drop_view(act: Act, view_id: UUID) -> None:
    """Keep a view no longer. Raises NoSuchView."""
    view = _mine(act, view_id)

    act.session.delete(view)
    act.record("view.dropped", view_id, reach=[act.who])


def _mine(act: Act, view_id: UUID) -> SavedView:
    view = act.session.get(SavedView, view_id)
    if view is None or view.person_id != act.who:
        raise NoSuchView(view=view_id)
    return view


def _check_name(act: Act, list_name: str, name: str) -> None:
    if not name.strip():
        raise ViewUnnamed
    taken = select(SavedView.id).where(SavedView.person_id == act.who, SavedView.list_name == list_name, SavedView.name == name)
    if act.session.scalar(taken) is not None:
        raise ViewNameTaken(name=name)


def _count(session: Session, person: UUID, list_name: str) -> int:
    mine = select(func.count()).select_from(SavedView).where(SavedView.person_id == person, SavedView.list_name == list_name)
    return session.scalar(mine) or 0
