"""Jobs: done at least once, kept through a kill, stopped when a person asks."""

from datetime import UTC, datetime, timedelta

import pytest

from fieldbook import journal, kernel
from fieldbook.kernel import Job, JobStopped, db, new_id

NOW = datetime(2025, 6, 12, 2, 0, tzinfo=UTC)
KINDS = frozenset({"import"})


@pytest.fixture
def job_id(town):
    with journal.begin(db.session(), who=None, at=NOW) as act:
        return kernel.queue_job(act, "import", new_id())


def claim(after: timedelta = timedelta()) -> Job | None:
    return kernel.claim_job(db.session(), KINDS, NOW + after)


def test_a_job_is_claimed_once(job_id):
    first, second = claim(), claim()

    assert first is not None
    assert first.id == job_id
    assert second is None


def test_a_job_of_a_killed_runner_is_claimed_again(job_id):
    claim()

    again = claim(kernel.job.CLAIM + timedelta(seconds=1))

    assert again is not None
    assert again.tries == 2


def test_a_job_that_kills_its_runner_each_time_ends_as_failed(job_id):
    for nth in range(kernel.job.MOST_TRIES):
        assert claim((kernel.job.CLAIM + timedelta(seconds=1)) * nth) is not None

    assert claim((kernel.job.CLAIM + timedelta(seconds=1)) * kernel.job.MOST_TRIES) is None
    assert db.session.get(Job, job_id).outcome == "kernel.job_failed"


def test_a_job_of_tomorrow_waits(town):
    with journal.begin(db.session(), who=None, at=NOW) as act:
        kernel.queue_job(act, "import", new_id(), due=NOW + timedelta(days=1))

    assert claim() is None
    assert claim(timedelta(days=1)) is not None


def test_a_job_asked_to_stop_does_no_more(job_id):
    claim()
    with journal.begin(db.session(), who=None, at=NOW) as act:
        kernel.stop_job(act, job_id)

    with pytest.raises(JobStopped):
        kernel.tell_progress(db.session(), job_id, NOW, step="reading", done=1, total=2)


def test_a_job_stopped_before_anybody_did_it_has_ended(job_id):
    with journal.begin(db.session(), who=None, at=NOW) as act:
        kernel.stop_job(act, job_id)

    assert claim() is None
    assert db.session.get(Job, job_id).outcome == kernel.STOPPED
