"""Workbooks: reading and writing tables as the county's offices have them, .xlsx and .csv, and files on their way in.

Words: sheet, head (the row of headings), row, column (what a table may say, under which headings), table (a sheet understood).
May import kernel. Never: know what a place or a person is; unpack or parse a file in a process that answers people.

Writing: `write_xlsx([Sheet(name, head, rows, title=…)]) -> bytes` and `write_csv(head, rows) -> bytes`; text is never a formula.

Reading: a room says once what its tables may hold, and gets rows with the numbers the sheet shows:

    COLUMNS = (
        Column("name", "单位名称", ("单位", "名称"), must=True, example="县市场监督管理局"),
        Column("phone", "联系电话", ("电话", "手机")),
    )
    book = workbooks.read(data, file_name)                # a child with limits of its own; raises this room's refusals
    table = workbooks.choose(book, COLUMNS)               # the sheet, the head, the columns; raises NoHead
    for row in table.rows:
        row.number, row.text("name"), row.values.get("phone")

Importing: a room makes a `Subject` (its columns, `plan`, `apply`, `undo`) and puts it into `places.SUBJECTS`; the pages under
`/<subject>/import`, the jobs `import.read` and `import.apply`, previews, corrections and undo come with it.
A plan has one `Line` a row: added, changed, unchanged, refused with reasons and ways out of them, or skipped.

`workbooks.look(data, file_name)` refuses in a millisecond what is no table at all. `initials_of(names)` makes pinyin in the child.
"""

from .columns import (
    Column,
    Row,
    Table,
    as_text,
    choose,
    find_head,
    is_aside,
    nearest,
    normalised,
    split_list,
    understand,
)
from .intake import (
    APPLY_JOB,
    KEPT_FOR,
    READ_JOB,
    UNDO_WITHIN,
    IntakeMoved,
    NoSuchIntake,
    PlanOutdated,
    PostLost,
    TooLateToUndo,
    ask_to_apply,
    asked_of,
    back_to_preview,
    begin_intake,
    can_undo,
    drop_intake,
    has_part,
    intake,
    intakes,
    keep_applied,
    keep_plan,
    keep_reading,
    locked,
    named_elsewhere,
    plan_of,
    refuse_intake,
    sweep_intakes,
    table_of,
    undo_intake,
    upload_of,
    waiting_intake,
)
from .model import Intake, IntakeState
from .plan import Applied, Asked, Change, Line, Plan, Reason, Subject, Tell, Undone, Verdict, Way, corrected
from .reading import MOST_BYTES, MOST_ROWS, Book, Page, initials_of, look, read
from .refusals import (
    CellTooLong,
    MixedEncodings,
    NoHead,
    NotAWorkbook,
    NotPlain,
    NotText,
    OldWorkbook,
    OpenQuote,
    TooHeavy,
    WorkbookDamaged,
    WorkbookTooLarge,
)
from .writing import Cell, Picture, Sheet, write_csv, write_xlsx

__all__ = [
    "APPLY_JOB",
    "KEPT_FOR",
    "MOST_BYTES",
    "MOST_ROWS",
    "READ_JOB",
    "UNDO_WITHIN",
    "Applied",
    "Asked",
    "Book",
    "Cell",
    "CellTooLong",
    "Change",
    "Column",
    "Intake",
    "IntakeMoved",
    "IntakeState",
    "Line",
    "MixedEncodings",
    "NoHead",
    "NoSuchIntake",
    "NotAWorkbook",
    "NotPlain",
    "NotText",
    "OldWorkbook",
    "OpenQuote",
    "Page",
    "Picture",
    "Plan",
    "PlanOutdated",
    "PostLost",
    "Reason",
    "Row",
    "Sheet",
    "Subject",
    "Table",
    "Tell",
    "TooHeavy",
    "TooLateToUndo",
    "Undone",
    "Verdict",
    "Way",
    "WorkbookDamaged",
    "WorkbookTooLarge",
    "as_text",
    "ask_to_apply",
    "asked_of",
    "back_to_preview",
    "begin_intake",
    "can_undo",
    "choose",
    "corrected",
    "drop_intake",
    "find_head",
    "has_part",
    "initials_of",
    "intake",
    "intakes",
    "is_aside",
    "keep_applied",
    "keep_plan",
    "keep_reading",
    "locked",
    "look",
    "named_elsewhere",
    "nearest",
    "normalised",
    "plan_of",
    "read",
    "refuse_intake",
    "split_list",
    "sweep_intakes",
    "table_of",
    "understand",
    "undo_intake",
    "upload_of",
    "waiting_intake",
    "write_csv",
    "write_xlsx",
]
