"""What the office waits for. Each figure is a function of its own; `run` gives them all, one application a figure."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldbook import places, workbooks
from fieldbook.ops import work
from fieldbook.workbooks import IntakeState, Sheet
from tests import county as small
from tests.bench import pages
from tests.bench.figure import Figure
from tests.conftest import make_app

ROWS = 10_000
#: seconds
PREVIEW_LIMIT, APPLY_LIMIT = 5, 10


def run() -> list[Figure]:
    """All figures of the desk."""
    return [*imports(), *pages.run()]


@contextmanager
def a_town() -> Iterator[tuple[small.County, Path]]:
    """The small county in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        place = Path(folder)
        app = make_app(place, f"sqlite:///{place / 'fieldbook.sqlite'}")
        small.build(app)
        with app.app_context():
            yield small.County(app), place


def many_places(rows: int) -> bytes:
    """A workbook of invented places as an office has it: a title, 12 columns, positions in GCJ-02."""
    dice = random.Random(20260615)
    kinds = ["主干道", "背街小巷", "住宅小区", "公厕", "集贸市场", "餐饮店", "学校", "公园"]
    streets = [f"{a}{b}路" for a in "东西南北中" for b in ("门", "湖", "山", "江", "园", "桥")]
    head = ["序号", "点位编号", "点位名称", "任务对象", "片区", "责任区", "详细地址", "牵头单位", "责任单位", "联系电话", "经度", "纬度"]
    lines = []
    for number in range(1, rows + 1):
        street, kind = dice.choice(streets), dice.choice(kinds)
        lines.append(
            [
                number,
                f"DX-{number:05}",
                f"{street}{dice.randrange(1, 400)}号{kind}",
                kind,
                "东片区",
                dice.choice(["第6责任区", "3号责任区"]),
                f"{street}{dice.randrange(1, 400)}号",
                "县商务局",
                dice.choice(["城南农贸市场服务中心", "县城管局市政所"]),
                f"139{dice.randrange(10**8):08}",
                118.4 + dice.random() / 5,
                31.5 + dice.random() / 5,
            ]
        )
    return workbooks.write_xlsx([Sheet("点位清单", head, lines, title="青禾县实地考察点位清单")])


def imports() -> list[Figure]:
    """A list of 10,000 places: from its bytes to the preview, the preview again after a correction, and applying it. Seconds."""
    with a_town() as (town, folder):
        data = many_places(ROWS)
        with town.acting("ma") as act:
            intake_id = workbooks.begin_intake(act, "places", "places.xlsx", data).id
        preview = _seconds(lambda: _do_job(folder))
        town.session.rollback()
        counts = workbooks.intake(town.session, intake_id).counts
        assert counts["added"] == ROWS, counts
        subject, asked = places.SUBJECTS["places"], workbooks.Asked()
        again = _seconds(lambda: subject.plan(town.session, workbooks.table_of(town.session, intake_id, subject, asked), asked, town.at))
        with town.acting("ma") as act:
            workbooks.ask_to_apply(act, intake_id, version=workbooks.intake(act.session, intake_id).version)
        applied = _seconds(lambda: _do_job(folder))
        town.session.rollback()
        assert workbooks.intake(town.session, intake_id).state == IntakeState.APPLIED
        with town.acting("ma") as act:
            undone = _seconds(lambda: workbooks.undo_intake(act, intake_id, subject))
    return [
        Figure("import_preview", preview, "s", PREVIEW_LIMIT),
        Figure("import_preview_again", again, "s"),
        Figure("import_apply", applied, "s", APPLY_LIMIT),
        Figure("import_undo", undone, "s"),
    ]


def _do_job(folder: Path) -> None:
    from fieldbook.kernel import utcnow

    assert work.do_job(folder, utcnow())


def _seconds(do: object) -> float:
    began = time.monotonic()
    do()  # type: ignore[operator]
    return time.monotonic() - began
