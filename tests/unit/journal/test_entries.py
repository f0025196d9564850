"""What is recorded: each act's entries in one order, with their words, or nothing at all."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldbook import journal
from fieldbook.journal import EntryRow, Reach, Said
from fieldbook.kernel import NIL, new_id, to_ms, writing
from tests.county import NOON, named

LIN, ZONE = named("lin"), named("zone6")


def a_change(session: Session, *, words: str = "水产区积水", subject: UUID | None = None) -> EntryRow:
    """One entry with words that may be erased."""
    with journal.begin(session, who=LIN, at=NOON) as act:
        entry = act.record("lid.seen", subject or new_id(), reach=[ZONE, None], said={"words": words, "note": ""}, depth_cm=5)
    return session.scalars(select(EntryRow).where(EntryRow.id == entry)).one()


def test_two_records_of_one_act_stand_next_to_each_other_and_the_receipt_is_the_last(session: Session):
    before, _ = journal.head(session)

    with journal.begin(session, who=LIN, at=NOON, device=named("lin's phone"), claimed_at=NOON - timedelta(hours=1), command=named("command")) as act:
        first = act.record("lid.seen", new_id())
        second = act.record("lid.closed", new_id())

    rows = session.scalars(select(EntryRow).where(EntryRow.id.in_([first, second])).order_by(EntryRow.seq)).all()
    assert [(row.seq, row.verb) for row in rows] == [(before + 1, "lid.seen"), (before + 2, "lid.closed")]
    assert act.receipt == (rows[1].seq, rows[1].head) == journal.head(session)
    assert journal.receipts(session, [named("command")]) == {named("command"): act.receipt}
    assert {(row.actor, row.device, row.at, row.claimed_at) for row in rows} == {(LIN, named("lin's phone"), NOON, NOON - timedelta(hours=1))}
    assert journal.verify(session) == []


def test_an_act_that_records_nothing_moves_no_head_and_has_no_receipt(session: Session):
    before = journal.head(session)

    with journal.begin(session, who=LIN, at=NOON) as act:
        pass

    assert (act.receipt, journal.head(session)) == (None, before)


def test_an_act_that_fails_leaves_nothing(session: Session):
    before = journal.head(session)

    with pytest.raises(ZeroDivisionError), journal.begin(session, who=LIN, at=NOON) as act:
        act.record("lid.seen", new_id(), said={"words": "gone"})
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="float"), journal.begin(session, who=LIN, at=NOON) as act:
        act.record("lid.seen", new_id(), said={"words": "gone"}, depth=0.5)

    assert journal.head(session) == before
    assert session.scalars(select(Said).where(Said.text == "gone")).all() == []


def test_what_is_recorded_is_kept_as_ids_codes_and_whole_numbers_and_its_words_apart(session: Session):
    subject = new_id()

    with journal.begin(session, who=LIN, at=NOON) as act:
        entry = act.record("lid.seen", subject, said={"words": "水产区积水", "none": ""}, unit=named("market"), at=NOON, many=[NOON, ZONE])

    row = session.scalars(select(EntryRow).where(EntryRow.id == entry)).one()
    [step] = journal.course_of(session, [subject])[subject]
    assert step["facts"] == {"unit": str(named("market")), "at": to_ms(NOON), "many": [to_ms(NOON), str(ZONE)]}
    assert step["said"] == {"words": "水产区积水"}
    assert "积水" not in row.text
    assert row.leaf == journal.leaf_of(row.text)


def test_an_entry_reaches_whom_it_names_each_once(session: Session):
    with journal.begin(session, who=LIN, at=NOON) as act:
        act.record("lid.seen", new_id(), reach=[ZONE, NIL, None, ZONE])

    assert act.receipt is not None
    assert set(session.scalars(select(Reach.key).where(Reach.seq == act.receipt[0]))) == {ZONE, NIL}


def test_the_feed_is_read_by_key_in_order_and_no_further_than_asked(session: Session):
    start, _ = journal.head(session)
    for i in range(6):
        with journal.begin(session, who=LIN, at=NOON) as act:
            act.record("lid.seen", UUID(int=i), reach=[ZONE, named("market")] if i % 2 else [named("zone3")])
    end, _ = journal.head(session)

    def seen(**more: int) -> list[int]:
        asked = {"after": start, "until": end, "limit": 100} | more
        return [subject.int for _, _, subject in journal.subjects_since(session, keys=[ZONE, named("market")], **asked)]

    assert seen() == [1, 3, 5]
    assert seen(after=start + 2) == [3, 5]
    assert seen(until=end - 1) == [1, 3]
    assert seen(limit=2) == [1, 3]
    assert len(journal.subjects_since(session, after=start, until=end, keys=None, limit=100)) == 6
    assert journal.leaves(session, after=end - 2) == journal.leaves(session, after=start)[-2:]


@pytest.mark.parametrize("table", ["entry", "entry_reach"])
@pytest.mark.parametrize("change", ["UPDATE {} SET seq = seq + 1000", "UPDATE {0} SET seq = seq WHERE seq = (SELECT max(seq) FROM {0})", "DELETE FROM {}", "DELETE FROM {0} WHERE seq = (SELECT max(seq) FROM {0})"])
def test_the_database_itself_refuses_to_change_or_forget_an_entry(session: Session, table: str, change: str):
    before = journal.head(session)

    with pytest.raises(DBAPIError, match="append-only"), writing(session):
        session.execute(text("PRAGMA defer_foreign_keys=ON" if session.get_bind().dialect.name == "sqlite" else "SET CONSTRAINTS ALL DEFERRED"))
        session.execute(text(change.format(table)))

    assert journal.head(session) == before
    assert journal.verify(session) == []


def test_postgresql_refuses_to_empty_it_too(session: Session):
    if session.get_bind().dialect.name == "sqlite":
        return  # SQLite has no TRUNCATE; its DELETE without WHERE is tried above

    with pytest.raises(DBAPIError, match="append-only"), writing(session):
        session.execute(text("TRUNCATE entry CASCADE"))


def test_erasing_takes_the_words_names_the_rule_and_leaves_the_chain_whole(session: Session):
    row = a_change(session)

    with journal.begin(session, who=named("ma"), at=NOON) as act:
        erased = journal.erase(act, row.id, rule="90 days after closing")

    [said] = session.scalars(select(Said).where(Said.entry_id == row.id))
    assert erased == 1
    assert (said.text, said.erased_rule) == (None, "90 days after closing")
    assert journal.words(session, [row.id]) == {row.id: {"words": None}}
    assert journal.verify(session) == []


def test_erasing_twice_finds_nothing_left(session: Session):
    row = a_change(session)

    for expected in (1, 0):
        with journal.begin(session, who=named("ma"), at=NOON) as act:
            assert journal.erase(act, row.id, rule="90 days after closing") == expected


TAMPERED: dict[str, tuple[str, str]] = {
    "a changed text": ("UPDATE entry SET text = replace(text, 'depth_cm', 'depth_dm') WHERE id = :id", "the text was changed"),
    "a text that is no JSON": ("UPDATE entry SET text = 'burnt' WHERE id = :id", "the text was changed"),
    "a text that says something else": ("UPDATE entry SET text = '[]' WHERE id = :id", "the text was changed"),
    "a changed leaf": ("UPDATE entry SET leaf = :other WHERE id = :id", "the text was changed"),
    "a leaf that is no hash": ("UPDATE entry SET leaf = 'burnt' WHERE id = :id", "the text was changed"),
    "a changed head": ("UPDATE entry SET head = :other WHERE id = :id", "the head does not follow"),
    "a changed verb": ("UPDATE entry SET verb = 'lid.closed' WHERE id = :id", "a column differs from the text"),
    "a changed actor": ("UPDATE entry SET actor = NULL WHERE id = :id", "a column differs from the text"),
    "a changed time": ("UPDATE entry SET at = at + 1 WHERE id = :id", "a column differs from the text"),
    "changed words": ("UPDATE said SET text = 'nothing to see' WHERE entry_id = :id", "the words 'words' were changed"),
    "words gone": ("DELETE FROM said WHERE entry_id = :id", "the words 'words' are missing"),
    "words erased without a rule": ("UPDATE said SET text = NULL WHERE entry_id = :id", "the words 'words' were erased without a rule"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_verify_finds(session: Session, tamper: Callable[..., None], what: str):
    row = a_change(session)
    a_change(session)
    statement, reason = TAMPERED[what]
    needed = {"id": row.id.hex if session.get_bind().dialect.name == "sqlite" else row.id, "other": "f" * 64}
    seq = row.seq

    tamper(statement, **{name: value for name, value in needed.items() if f":{name}" in statement})

    breaks = journal.verify(session)
    assert (seq, reason) in [(found.seq, found.reason) for found in breaks]
    assert {found.seq for found in breaks} <= {seq, seq + 1}


def test_verify_finds_a_missing_entry_in_the_middle_and_at_the_end(session: Session, tamper: Callable[..., None]):
    first = a_change(session).seq
    for _ in range(3):
        a_change(session)

    for seq in (first + 1, first + 3):
        tamper("DELETE FROM entry_reach WHERE seq = :seq", seq=seq)
        tamper("DELETE FROM entry WHERE seq = :seq", seq=seq)

    assert [(found.seq, found.reason) for found in journal.verify(session)] == [
        (first + 2, f"expected position {first + 1}"),
        (first + 2, "the head does not follow"),
        (first + 2, "the newest head is not the last entry's"),
    ]


def test_a_history_written_anew_from_one_entry_on_has_another_head(session: Session, tamper: Callable[..., None]):
    """Whoever owns the machine can rewrite all that follows; the receipts that phones hold then no longer fit."""
    row = a_change(session)
    receipt = journal.head(session)
    changed = row.text.replace('"depth_cm":5', '"depth_cm":6')
    leaf = journal.leaf_of(changed)
    before = session.scalars(select(EntryRow.head).where(EntryRow.seq == row.seq - 1)).one()

    tamper("UPDATE entry SET text = :text, leaf = :leaf, head = :head WHERE seq = :seq", text=changed, leaf=leaf, head=journal.head_after(before, leaf), seq=row.seq)
    tamper("UPDATE journal_head SET head = :head", head=journal.head_after(before, leaf))

    assert journal.verify(session) == []
    assert journal.head(session) != receipt
