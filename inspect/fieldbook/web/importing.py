"""How imports are spoken of, on their own pages and in the rail of every page."""

from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from fieldbook import kernel, workbooks
from fieldbook.kernel import Job, db

from .words import _

KINDS = (workbooks.READ_JOB, workbooks.APPLY_JOB)


@dataclass(frozen=True)
class Words:
    """How a subject is spoken of."""

    title: str
    reading: str
    running: str
    thing: str
    #: the list that it goes into
    back: str


def words_of(subject: str) -> Words:
    """The words of a subject of `places.SUBJECTS`."""
    match subject:
        case "places":
            return Words(_("导入点位清单"), _("正在读取点位清单"), _("正在导入点位清单"), _("点位"), url_for("places.index"))
        case "units":
            return Words(_("导入单位名单"), _("正在读取单位名单"), _("正在导入单位名单"), _("责任单位"), url_for("units.index"))
        case "areas":
            return Words(_("导入责任区名单"), _("正在读取责任区名单"), _("正在导入责任区名单"), _("责任区"), url_for("areas.index"))
        case _:
            return Words(_("导入人员名单"), _("正在读取人员名单"), _("正在导入人员名单"), _("人员"), url_for("people.index"))


def job_word(job: Job) -> str:
    """What an import's job is called in a list of long work; empty for a job of another kind."""
    return {workbooks.READ_JOB: _("读取表格"), workbooks.APPLY_JOB: _("导入名单")}.get(job.kind, "")


def running(person: UUID) -> list[dict[str, str]]:
    """The imports of a person that are being done, for the rail of every page."""
    told = []
    for job in kernel.running_jobs(db.session(), person):
        if job.kind not in KINDS:
            continue
        spoken = words_of(workbooks.intake(db.session(), job.subject).subject)
        told.append(
            {
                "word": spoken.title if job.kind == workbooks.APPLY_JOB else spoken.reading,
                "note": _("第 %(n)s 处，共 %(of)s 处", n=job.done, of=job.total) if job.total else _("稍候"),
                "share": f"{100 * job.done / job.total:.1f}%" if job.total else "0%",
                "href": url_for("imports.show", intake_id=job.subject),
            }
        )
    return told
