"""Backup, restore, verify: what was kept comes back, what is damaged is said by name, what a phone still holds is never lost."""

import hashlib
import os
import random
import shutil
import stat
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import select

from fieldbook import findings, journal, sync
from fieldbook.evidence import LocalStore
from fieldbook.kernel import db, list_of, listed, utcnow
from fieldbook.ops import high_water
from fieldbook.ops.__main__ import main
from fieldbook.ops.backup import back_up, new_key
from fieldbook.ops.init import init, open_app
from fieldbook.ops.restore import Restored, restore
from fieldbook.ops.unready import Unready
from fieldbook.ops.verify import Verdict, verify
from tests.conftest import Browser, make_county
from tests.county import named, picture

#: 20 for a whole evening of them
DRILLS = int(os.environ.get("FIELDBOOK_DRILLS", "4"))
PICTURES = [picture(seed, size=(320, 240)) for seed in range(30)]
IN_PLACE = "not a whole backup"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small county with two findings, each with its photo."""
    folder = tmp_path_factory.mktemp("made") / "instance"
    make_county(folder)
    with opened(folder) as app:
        phone = Phone(Browser(app, "lin"))
        phone.report(PICTURES[0])
        phone.report(PICTURES[1])
    return folder


@pytest.fixture
def instance(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "instance"))


@contextmanager
def opened(folder: Path):  # type: ignore[no-untyped-def]
    app = open_app(folder)
    app.testing = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@dataclass
class Phone:
    """A phone that keeps what it sent until a backup covers it, as ours do; `hasty` ones trust the receipt alone."""

    browser: Browser
    hasty: bool = False
    #: (command, photo, seq of the receipt)
    kept: list[tuple[dict[str, object], bytes, int]] = field(default_factory=list)
    reported: dict[UUID, str] = field(default_factory=dict)

    def report(self, photo: bytes) -> None:
        subject, sha256 = uuid4(), hashlib.sha256(photo).hexdigest()
        told = {"sha256": sha256, "bytes": len(photo), "width": 320, "height": 240, "taken_at": 0, "source": "camera"}
        command = self.browser.command("finding.report", subject, {"zone": str(named("zone6")), "photos": [told]})
        self.reported[subject] = sha256
        self.kept.append((command, photo, self.send(command, photo)))

    def send(self, command: dict[str, object], photo: bytes) -> int:
        [answer] = self.browser.push(command)
        assert answer["answer"] in ("ok", "duplicate"), answer
        received = self.browser.put_photo(photo)
        assert received.status_code == 200, received.json
        return int(received.json["receipt"]["seq"])

    def let_go(self) -> None:
        """Forget what need not be kept any more."""
        covered = 10**9 if self.hasty else self.browser.pull()["backed_up_seq"]
        self.kept = [one for one in self.kept if one[2] > covered]

    def send_again(self, app) -> None:  # type: ignore[no-untyped-def]
        """The server has another epoch: everything that is still kept goes once more."""
        self.browser = Browser(app, "lin")
        for command, photo, _ in self.kept:
            self.send(command, photo)


def backed_up(instance: Path) -> Path:
    with opened(instance):
        return back_up()[0]


def checked(instance: Path) -> Verdict:
    with opened(instance):
        return verify(db.session(), LocalStore(instance / "photos"))


def settle(instance: Path, **settings: object) -> None:
    (instance / "settings.toml").write_text("".join(f'{name} = "{value}"\n' for name, value in settings.items()))


def sha(nth: int) -> str:
    return hashlib.sha256(PICTURES[nth]).hexdigest()


def number_of_photo(instance: Path, nth: int) -> str:
    with opened(instance):
        return findings.numbers_of_photo(db.session(), sha(nth))[0]


def stored(folder: Path, nth: int) -> Path:
    return folder / "photos" / sha(nth)[:2] / sha(nth)


def flip(file: Path, at: int) -> None:
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.unlink()  # it may be a hard link
    file.write_bytes(content)


# ---------------------------------------------------------------- backing up


def test_a_backup_has_the_photos_too_and_the_next_one_takes_only_new_ones(instance: Path):
    first = backed_up(instance)
    with opened(instance) as app:
        phone = Phone(Browser(app, "lin"))
        phone.browser.n = 2
        phone.report(PICTURES[2])
    second = backed_up(instance)

    store = instance / "backups"
    assert [stored(store, nth).stat().st_ino == stored(instance, nth).stat().st_ino for nth in range(3)] == [True] * 3
    assert [listed(file)["photos"]["count"] for file in (first, second)] == [2, 3]
    assert listed(second)["photos"]["missing"] == []


def test_a_backup_on_another_machine_is_enough(instance: Path, tmp_path: Path):
    settle(instance, backup_folder=tmp_path / "elsewhere")
    file = backed_up(instance)
    before = checked(instance)
    shutil.rmtree(instance / "photos")
    (instance / "fieldbook.sqlite").unlink()

    done = restore(instance, file)

    after = checked(instance)
    assert (done.brought, done.missing, done.remarks) == (2, {}, [])
    assert after.faults == []
    assert (after.photos, after.seq) == (before.photos, before.seq)  # the backup's own entry is not in it; the new epoch's is


def test_an_encrypted_backup_says_nothing_without_its_key(instance: Path, tmp_path: Path):
    settle(instance, backup_folder=tmp_path / "elsewhere", backup_key=new_key(tmp_path / "key"))
    (instance / "tls").mkdir()
    for name in ("signer.key", "signer.crt", "authority.crt"):
        (instance / "tls" / name).write_text("secret")

    file = backed_up(instance)

    files = [one for one in (tmp_path / "elsewhere").rglob("*") if one.is_file()]
    assert {one.suffix for one in files} == {".age", ".json"}
    assert all(one.read_bytes().startswith(b"age-encryption.org/v1") for one in files if one.suffix == ".age")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    with pytest.raises(Unready, match="--key"):
        restore(instance, file)
    new_key(tmp_path / "other")
    with pytest.raises(Unready, match="cannot be decrypted"):
        restore(instance, file, identity=tmp_path / "other")
    shutil.rmtree(instance / "photos")
    assert restore(instance, file, identity=tmp_path / "key").brought == 2
    assert checked(instance).faults == []


def test_an_instance_is_named_on_the_command_line(instance: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["backup", "--instance", str(instance)]) == 0
    [file] = (instance / "backups").glob("*.sqlite")
    assert main(["restore", "--instance", str(instance), str(file)]) == 0
    assert main(["verify", "--instance", str(instance)]) == 0
    flip(stored(instance, 1), 900)
    assert main(["verify", "--instance", str(instance)]) == 1
    assert f"{number_of_photo(instance, 1)}: photo {sha(1)}: its bytes were changed" in capsys.readouterr().out


# ---------------------------------------------------------------- damage


@pytest.mark.parametrize(("damage", "words"), [
    ("truncated", "it should have"), ("a flipped bit", "not those its list vouches for"), ("another day's list", IN_PLACE), ("a list cut short", IN_PLACE), ("no database", IN_PLACE), ("nothing", "No such file"),
])  # fmt: skip
def test_a_damaged_backup_is_refused_and_nothing_is_changed(instance: Path, damage: str, words: str):
    file = backed_up(instance)
    before = (instance / "fieldbook.sqlite").stat().st_ino
    match damage:
        case "truncated":
            os.truncate(file, file.stat().st_size // 2)
        case "a flipped bit":
            flip(file, file.stat().st_size // 2)
        case "another day's list":
            list_of(file).write_text(list_of(file).read_text().replace('"seq": ', '"seq": 9'))
        case "a list cut short":
            os.truncate(list_of(file), 40)
        case "no database":
            list_of(file).unlink()
            file.write_bytes(b"not a database" * 999)
        case "nothing":
            list_of(file).unlink()
            file.unlink()

    with pytest.raises(Unready, match=words):
        restore(instance, file)

    assert (instance / "fieldbook.sqlite").stat().st_ino == before
    assert not (instance / "fieldbook.sqlite.restoring").exists()
    assert checked(instance).faults == []


def test_a_backup_with_photos_of_another_day_is_completed_and_says_which_are_missing(instance: Path, tmp_path: Path):
    settle(instance, backup_folder=tmp_path / "elsewhere")
    file = backed_up(instance)
    number = number_of_photo(instance, 1)
    shutil.rmtree(instance / "photos")
    stored(tmp_path / "elsewhere", 1).unlink()

    done = restore(instance, file)

    assert (done.brought, done.missing) == (1, {sha(1): [number]})
    assert checked(instance).faults == []


def test_a_photo_damaged_in_the_backup_is_not_put_in_place_and_can_be_sent_again(instance: Path, tmp_path: Path):
    settle(instance, backup_folder=tmp_path / "elsewhere")
    file = backed_up(instance)
    shutil.rmtree(instance / "photos")
    flip(stored(tmp_path / "elsewhere", 0), 99)

    done = restore(instance, file)

    assert list(done.missing) == [sha(0)]
    with opened(instance) as app:
        assert Browser(app, "lin").put_photo(PICTURES[0]).status_code == 200
    assert checked(instance).faults == []


def test_a_database_without_its_list_or_photos_is_taken_with_a_sentence(instance: Path, tmp_path: Path):
    file = Path(shutil.copy(backed_up(instance), tmp_path / "only.sqlite"))

    done = restore(instance, file)

    assert "no list only.json" in done.remarks[0][1]
    assert done.missing == {}  # they lie in the instance still


@pytest.mark.parametrize("beside", [True, False])
def test_files_copied_from_a_running_server_are_completed_or_said_to_lack_the_last(instance: Path, tmp_path: Path, beside: bool):
    with opened(instance) as app:
        phone = Phone(Browser(app, "lin"))
        phone.browser.n = 2
        phone.report(PICTURES[2])
        for name in ("fieldbook.sqlite", *(["fieldbook.sqlite-wal"] if beside else [])):
            shutil.copy(instance / name, tmp_path / name)
        seq, _ = journal.head(db.session())

    done = restore(instance, tmp_path / "fieldbook.sqlite")

    assert any("without fieldbook.sqlite-wal" in english for _, english in done.remarks) is not beside
    assert (done.seq == seq) is beside


def test_an_older_database_put_back_by_hand_begins_a_new_epoch_at_the_next_start(instance: Path):
    init(instance, demo=False)
    older = backed_up(instance)
    with opened(instance) as app:
        phone = Phone(Browser(app, "lin"))
        phone.browser.n = 2
        phone.report(PICTURES[2])
        high_water.note(db.session(), instance / "photos")
        epoch, _ = sync.epoch(db.session())
    init(instance, demo=False)
    with opened(instance):
        assert sync.epoch(db.session())[0] == epoch

    for name in ("fieldbook.sqlite-wal", "fieldbook.sqlite-shm"):
        (instance / name).unlink(missing_ok=True)
    older.replace(instance / "fieldbook.sqlite")
    init(instance, demo=False)

    with opened(instance) as app:
        assert sync.epoch(db.session())[0] != epoch
        phone.send_again(app)
    assert lost(instance, phone) == []


# ---------------------------------------------------------------- verify


def test_verify_names_the_finding_whose_entry_state_or_photo_was_changed(instance: Path):
    numbers = [number_of_photo(instance, nth) for nth in (0, 1)]
    flip(stored(instance, 0), 500)
    with sqlite.connect(instance / "fieldbook.sqlite") as raw:
        raw.execute("DROP TRIGGER entry_no_update")
        changed = raw.execute("SELECT subject FROM entry WHERE verb = 'finding.reported' ORDER BY seq LIMIT 1").fetchone()[0]
        raw.execute("UPDATE entry SET text = replace(text, 'finding.reported', 'finding.reportec') WHERE subject = ?", (changed,))
        other = raw.execute("SELECT number FROM finding WHERE id <> ?", (changed,)).fetchone()[0]
        raw.execute("UPDATE finding SET state = 'cleared' WHERE id <> ?", (changed,))
    raw.close()

    faults = "\n".join(checked(instance).faults)

    assert f"{numbers[0]}: photo {sha(0)}: its bytes were changed" in faults
    assert f"{next(one for one in numbers if one != other)}: entry" in faults
    assert f"{other}: state cleared, by the journal" in faults


def test_verify_names_a_photo_that_is_gone_and_words_that_were_erased_on_purpose(instance: Path):
    stored(instance, 1).unlink()
    with opened(instance), journal.begin(db.session(), who=None, at=utcnow()) as act:
        entry = act.session.scalars(select(journal.Said.entry_id).where(journal.Said.text.is_not(None)).limit(1)).one()
        journal.erase(act, entry, rule="contact-90-days")

    told = checked(instance)

    assert [fault.partition(": ")[2] for fault in told.faults] == [f"photo {sha(1)}: its file is missing"]
    assert [rule for rule, _ in told.erased] == ["contact-90-days"]


# ---------------------------------------------------------------- drills


def drilled(instance: Path, seed: int, *, hasty: bool = False) -> tuple[Phone, Restored]:
    """Work, a backup while work goes on, more work, a disaster, an older backup put back, phones sending again."""
    dice, elsewhere = random.Random(seed), instance.parent / "elsewhere"
    settle(instance, backup_folder=elsewhere)
    photos = iter(PICTURES[2:])
    with opened(instance) as app:
        phone = Phone(Browser(app, "lin"), hasty)
        phone.browser.n = 2
        for _ in range(dice.randint(1, 3)):
            phone.report(next(photos))
        busy = threading.Thread(target=lambda: [phone.report(next(photos)) for _ in range(dice.randint(1, 3))])
        busy.start()
        file, _ = back_up()
        busy.join()
        phone.let_go()
        for _ in range(dice.randint(1, 3)):
            phone.report(next(photos))
        phone.let_go()
        epoch, _ = sync.epoch(db.session())
    disaster = dice.choice(("database", "photos", "disk"))
    if disaster in ("database", "disk"):
        (instance / "fieldbook.sqlite").write_bytes(bytes(dice.randrange(9999)))
        (instance / "fieldbook.sqlite-wal").unlink(missing_ok=True)
    if disaster in ("photos", "disk"):
        shutil.rmtree(instance / "photos")
    done = restore(instance, file)
    with opened(instance) as app:
        assert sync.epoch(db.session())[0] != epoch
        phone.send_again(app)
    return phone, done


@pytest.mark.parametrize("seed", range(DRILLS))
def test_nothing_that_a_phone_still_holds_is_lost(instance: Path, seed: int):
    phone, done = drilled(instance, seed)

    assert done.missing == {}
    assert lost(instance, phone) == []
    assert checked(instance).faults == []


def test_a_phone_that_trusts_the_receipt_alone_would_lose_work(instance: Path):
    phone, _ = drilled(instance, 0, hasty=True)

    assert lost(instance, phone) != []


def lost(instance: Path, phone: Phone) -> list[UUID]:
    with opened(instance):
        there = set(db.session().scalars(select(findings.Finding.id)))
        db.session.remove()
    return [subject for subject, photo in phone.reported.items() if subject not in there or not (instance / "photos" / photo[:2] / photo).exists()]
