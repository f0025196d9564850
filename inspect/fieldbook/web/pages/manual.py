"""标准: the manual as it is published, its versions, searching it, comparing two of them, taking it away as a workbook."""

import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from fieldbook import reports, standards, workbooks
from fieldbook.kernel import db

from .. import criteria, formats
from ..doors import LOGIN, needs, now, standing, who
from ..frame import MANUAL_EDITS, PLACES
from ..words import _

bp = Blueprint("manual", __name__)

bp.add_app_template_filter(criteria.spaced, "spaced")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/manual")
@needs(LOGIN)
def index() -> ResponseReturnValue:
    """All kinds as an index, one kind's criteria, one of them open; or what a search found."""
    session = db.session()
    version = asked_version()
    kinds = standards.manual_kinds(session, version)
    asked, chosen, opened = asked_words(), request.args.get("kind", "")[:10], request.args.get("open", "")[:10]
    found = criteria.search(kinds, asked, version=f"version {version}")
    versions = standards.versions(session)
    draft = standards.open_draft(session) if standing().may_everywhere(*MANUAL_EDITS) else None
    entries = index_entries(kinds, draft if draft and draft.base == version else None, found if asked else None)
    told = {
        "version": version,
        "current": versions[0].version,
        "published_at": standards.published_at(session, version),
        "kinds": len(kinds),
        "criteria": sum(len(kind["criteria"]) for kind in kinds),
        "q": asked,
        "plain": url_for(".index"),
        "kept": [("v", str(version))] if version != versions[0].version else [],
        "columns": criteria.columns(entries),
        "to_kind": lambda code: manual_link(version, versions[0].version, kind=code, q=asked if code in found else ""),
        "versions": _versions(versions, version),
        "export": at(".export", v=version, q=asked),
        "draft": _draft_link(draft),
        "may_edit": standing().may_everywhere(*MANUAL_EDITS),
        "discarded": standing().may_everywhere(*MANUAL_EDITS) and draft is None and standards.discarded_draft(session) is not None,
    }
    link = _linker(version, versions[0].version)
    if asked:
        within = chosen if chosen in found else ""
        told |= _found(kinds, found, within, asked, opened, link)
        return render_template("manual/found.html", here="manual", m=told)
    kind = next((kind for kind in kinds if kind["code"] == (chosen or opened.partition(".")[0])), None)
    kind = next((kind for kind in kinds if any(one["code"] == opened for one in kind["criteria"])), kind) or (
        kinds[0] if kinds else None
    )
    told |= {"chosen": kind["code"] if kind else "", "kind": _kind(kind, opened, link) if kind else None}
    return render_template("manual/manual.html", here="manual", m=told)


def asked_version() -> int:
    """The version that the address asks for, else the current one. Raises NoSuchManual."""
    version = request.args.get("v", type=int)
    if version is not None:
        return standards.manual(db.session(), version).version
    newest = standards.current_manual(db.session())
    if newest is None:
        raise standards.NoSuchManual(version=0)
    return newest.version


def asked_words() -> str:
    """What is searched for."""
    return request.args.get("q", "").strip()[:60]


def manual_link(version: int, current: int, **more: str) -> str:
    """The address of the manual's page, without what goes by itself."""
    return at("manual.index", v=version if version != current else "", **more)


def at(endpoint: str, **values: Any) -> str:
    """The address of an endpoint with those values that are not empty."""
    return url_for(endpoint, **{name: value for name, value in values.items() if value})


def _linker(version: int, current: int) -> Any:
    return lambda **more: manual_link(version, current, **more)


def index_entries(
    kinds: Sequence[criteria.Body], draft: standards.Draft | None, found: dict[str, Any] | None
) -> list[criteria.Entry]:
    """The index: counts; what is changed in the draft; and while searching, hits."""
    changed = {kind.code: kind.changed for kind in draft.kinds} if draft else {}
    return [
        criteria.entry_of(
            kind,
            count=len(kind["criteria"]),
            changed=changed.get(kind["code"], 0),
            hits=None if found is None else len(found.get(kind["code"], ())),
        )
        for kind in kinds
    ]


def _versions(versions: Sequence[standards.Version], shown: int) -> list[dict[str, Any]]:
    return [
        {
            "version": one.version,
            "published_at": one.published_at,
            "href": url_for(".index", v=one.version) if n else url_for(".index"),
            "shown": one.version == shown,
            "compare": url_for(".compare", old=versions[n + 1].version, new=one.version)
            if n + 1 < len(versions)
            else None,
        }
        for n, one in enumerate(versions)
    ]


def _draft_link(draft: standards.Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {"href": url_for("draft.show"), "version": draft.base + 1, "changed": draft.changed, "due_at": draft.due_at}


def _kind(kind: criteria.Body, opened: str, link: Any) -> dict[str, Any]:
    rows = []
    for one in kind["criteria"]:
        is_open = one["code"] == opened
        href = link(kind=kind["code"]) if is_open else f"{link(kind=kind['code'], open=one['code'])}#c{one['code']}"
        rows.append(criteria.row(one, href=href, more=criteria.opened(kind, one) if is_open else None))
    return {
        "code": kind["code"],
        "name": str(criteria.said(kind, "name")),
        "weight": kind["weight"],
        "lead": str(criteria.said(kind, "lead")),
        "count": len(rows),
        "points": sum(one["points"] for one in kind["criteria"]),
        "places": _places(kind["code"]),
        "aliases": [] if formats.is_english() else list(kind.get("aliases_zh") or ()),
        "critical": any(one["severity"] == "critical" for one in kind["criteria"]),
        "rows": rows,
    }


def _places(kind: str) -> dict[str, Any] | None:
    """How many places of this kind the person sees, and the way there; nothing for people without a register."""
    if not who().has(*PLACES):
        return None
    count = reports.place_counts(db.session(), standing(), reports.PlaceFilters(kinds=(kind,)), now=now())["all"]
    return {
        "count": count,
        "href": url_for("places.index", kind=kind) if "places.index" in current_app.view_functions else None,
    }


def _found(
    kinds: Sequence[criteria.Body],
    found: dict[str, dict[str, criteria.Hit]],
    within: str,
    asked: str,
    opened: str,
    link: Any,
) -> dict[str, Any]:
    rows = []
    for kind in kinds:
        hits = found.get(kind["code"], {})
        if within and kind["code"] != within:
            continue
        for one in kind["criteria"]:
            if one["code"] in hits:
                hit, is_open = hits[one["code"]], one["code"] == opened
                href = (
                    link(q=asked, kind=within)
                    if is_open
                    else f"{link(q=asked, kind=within, open=one['code'])}#c{one['code']}"
                )
                more = criteria.opened(kind, one) if is_open else None
                rows.append(
                    criteria.row(one, kind_name=str(criteria.said(kind, "name")), href=href, more=more)
                    | {"text": hit.text, "also": hit.also}
                )
    return {
        "chosen": within,
        "rows": rows,
        "hit_kinds": len(found),
        "hits": sum(len(hits) for hits in found.values()),
        "all": link(q=asked) if within else None,
        "within": next((str(criteria.said(kind, "name")) for kind in kinds if kind["code"] == within), ""),
    }


# ---- comparing two versions


@bp.get("/manual/compare")
@needs(LOGIN)
def compare() -> ResponseReturnValue:
    """Two published versions, word by word."""
    session = db.session()
    old, new = _two_versions()
    compared = standards.compare(standards.manual_kinds(session, old), standards.manual_kinds(session, new))
    only = asked_only()
    told = {
        "old": old,
        "new": new,
        "published_at": standards.published_at(session, new),
        "versions": [one.version for one in standards.versions(session)],
        "export": url_for(".export_comparison", old=old, new=new),
        "tabs": change_tabs(compared, only, lambda which: at(".compare", old=old, new=new, only=which)),
        "groups": criteria.groups(compared, only=only),
        "reordered": compared.reordered,
        "changed": compared.changed,
        "same": compared.counts["same"],
    }
    return render_template("manual/compare.html", here="manual", c=told)


def asked_only() -> str:
    only = request.args.get("only", "")
    return only if only in ("changed", "added", "removed") else ""


def _two_versions() -> tuple[int, int]:
    versions = [one.version for one in standards.versions(db.session())]
    new = request.args.get("new", type=int) or (versions[0] if versions else 0)
    old = request.args.get("old", type=int) or max(new - 1, 1)
    return old, new


def change_tabs(compared: standards.Comparison, only: str, to: Any) -> list[dict[str, Any]]:
    """The counts above a comparison."""
    counts = compared.counts
    kinds = len(compared.kinds)
    return [
        {
            "count": counts["changed"],
            "word": _("修改"),
            "more": _("条文、门槛、分值、期限"),
            "href": to("changed"),
            "chosen": only == "changed",
            "soft": False,
        },
        {
            "count": counts["added"],
            "word": _("新增"),
            "more": _("手机下次同步后出现"),
            "href": to("added"),
            "chosen": only == "added",
            "soft": False,
        },
        {
            "count": counts["removed"],
            "word": _("删除"),
            "more": _("旧检查里仍看得到"),
            "href": to("removed"),
            "chosen": only == "removed",
            "soft": False,
        },
        {
            "count": compared.changed,
            "word": _("全部改动"),
            "more": _("%(n)s 类，依编号", n=kinds),
            "href": to(""),
            "chosen": not only,
            "soft": False,
        },
        {
            "count": counts["same"],
            "word": _("不变"),
            "more": _("其余各条，一字未动"),
            "href": "",
            "chosen": False,
            "soft": True,
        },
    ]


@bp.get("/manual/compare/export")
@needs(LOGIN)
def export_comparison() -> ResponseReturnValue:
    """What two versions differ in, as a workbook."""
    session = db.session()
    old, new = _two_versions()
    compared = standards.compare(standards.manual_kinds(session, old), standards.manual_kinds(session, new))
    return comparison_file(compared, _("第 %(old)s 版到第 %(new)s 版", old=old, new=new))


def comparison_file(compared: standards.Comparison, title: str) -> ResponseReturnValue:
    """A comparison as a workbook: one row a changed field, the old words beside the new."""
    rows: list[list[Any]] = []
    for kind in compared.kinds:
        name = str(criteria.said(kind.body, "name"))
        rows += [[kind.code, name, "", _("修改"), *_cells(change)] for change in kind.changes]
        for one in kind.criteria:
            word = {"added": _("新增"), "removed": _("删除")}.get(one.what, _("修改"))
            if one.what == "changed":
                rows += [[kind.code, name, one.code, word, *_cells(change)] for change in one.changes]
            else:
                rows.append(
                    [
                        kind.code,
                        name,
                        one.code,
                        word,
                        criteria.field_word("text_zh"),
                        str(criteria.said(one.old or {}, "text")),
                        str(criteria.said(one.new or {}, "text")),
                    ]
                )
    head = [_("对象编号"), _("任务对象"), _("标准编号"), _("改动"), _("栏目"), _("原来"), _("现在")]
    book = workbooks.write_xlsx([workbooks.Sheet(_("对照表"), head, rows, title=f"{_('操作手册')} {title}")])
    return as_file(book, f"{_('对照表')} {title}.xlsx")


def _cells(change: standards.Change) -> list[str]:
    return [
        criteria.field_word(change.field),
        criteria.value_word(change.field, change.old),
        criteria.value_word(change.field, change.new),
    ]


# ---- as a workbook


@bp.get("/manual/export")
@needs(LOGIN)
def export() -> ResponseReturnValue:
    """A version, or what a search finds in it, as the standards workbook that can be read back."""
    version = asked_version()
    kinds: Sequence[criteria.Body] = standards.manual_kinds(db.session(), version)
    if asked := asked_words():
        found = criteria.search(kinds, asked, version=f"version {version}")
        kinds = [
            {**kind, "criteria": [one for one in kind["criteria"] if one["code"] in found[kind["code"]]]}
            for kind in kinds
            if kind["code"] in found
        ]
    return manual_file(kinds, _("第 %(n)s 版", n=version))


def manual_file(kinds: Sequence[criteria.Body], title: str) -> ResponseReturnValue:
    """Kinds as the standards workbook."""
    book = workbooks.write_xlsx([standards.sheet_of([dict(kind) for kind in kinds], title=f"{_('操作手册')} {title}")])
    return as_file(book, f"{_('操作手册')} {title}.xlsx")


def as_file(data: bytes, name: str) -> ResponseReturnValue:
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)
