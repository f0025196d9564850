"""An import from the file to the register and back, as the job runner does it."""

import pytest
from sqlalchemy import func, select, update

from fieldbook import accounts, journal, kernel, places, workbooks
from fieldbook.kernel import Job
from fieldbook.ops import work
from fieldbook.places import Area, Level, Place
from fieldbook.workbooks import IntakeState
from tests.county import named

HEAD = ["点位名称", "任务对象", "责任区", "详细地址"]
ROWS = [["西门市场", "集贸市场", "3", "x"], ["北门市场", "夜市", "6", "y"]]


@pytest.fixture
def sent(town):
    """Sends a table; returns its id."""

    def send(*rows, head=HEAD):
        with town.acting("ma") as act:
            return workbooks.begin_intake(act, "places", "点位.csv", workbooks.write_csv(head, rows)).id

    return send


def run(town, tmp_path):
    """Do the jobs that are due; the outcome of the last of them."""
    town.later(seconds=1)
    while work.do_job(tmp_path, kernel.utcnow()):
        pass
    town.session.rollback()
    return town.session.scalar(select(Job.outcome).order_by(Job.due.desc()).limit(1))


def intake_of(town, intake_id):
    town.session.rollback()
    town.session.expire_all()
    return workbooks.intake(town.session, intake_id)


def apply(town, tmp_path, intake_id):
    with town.acting("ma") as act:
        workbooks.ask_to_apply(act, intake_id, version=workbooks.intake(act.session, intake_id).version)
    return run(town, tmp_path)


def correct(town, intake_id, asked):
    subject = places.SUBJECTS["places"]
    intake = intake_of(town, intake_id)
    table = workbooks.table_of(town.session, intake_id, subject, asked)
    plan = subject.plan(town.session, table, asked, town.at)
    with town.acting("ma") as act:
        workbooks.keep_plan(act, workbooks.locked(act.session, intake_id, IntakeState.READY), asked, plan, table, journal.head(act.session)[0])
    return intake


def test_a_file_is_read_previewed_corrected_applied_and_undone(town, sent, tmp_path):
    before = town.session.scalar(select(func.count()).select_from(Place))
    intake_id = sent(*ROWS)

    assert run(town, tmp_path) == "done"
    intake = intake_of(town, intake_id)
    assert (intake.state, intake.counts["added"], intake.counts["refused"]) == (IntakeState.READY, 1, 1)
    assert town.session.scalar(select(func.count()).select_from(Place)) == before

    correct(town, intake_id, workbooks.Asked(words={"kind:夜市": "04"}))
    assert apply(town, tmp_path, intake_id) == "done"
    intake = intake_of(town, intake_id)
    assert intake.state == IntakeState.APPLIED
    assert town.session.scalar(select(func.count()).select_from(Place)) == before + 2
    assert not workbooks.has_part(town.session, intake_id, "upload")
    assert town.entries(intake_id) == ["import.applied"]

    with town.acting("ma") as act:
        undone = workbooks.undo_intake(act, intake_id, places.SUBJECTS["places"])
    assert (undone.removed, undone.stays) == (2, [])
    assert town.session.scalar(select(func.count()).select_from(Place)) == before
    assert town.entries(intake_id) == ["import.applied", "import.undone"]
    with pytest.raises(workbooks.TooLateToUndo), town.acting("ma") as act:
        workbooks.undo_intake(act, intake_id, places.SUBJECTS["places"])


def test_a_file_that_is_no_table_of_ours_is_refused_with_why_and_its_bytes_are_let_go(town, tmp_path):
    with town.acting("ma") as act:
        intake_id = workbooks.begin_intake(act, "places", "x.csv", b"a,b,c\n1,2,3\n").id

    assert run(town, tmp_path) == "workbooks.no_head"
    intake = intake_of(town, intake_id)
    assert (intake.state, intake.code, intake.facts) == (IntakeState.REFUSED, "workbooks.no_head", {"rows": 30})
    assert not workbooks.has_part(town.session, intake_id, "upload")


def test_what_nobody_saw_is_not_done(town, sent, tmp_path):
    intake_id = sent(["DX-06-001", "城南农贸市场", "集贸市场", "6", "城南路1号"], head=["点位编号", *HEAD])
    run(town, tmp_path)
    with town.acting("ma") as act:
        workbooks.ask_to_apply(act, intake_id, version=workbooks.intake(act.session, intake_id).version)
        places.change_place(act, None, named("城南农贸市场"), lead="县商务局", address="城南路2号")

    assert run(town, tmp_path) == "workbooks.plan_outdated"
    intake = intake_of(town, intake_id)
    assert intake.state == IntakeState.READY
    assert workbooks.plan_of(town.session, intake_id).lines[0].changes[0].old == "城南路2号"
    assert town.session.get(Place, named("城南农贸市场")).address == "城南路2号"
    assert apply(town, tmp_path, intake_id) == "done"


def test_a_preview_that_changed_meanwhile_is_not_applied_unseen(town, sent, tmp_path):
    intake_id = sent(*ROWS)
    run(town, tmp_path)
    seen = intake_of(town, intake_id).version
    correct(town, intake_id, workbooks.Asked(words={"kind:夜市": "04"}))

    with pytest.raises(workbooks.IntakeMoved), town.acting("ma") as act:
        workbooks.ask_to_apply(act, intake_id, version=seen)


def test_a_job_that_is_stopped_writes_nothing_and_leaves_the_preview(town, sent, tmp_path):
    intake_id = sent(*ROWS)
    run(town, tmp_path)
    with town.acting("ma") as act:
        job = workbooks.ask_to_apply(act, intake_id, version=workbooks.intake(act.session, intake_id).version)
    claimed = kernel.claim_job(town.session, frozenset(work.JOBS), kernel.utcnow())
    assert claimed.id == job
    with town.acting("ma") as act:
        kernel.stop_job(act, job)

    with pytest.raises(kernel.JobStopped):
        work.JOBS[claimed.kind](claimed, tmp_path)

    assert intake_of(town, intake_id).state == IntakeState.READY
    assert town.session.scalar(select(Place.id).where(Place.name == "西门市场")) is None


def test_when_one_row_cannot_be_written_none_is(town, sent, tmp_path, monkeypatch):
    intake_id = sent(["西门市场", "集贸市场", "3", "x"], ["甲", "集贸市场", "新区", "y"])
    run(town, tmp_path)
    correct(town, intake_id, workbooks.Asked(words={"zone:新区": "new"}))
    monkeypatch.setattr("fieldbook.places.importing_apply.bulk_insert", fail)

    with town.acting("ma") as act:
        workbooks.ask_to_apply(act, intake_id, version=workbooks.intake(act.session, intake_id).version)
    with pytest.raises(RuntimeError, match="the disk is full"):
        work.do_job(tmp_path, kernel.utcnow())

    assert intake_of(town, intake_id).state == IntakeState.APPLYING  # tried again later
    assert town.session.scalar(select(Place.id).where(Place.name == "西门市场")) is None
    assert town.session.scalar(select(Area.id).where(Area.level == Level.ZONE, Area.name == "新区")) is None


def fail(*_):
    raise RuntimeError("the disk is full")


def test_an_import_can_be_undone_for_a_day(town, sent, tmp_path):
    intake_id = sent(*ROWS)
    run(town, tmp_path)
    apply(town, tmp_path, intake_id)
    town.at = kernel.utcnow()
    town.later(hours=25)

    with pytest.raises(workbooks.TooLateToUndo), town.acting("ma") as act:
        workbooks.undo_intake(act, intake_id, places.SUBJECTS["places"])


def test_a_file_nobody_went_on_with_is_let_go_after_a_week(town, sent, tmp_path):
    intake_id = sent(*ROWS)
    run(town, tmp_path)
    town.later(days=8)

    with town.acting("ma") as act:
        assert workbooks.sweep_intakes(act) == 1

    assert intake_of(town, intake_id).state == IntakeState.DROPPED
    assert not workbooks.has_part(town.session, intake_id, "book")


def test_nothing_is_entered_for_somebody_who_lost_the_post_meanwhile(town, sent, tmp_path):
    before = town.session.scalar(select(func.count()).select_from(Place))
    intake_id = sent(*ROWS)
    run(town, tmp_path)
    with town.acting("ma") as act:
        workbooks.ask_to_apply(act, intake_id, version=workbooks.intake(act.session, intake_id).version)
    town.session.execute(update(accounts.Post).where(accounts.Post.person_id == named("ma")).values(ended_at=town.at))
    town.session.commit()

    outcome = run(town, tmp_path)

    assert outcome == "workbooks.post_lost"
    assert intake_of(town, intake_id).state == IntakeState.READY
    assert town.session.scalar(select(func.count()).select_from(Place)) == before
