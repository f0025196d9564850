"""web.drawing: where the desk's lines go."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fieldbook.web import drawing

MONDAY = date(2025, 6, 9)


@pytest.mark.parametrize(
    ("hours", "kind", "x", "width"),
    [(-31, "over", 1, 39), (-11, "over", 26, 14), (-4, "over", 35, 5), (7.8, "soon", 40, 12), (13, "left", 40, 20), (21, "left", 40, 33)],
)
def test_the_deadline_axis_measures_as_the_pictures_do(hours, kind, x, width):
    due = drawing.due(hours)

    assert (due.kind, due.x, due.width) == (kind, x, width)


@pytest.mark.parametrize("hours", [-10_000, -33, 57, 10_000])
def test_a_bar_never_leaves_its_column(hours):
    due = drawing.due(hours)

    assert due.x >= 0
    assert due.x + due.width <= drawing.DUE_WIDTH


def test_what_was_handed_in_in_time_is_in_time_whatever_came_later():
    assert drawing.due(3, done=True).kind == "done"


def test_the_ruler_leaves_out_marks_that_would_lie_on_each_other():
    ruler = drawing.ruler(612, 748, 14, [("5-19", 21), ("5-20", 25), ("6-02", 233), ("6-15", 600)])

    assert [tick.label for tick in ruler.ticks] == ["5-19", "6-02"]
    assert ruler.done + ruler.rest == pytest.approx(100)


def test_a_ruler_of_nothing_is_full():
    assert drawing.ruler(0, 0, 0, []).done == 100


def test_the_trend_says_what_a_day_must_bring():
    days = [(MONDAY + timedelta(days=n), 100 + n, 90) for n in range(8)]

    trend = drawing.trend(days, until=MONDAY + timedelta(days=11))

    assert trend is not None
    assert trend.a_day == 5  # 17 left over 4 days
    assert trend.grid[0] == (206.0, 0)
    assert trend.grid[-1][1] >= 107


def test_one_day_is_no_trend():
    assert drawing.trend([(MONDAY, 3, 1)], until=None) is None


def spans(days: int) -> list[tuple[datetime, datetime]]:
    found = []
    for n in range(days):
        day = MONDAY + timedelta(days=n)
        if day.weekday() < 5:
            found.append((datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC), datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)))
    return found


@pytest.mark.parametrize("late", [False, True])
def test_the_row_of_working_days_holds_past_left_and_over(late):
    due_at = datetime(2025, 6, 12, 2, 0, tzinfo=UTC)
    now = due_at + timedelta(days=5) if late else due_at - timedelta(days=1)

    axis = drawing.work_axis(spans(12), now=now, due_at=due_at)

    assert axis is not None
    assert axis.now_first is not late
    assert {block.kind for block in axis.blocks} == {"p", "o" if late else "f"}
    assert all(block.x + block.width <= 388 for block in axis.blocks)
    assert all(a.x + a.width <= b.x + 0.11 for a, b in zip(axis.blocks, axis.blocks[1:], strict=False))


def test_a_tally_says_it_by_height_too():
    cells = drawing.marks("pfn-", frozenset({1}))

    assert [(cell.kind, cell.height) for cell in cells] == [("p", 10), ("f", 18), ("c", 3), ("n", 2), ("n", 2)]


def test_the_ruler_of_points_is_as_wide_as_its_points():
    zones = drawing.zones([("25.01", 10, "p"), ("25.02", 30, "f"), ("25.03", 10, "n")])

    assert zones[1].width == pytest.approx(3 * zones[0].width, abs=0.2)
    assert [zone.label for zone in zones] == ["01", "02", "03"]
    assert zones[-1].x + zones[-1].width == pytest.approx(420, abs=0.2)


def test_scores_stand_on_a_line_from_the_oldest_to_the_newest():
    drawn = drawing.scores([("04-22", 78), ("05-06", 84), ("06-14", 100)])

    assert drawn is not None
    assert [(point.x, point.word) for point in drawn.points] == [(24, "78"), (194, "84"), (364, "100")]
    assert drawn.points[2].y == 16
    assert [figure for _, figure in drawn.grid] == [60, 80, 100]
    assert drawing.scores([]) is None


def test_a_poor_score_widens_the_scale():
    drawn = drawing.scores([("04-22", 35)])

    assert drawn is not None
    assert [figure for _, figure in drawn.grid] == [20, 40, 60, 80, 100]
    assert drawn.points[0].x == 186


# ---- more time, and terms


def office_days(*days: int) -> list[tuple[datetime, datetime]]:
    return [(datetime(2025, 6, day, 8, 30, tzinfo=UTC), datetime(2025, 6, day, 17, 30, tzinfo=UTC)) for day in days]


def test_what_is_asked_for_is_drawn_after_what_is_left():
    axis = drawing.work_axis(
        office_days(9, 10, 11, 12, 13),
        now=datetime(2025, 6, 10, 9, tzinfo=UTC),
        due_at=datetime(2025, 6, 11, 12, tzinfo=UTC),
        asked_at=datetime(2025, 6, 13, 17, 30, tzinfo=UTC),
    )

    assert axis is not None
    assert axis.asked is not None
    assert axis.due < axis.asked <= 388
    assert [block.kind for block in axis.blocks] == ["p", "p", "f", "f", "x", "x", "x"]
    assert all(block.x >= axis.due - 1 for block in axis.blocks if block.kind == "x")


def test_without_a_request_nothing_is_dashed():
    axis = drawing.work_axis(office_days(9, 10), now=datetime(2025, 6, 9, 9, tzinfo=UTC), due_at=datetime(2025, 6, 10, 12, tzinfo=UTC))

    assert axis is not None
    assert axis.asked is None
    assert "x" not in {block.kind for block in axis.blocks}


def test_a_term_is_solid_from_now_to_its_end():
    row = drawing.term_row(office_days(16, 17, 18, 19), now=datetime(2025, 6, 16, 9, 10, tzinfo=UTC), due_at=datetime(2025, 6, 19, 9, 10, tzinfo=UTC))

    assert [block.kind for block in row.blocks] == ["p", "g", "g", "g", "g", "p"]
    assert row.due == pytest.approx(171.9, abs=0.1)
    assert [day.day for _x, day in row.labels] == [16, 17, 18, 19]


def test_a_long_term_stays_within_its_room():
    row = drawing.term_row(office_days(*range(2, 14)), now=datetime(2025, 6, 2, 9, tzinfo=UTC), due_at=datetime(2025, 6, 13, 9, tzinfo=UTC))

    assert row.width <= 222
    assert all(block.x + block.width <= 222 for block in row.blocks)
