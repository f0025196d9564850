"""An instance: its secret, its lock, its backups, and what the doctor finds."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
import sqlcipher3.dbapi2 as sqlite

from fieldbook import journal, sync
from fieldbook.kernel import STAMP, SettingsBroken, copies, db
from fieldbook.ops.backup import KEPT, back_up, is_due, newest_seq
from fieldbook.ops.doctor import of_origin
from fieldbook.ops.init import init, open_app
from fieldbook.ops.instance import hold, make_instance
from fieldbook.ops.restore import restore
from fieldbook.ops.serve import table
from fieldbook.ops.unready import Unready

MORNING = datetime(2025, 6, 12, 0, 0, tzinfo=UTC)  #: eight o'clock in the county


@pytest.fixture
def county(tmp_path):
    make_instance(tmp_path, demo=False)
    init(tmp_path, demo=False)
    return tmp_path


def test_its_secret_is_long_random_and_private(tmp_path):
    make_instance(tmp_path / "a", demo=False)
    make_instance(tmp_path / "b", demo=False)

    first, second = (tmp_path / name / "secret" for name in "ab")
    assert len(bytes.fromhex(first.read_text().strip())) == 32
    assert first.read_text() != second.read_text()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_its_secret_and_settings_are_never_written_again(tmp_path):
    make_instance(tmp_path, demo=False)
    before = {name: (tmp_path / name).read_bytes() for name in ("secret", "settings.toml")}

    make_instance(tmp_path, demo=False)

    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_a_short_secret_is_refused(tmp_path):
    make_instance(tmp_path, demo=False)
    (tmp_path / "secret").write_text("abc")

    with pytest.raises(Unready, match="secret"):
        open_app(tmp_path)


def test_two_servers_never_hold_one_instance(tmp_path):
    with hold(tmp_path), pytest.raises(Unready, match="already serving"):
        hold(tmp_path)

    hold(tmp_path).close()


def test_a_new_county_has_its_manual_an_epoch_and_one_door(county):
    first = init(county, demo=False)["first_door"]
    second = init(county, demo=False)["first_door"]

    assert first
    assert second not in (None, first)
    with open_app(county).app_context():
        assert sync.epoch(db.session())[0] != "0" * 8
        assert journal.verify(db.session()) == []


def test_a_backup_holds_everything_and_the_phones_may_know(county):
    with open_app(county).app_context():
        seq, _ = journal.head(db.session())

        file, covered = back_up()

        assert covered == seq == newest_seq(file)
        assert sync.epoch(db.session())[1] == seq
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert list(file.parent.glob("*.part")) == []


def test_the_newest_thirty_backups_are_kept(county):
    for day in range(KEPT + 3):
        (county / "backups" / f"fieldbook-{(MORNING + timedelta(days=day)).strftime(STAMP)}.sqlite").touch()

    with open_app(county).app_context():
        file, _ = back_up()

    assert len(copies(county / "backups")) == KEPT
    assert file in [copy.file for copy in copies(county / "backups")]


@pytest.mark.parametrize(("hours_ago", "due"), [(None, True), (1, False), (5.9, False), (6.1, True), (30, True)])
def test_a_backup_is_due_once_a_night(tmp_path, hours_ago, due):
    (tmp_path / "backups").mkdir()
    if hours_ago is not None:
        (tmp_path / "backups" / f"fieldbook-{(MORNING - timedelta(hours=hours_ago)).strftime(STAMP)}.sqlite").touch()

    assert is_due(tmp_path / "backups", MORNING) is due


def test_a_restored_county_begins_a_new_epoch_and_keeps_what_was_there(county):
    with open_app(county).app_context():
        epoch, _ = sync.epoch(db.session())
        file, covered = back_up()

    done = restore(county, file)

    assert (done.seq, done.old and done.old.exists()) == (covered, True)
    with open_app(county).app_context():
        assert sync.epoch(db.session())[0] != epoch
        assert journal.verify(db.session()) == []


def test_a_damaged_backup_is_not_put_in_place(county):
    with open_app(county).app_context():
        file, _ = back_up()
    whole = bytearray(file.read_bytes())
    whole[20_000:40_000] = b"\xff" * 20_000
    file.write_bytes(whole)
    before = (county / "fieldbook.sqlite").stat().st_ino

    with pytest.raises(Unready, match="not a whole backup"):
        restore(county, file)

    assert (county / "fieldbook.sqlite").stat().st_ino == before


def test_a_backup_is_not_made_of_a_damaged_database(county):
    database = county / "fieldbook.sqlite"
    sqlite.connect(database).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    whole = bytearray(database.read_bytes())
    whole[20_000:40_000] = b"\xff" * 20_000
    database.write_bytes(whole)

    with open_app(county).app_context(), pytest.raises(sqlite.Error):
        back_up()

    assert list((county / "backups").iterdir()) == []


@pytest.mark.parametrize(("origin", "words"), [
    ("", "No origin"), ("http://fb.example.cn", "not https"), ("https://10.0.0.7", "IP address"), ("https://fb.example.cn/app", "without a path"),
])  # fmt: skip
def test_the_doctor_knows_a_bad_origin(origin, words):
    assert any(words in english for _, english in of_origin(origin))


@pytest.mark.parametrize("origin", ["https://fb.example.cn", "https://fb.example.cn:8443", "http://127.0.0.1:8000", "http://localhost:8000"])
def test_the_doctor_lets_a_good_origin_pass(origin):
    assert list(of_origin(origin)) == []


def test_a_table_lines_up_chinese_and_english():
    assert table([("账号", "a"), ("lin", "b")]) == ["  账号   a", "  lin    b"]


def test_settings_that_are_unknown_are_said(tmp_path):
    make_instance(tmp_path, demo=False)
    (tmp_path / "settings.toml").write_text("colour = 'red'")

    with pytest.raises(Unready, match="colour") as said:
        open_app(tmp_path)

    assert isinstance(said.value.__context__, SettingsBroken)
