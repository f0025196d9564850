"""标准 draft: begin, edit kinds and criteria, take a table in, compare with what is published, publish."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, reports, standards, workbooks
from fieldbook.kernel import Act, Refusal, db
from fieldbook.standards import Draft, DraftCriterion, DraftKind

from .. import criteria, formats, words
from ..doors import acting, needs
from ..frame import MANUAL_EDITS
from ..words import _
from .manual import asked_only, asked_words, at, change_tabs, comparison_file, manual_file

bp = Blueprint("draft", __name__, url_prefix="/manual/draft")

Typed = dict[str, str]

#: what a form sends of a criterion; texts and lists in both languages
CRITERION_FIELDS = (
    *(
        f"{name}_{language}"
        for name in ("text", "guidance", "open", "clear", "reasons", "note")
        for language in ("zh", "en")
    ),
    *(
        "points",
        "severity",
        "evidence",
        "rectify_days",
        "answer",
        "op",
        "value",
        "unit_zh",
        "unit_en",
        "choices",
        "choices_en",
        "theme_zh",
    ),
)
KIND_FIELDS = (
    "name_zh",
    "name_en",
    "lead_zh",
    "lead_en",
    "units_zh",
    "units_en",
    "weight",
    "category",
    "category_new",
    "aliases_zh",
)
THEME_FIELDS = ("theme_zh", "theme_short_zh", "theme_en", "theme_short_en")


def editable(act_on: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Run one verb of the draft as the request's act."""
    with acting() as act:
        return act_on(act, *args, **more)


# ---- the draft as it reads


@bp.post("/begin")
@needs(*MANUAL_EDITS, everywhere=True)
def begin() -> ResponseReturnValue:
    """Begin a draft, or go to the open one."""
    editable(standards.begin_draft)
    return redirect(at(".show", kind=request.form.get("kind", "")[:10]), 303)


@bp.get("")
@needs(*MANUAL_EDITS, everywhere=True)
def show() -> ResponseReturnValue:
    """The draft: its index, one kind's criteria with what can be done to each, or what a search found."""
    session = db.session()
    draft = standards.open_draft(session)
    if draft is None:
        return redirect(url_for("manual.index"))
    asked, chosen = asked_words(), request.args.get("kind", "")[:10]
    bodies = [kind.body | {"criteria": [one.body for one in kind.criteria]} for kind in draft.kinds]
    found = criteria.search(bodies, asked, version="")
    kind = draft.kind(chosen) or (draft.kinds[0] if draft.kinds else None)
    entries = [
        criteria.entry_of(
            one.body,
            count=len(one.kept),
            changed=one.changed or int(one.state != "same"),
            hits=len(found.get(one.code, ())) if asked else None,
            removed=one.removed,
        )
        for one in draft.kinds
    ]
    told = {
        **_about(draft),
        "q": asked,
        "plain": url_for(".show"),
        "kept": [],
        "columns": criteria.columns(entries),
        "to_kind": lambda code: at(".show", kind=code, q=asked if code in found else ""),
        "chosen": kind.code if kind and not (asked and chosen not in found) else "",
    }
    if asked:
        kinds = [one for one in draft.kinds if one.code in found and (chosen not in found or one.code == chosen)]
        told["found"] = {"kinds": len(found), "hits": sum(map(len, found.values()))}
        told["sections"] = [
            _section(draft, one, {code: hit.text for code, hit in found[one.code].items()}) for one in kinds
        ]
    else:
        told["sections"] = [_section(draft, kind, None)] if kind else []
    return render_template("manual/draft.html", here="manual", d=told)


def _about(draft: Draft) -> dict[str, Any]:
    """What every page of the draft says about it."""
    by = accounts.person_names(db.session(), [draft.saved_by] if draft.saved_by else [])
    return {
        "version": draft.base + 1,
        "base": draft.base,
        "rev": draft.rev,
        "saved_at": draft.saved_at,
        "saved_by": by.get(draft.saved_by, "") if draft.saved_by else "",
        "due_at": draft.due_at,
        "changed": draft.changed,
        "settled": draft.due_at is not None,
    }


def _section(draft: Draft, kind: DraftKind, hits: Mapping[str, Any] | None) -> dict[str, Any]:
    kept = kind.kept
    return {
        "code": kind.code,
        "name": str(criteria.said(kind.body, "name")),
        "state": kind.state,
        "removed": kind.removed,
        "seen": kind.version,
        "is_new": kind.base is None,
        "lead": str(criteria.said(kind.body, "lead")),
        "weight": kind.body["weight"],
        "count": len(kept),
        "points": sum(one.body.get("points") or 0 for one in kept),
        "rows": [_row(one, hits) for one in kind.criteria if hits is None or one.code in hits],
    }


def _row(one: DraftCriterion, hits: Mapping[str, Any] | None) -> dict[str, Any]:
    told = criteria.row(one.body, state=one.state, removed=one.removed, seen=one.version, is_new=one.base is None)
    if hits is not None:
        return told | {"text": hits[one.code]}
    return told


# ---- small steps: take out, put back, move


@bp.post("/mark")
@needs(*MANUAL_EDITS, everywhere=True)
def mark() -> ResponseReturnValue:
    """Take a kind or a criterion out, let it stay, let it read as before, or move it."""
    code, step, seen = (
        request.form.get("code", "")[:10],
        request.form.get("step", ""),
        request.form.get("seen", -1, type=int),
    )
    steps: dict[str, Callable[[Act], None]] = {
        "remove": lambda act: standards.remove(act, code, seen=seen),
        "restore": lambda act: standards.restore(act, code, seen=seen),
        "as_before": lambda act: standards.as_before(act, code, seen=seen),
        "up": lambda act: standards.move(act, code, up=True),
        "down": lambda act: standards.move(act, code, up=False),
    }
    if step not in steps:
        raise standards.NotInDraft(code=code)
    editable(steps[step])
    kind = request.form.get("kind", "")[:10]
    return redirect(url_for(".show", kind=kind or code) + f"#c{code}", 303)


# ---- one criterion


@bp.get("/criteria/<code>")
@needs(*MANUAL_EDITS, everywhere=True)
def criterion(code: str) -> ResponseReturnValue:
    """The form of a criterion."""
    draft, one = _criterion(code)
    return _criterion_page(draft, one, _typed_of(one.body), {}, seen=one.version)


@bp.post("/criteria/<code>")
@needs(*MANUAL_EDITS, everywhere=True)
def save_criterion(code: str) -> ResponseReturnValue:
    """Save a criterion; what was typed stays when something is wrong or somebody was faster."""
    draft, one = _criterion(code)
    typed = {name: request.form.get(name, "") for name in CRITERION_FIELDS}
    body, wrong = _read_criterion(typed, draft, one.code, one.body)
    seen = request.form.get("seen", -1, type=int)
    if wrong:
        return _criterion_page(draft, one, typed, wrong, seen=seen), 422
    try:
        editable(standards.save_criterion, code, body, seen=seen)
    except standards.EditedMeanwhile as refusal:
        draft, one = _criterion(code)
        theirs = criteria.change_lines(
            standards.changes_of(standards.settle_criterion({**body, "code": code}), one.body)
        )
        said = words.sentence(refusal.sentence, refusal.facts)
        return _criterion_page(draft, one, typed, {}, seen=one.version, said=said, theirs=theirs), 409
    return redirect(url_for(".show", kind=one.kind) + f"#c{code}", 303)


@bp.get("/kinds/<kind>/add")
@needs(*MANUAL_EDITS, everywhere=True)
def new_criterion(kind: str) -> ResponseReturnValue:
    """An empty form, with the next number."""
    draft, held = _kind(kind)
    taken = {one.code for one in held.criteria} | set(standards.codes_used(db.session()))
    typed = dict.fromkeys(CRITERION_FIELDS, "") | {
        "severity": "minor",
        "evidence": "on_fail",
        "answer": "pass_fail_na",
        "op": ">=",
        "rectify_days": "7",
    }
    return _criterion_page(draft, None, typed | {"code": standards.next_code(kind, taken)}, {}, seen=0, kind=held)


@bp.post("/kinds/<kind>/add")
@needs(*MANUAL_EDITS, everywhere=True)
def add_criterion(kind: str) -> ResponseReturnValue:
    """Add a criterion to a kind."""
    draft, held = _kind(kind)
    typed = {name: request.form.get(name, "") for name in (*CRITERION_FIELDS, "code")}
    code = typed["code"].strip()[:10]
    body, wrong = _read_criterion(typed, draft, code, {})
    if not wrong:
        try:
            editable(standards.add_criterion, kind, body)
            return redirect(url_for(".show", kind=kind) + f"#c{code}", 303)
        except standards.CodeInUse as refusal:
            wrong = {"code": words.sentence(refusal.sentence, refusal.facts)}
    return _criterion_page(draft, None, typed, wrong, seen=0, kind=held), 422


def _criterion(code: str) -> tuple[Draft, DraftCriterion]:
    draft = standards.draft(db.session())
    one = draft.criterion(code)
    if one is None:
        raise standards.NotInDraft(code=code)
    return draft, one


def _kind(code: str) -> tuple[Draft, DraftKind]:
    draft = standards.draft(db.session())
    kind = draft.kind(code)
    if kind is None:
        raise standards.NotInDraft(code=code)
    return draft, kind


def _criterion_page(
    draft: Draft,
    one: DraftCriterion | None,
    typed: Typed,
    wrong: dict[str, str],
    *,
    seen: int,
    kind: DraftKind | None = None,
    said: str = "",
    theirs: list[dict[str, Any]] | None = None,
) -> str:
    kind = kind or (draft.kind(one.kind) if one else None)
    assert kind is not None
    by = accounts.person_names(db.session(), [one.saved_by] if one and one.saved_by else [])
    told = {
        **_about(draft),
        "code": one.code if one else "",
        "kind": {"code": kind.code, "name": str(criteria.said(kind.body, "name"))},
        "is_new": one is None,
        "action": url_for(".save_criterion", code=one.code) if one else url_for(".add_criterion", kind=kind.code),
        "back": url_for(".show", kind=kind.code) + (f"#c{one.code}" if one else ""),
        "typed": typed,
        "wrong": wrong,
        "seen": seen,
        "said": said,
        "theirs": theirs or [],
        "by": by.get(one.saved_by, "") if one and one.saved_by else "",
        "by_at": one.saved_at if one else None,
        "themes": [
            {"value": theme["theme_zh"], "word": str(criteria.said(theme, "theme"))} for theme in draft.themes.values()
        ],
        "severities": [(value, criteria.severity_word(value)) for value in ("critical", "major", "minor")],
        "evidences": [(value, criteria.evidence_word(value)) for value in ("required", "on_fail", "optional")],
        "answers": [(value, criteria.answer_word(value)) for value in ("pass_fail_na", "count", "number", "choice")],
        "ops": list(criteria.SIGNS.items()),
        "before": criteria.change_lines(standards.changes_of(one.base, one.body)) if one and one.base else [],
    }
    return render_template("manual/criterion.html", here="manual", f=told)


def _typed_of(body: criteria.Body) -> Typed:
    threshold = body.get("threshold") or {}
    choices = body.get("choices") or ()
    typed = {
        f"{name}_{language}": str(body.get(f"{name}_{language}") or "")
        for name in ("text", "guidance", "open", "note")
        for language in ("zh", "en")
    }
    typed |= {
        f"{name}_{language}": "\n".join(body.get(f"{name}_{language}") or ())
        for name in ("clear", "reasons")
        for language in ("zh", "en")
    }
    typed |= {
        name: str(body.get(name) if body.get(name) is not None else "")
        for name in ("points", "severity", "evidence", "rectify_days", "answer", "theme_zh")
    }
    typed |= {
        "op": threshold.get("op", ">="),
        "value": f"{threshold['value']:g}" if threshold else "",
        "unit_zh": threshold.get("unit_zh", ""),
        "unit_en": threshold.get("unit_en", ""),
    }
    typed["choices"] = "\n".join(f"{choice['zh']} = {VERDICTS.get(choice['verdict'], '')}" for choice in choices)
    typed["choices_en"] = (
        "\n".join(choice.get("en", "") for choice in choices) if any(choice.get("en") for choice in choices) else ""
    )
    return typed


#: how a verdict is written behind a choice, in the language that the manual is kept in
VERDICTS = {"pass": "合格", "mostly": "基本合格", "fail": "不合格"}


def _read_criterion(
    typed: Typed, draft: Draft, code: str, held: criteria.Body
) -> tuple[dict[str, Any], dict[str, str]]:
    """(the criterion as typed, what is wrong with it by field)."""
    body: dict[str, Any] = {"code": code} | ({"pictures": held["pictures"]} if held.get("pictures") else {})
    for name in ("text", "guidance", "open", "note"):
        body |= {f"{name}_{language}": typed[f"{name}_{language}"] for language in ("zh", "en")}
    for name in ("clear", "reasons"):
        body |= {f"{name}_{language}": typed[f"{name}_{language}"].splitlines() for language in ("zh", "en")}
    body |= {name: typed[name] for name in ("severity", "evidence", "answer")}
    body |= {
        name: int(typed[name]) if typed[name].strip().isascii() and typed[name].strip().isdigit() else None
        for name in ("points", "rectify_days")
    }
    body |= draft.themes.get(typed["theme_zh"], {"theme_zh": typed["theme_zh"]})
    if typed["answer"] in ("count", "number"):
        body["threshold"] = {
            "op": typed["op"],
            "value": _amount(typed["value"]),
            "unit_zh": typed["unit_zh"],
            "unit_en": typed["unit_en"],
        }
    elif typed["answer"] == "choice":
        body["choices"] = _choices(typed, held)
    settled = standards.settle_criterion(body)
    wrong = {
        fault.field: _fault_word(fault) for fault in reversed(list(standards.criterion_faults(settled, draft.themes)))
    }
    for name in ("clear", "reasons"):
        english = [line for line in typed[f"{name}_en"].splitlines() if line.strip()]
        if english and len(english) != len(settled[f"{name}_zh"]):
            wrong[f"{name}_en"] = _("英文要和中文一样多行，一行对一行。")
    return body, dict(
        sorted(
            wrong.items(),
            key=lambda pair: (
                [*CRITERION_FIELDS, "code", "threshold"].index(pair[0]) if pair[0] in CRITERION_FIELDS else 0
            ),
        )
    )


def _amount(text: str) -> int | float | None:
    try:
        value = round(float(text.strip()), 2)
    except (ValueError, OverflowError):
        return None
    return int(value) if value.is_integer() else value


def _choices(typed: Typed, held: criteria.Body) -> list[dict[str, Any]]:
    english = [line.strip() for line in typed["choices_en"].splitlines()]
    scores = {choice["zh"]: choice for choice in held.get("choices") or ()}
    told = []
    for n, line in enumerate(line for line in typed["choices"].splitlines() if line.strip()):
        text, _mark, word = line.replace("＝", "=").rpartition("=")
        verdict = next((key for key, known in VERDICTS.items() if known == word.strip()), None)
        choice: dict[str, Any] = {"zh": text.strip(), "verdict": verdict, "en": english[n] if n < len(english) else ""}
        before = scores.get(choice["zh"])
        if before and before["verdict"] == verdict and "score" in before:
            choice["score"] = before["score"]
        told.append(choice)
    return told


def _fault_word(fault: standards.Fault) -> str:
    if fault.code == "number":
        return {
            "points": _("分值填整数，如 8。"),
            "rectify_days": _("期限填 1 到 365 的整数，单位是天。"),
            "weight": _("权重填整数，如 5。"),
        }[fault.field]
    return {
        "empty": _("这一栏要填。"),
        "too_long": _("太长了，现场看不完。请改短，或分成几条。"),
        "choose": _("请选一项。"),
        "theme": _("请选一个主题；没有合适的，先加一个主题。"),
        "threshold": _("要有门槛：符号和数，如 ≥ 5。"),
        "choices": _("选项要 2 至 8 个，一行一个，写成“文字 = 合格”。"),
        "code": _("编号用数字、字母、点和横线，不超过 10 个字符。"),
    }[fault.code]


# ---- one kind


@bp.get("/kinds/<kind>")
@needs(*MANUAL_EDITS, everywhere=True)
def kind(kind: str) -> ResponseReturnValue:
    """The form of a kind."""
    draft, held = _kind(kind)
    return _kind_page(draft, held, _typed_of_kind(held.body), {}, seen=held.version)


@bp.post("/kinds/<kind>")
@needs(*MANUAL_EDITS, everywhere=True)
def save_kind(kind: str) -> ResponseReturnValue:
    """Save a kind."""
    draft, held = _kind(kind)
    typed = {name: request.form.get(name, "") for name in KIND_FIELDS}
    body, wrong = _read_kind(typed, draft, kind)
    seen = request.form.get("seen", -1, type=int)
    if wrong:
        return _kind_page(draft, held, typed, wrong, seen=seen), 422
    try:
        editable(standards.save_kind, kind, body, seen=seen)
    except standards.EditedMeanwhile as refusal:
        draft, held = _kind(kind)
        theirs = criteria.change_lines(standards.changes_of(standards.settle_kind({**body, "code": kind}), held.body))
        said = words.sentence(refusal.sentence, refusal.facts)
        return _kind_page(draft, held, typed, {}, seen=held.version, said=said, theirs=theirs), 409
    return redirect(url_for(".show", kind=kind), 303)


@bp.get("/new-kind")
@needs(*MANUAL_EDITS, everywhere=True)
def new_kind() -> ResponseReturnValue:
    """An empty form for a kind."""
    draft = standards.draft(db.session())
    numbers = [int(kind.code) for kind in draft.kinds if kind.code.isdigit()]
    typed = dict.fromkeys(KIND_FIELDS, "") | {"code": f"{max(numbers, default=0) + 1:02}", "weight": "3"}
    return _kind_page(draft, None, typed, {}, seen=0)


@bp.post("/new-kind")
@needs(*MANUAL_EDITS, everywhere=True)
def add_kind() -> ResponseReturnValue:
    """Add a kind."""
    draft = standards.draft(db.session())
    typed = {name: request.form.get(name, "") for name in (*KIND_FIELDS, "code")}
    code = typed["code"].strip()[:10]
    body, wrong = _read_kind(typed, draft, code)
    if not wrong:
        try:
            editable(standards.add_kind, body)
            return redirect(url_for(".show", kind=code), 303)
        except standards.CodeInUse as refusal:
            wrong = {"code": words.sentence(refusal.sentence, refusal.facts)}
    return _kind_page(draft, None, typed, wrong, seen=0), 422


def _categories(draft: Draft) -> dict[str, dict[str, str]]:
    return {kind.body["category"]["name_zh"]: kind.body["category"] for kind in draft.kinds}


def _typed_of_kind(body: criteria.Body) -> Typed:
    typed = {
        name: str(body.get(name) or "") for name in ("name_zh", "name_en", "lead_zh", "lead_en", "units_zh", "units_en")
    }
    return typed | {
        "weight": str(body["weight"]),
        "category": body["category"]["name_zh"],
        "category_new": "",
        "aliases_zh": "、".join(body.get("aliases_zh") or ()),
    }


def _read_kind(typed: Typed, draft: Draft, code: str) -> tuple[dict[str, Any], dict[str, str]]:
    known = _categories(draft)
    new = typed["category_new"].strip()
    used = {category["code"] for category in known.values()}
    category = known.get(new or typed["category"]) or {
        "code": next((letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in used), "Z"),
        "name_zh": new,
        "name_en": "",
    }
    body: dict[str, Any] = {
        name: typed[name] for name in ("name_zh", "name_en", "lead_zh", "lead_en", "units_zh", "units_en")
    }
    body |= {
        "code": code,
        "category": category,
        "weight": int(typed["weight"])
        if typed["weight"].strip().isascii() and typed["weight"].strip().isdigit()
        else None,
    }
    body["aliases_zh"] = workbooks.split_list(typed["aliases_zh"])
    return body, {fault.field: _fault_word(fault) for fault in standards.kind_faults(standards.settle_kind(body))}


def _kind_page(
    draft: Draft,
    held: DraftKind | None,
    typed: Typed,
    wrong: dict[str, str],
    *,
    seen: int,
    said: str = "",
    theirs: list[dict[str, Any]] | None = None,
) -> str:
    told = {
        **_about(draft),
        "code": held.code if held else "",
        "name": str(criteria.said(held.body, "name")) if held else "",
        "is_new": held is None,
        "action": url_for(".save_kind", kind=held.code) if held else url_for(".add_kind"),
        "back": url_for(".show", kind=held.code) if held else url_for(".show"),
        "typed": typed,
        "wrong": wrong,
        "seen": seen,
        "said": said,
        "theirs": theirs or [],
        "categories": [
            {"value": name, "word": f"{category['code']} {criteria.said(category, 'name')}".strip()}
            for name, category in _categories(draft).items()
        ],
    }
    return render_template("manual/kind.html", here="manual", f=told)


# ---- themes


@bp.get("/themes")
@needs(*MANUAL_EDITS, everywhere=True)
def themes() -> ResponseReturnValue:
    """The themes that criteria may have, and how many have each."""
    return _themes_page(dict.fromkeys(THEME_FIELDS, ""), {})


@bp.post("/themes")
@needs(*MANUAL_EDITS, everywhere=True)
def add_theme() -> ResponseReturnValue:
    """Add a theme."""
    typed = {name: request.form.get(name, "").strip()[:60] for name in THEME_FIELDS}
    wrong = {name: _("这一栏要填。") for name in ("theme_zh", "theme_short_zh") if not typed[name]}
    if wrong:
        return _themes_page(typed, wrong), 422
    editable(standards.add_theme, typed)
    return redirect(url_for(".themes"), 303)


def _themes_page(typed: Typed, wrong: dict[str, str]) -> str:
    draft = standards.draft(db.session())
    used = [one.body.get("theme_zh") for kind in draft.kinds for one in kind.kept]
    rows = [{**theme, "count": used.count(theme["theme_zh"])} for theme in draft.themes.values()]
    return render_template(
        "manual/themes.html",
        here="manual",
        f={**_about(draft), "typed": typed, "wrong": wrong, "rows": rows, "back": url_for(".show")},
    )


# ---- put away, take up


@bp.post("/discard")
@needs(*MANUAL_EDITS, everywhere=True)
def discard() -> ResponseReturnValue:
    """Put the draft away; the manual's page offers it again."""
    editable(standards.discard_draft)
    return redirect(url_for("manual.index"), 303)


@bp.post("/take-up")
@needs(*MANUAL_EDITS, everywhere=True)
def take_up() -> ResponseReturnValue:
    """Take the discarded draft up again."""
    editable(standards.take_up)
    return redirect(url_for(".show"), 303)


# ---- against what is published, and publishing


@bp.get("/diff")
@needs(*MANUAL_EDITS, everywhere=True)
def diff() -> ResponseReturnValue:
    """The draft against its base, who is touched, from when, and the checks."""
    return _diff_page()


def _diff_page(said: str = "", typed: Typed | None = None) -> str:
    session = db.session()
    draft = standards.draft(session)
    base = standards.manual_kinds(session, draft.base)
    compared, checked = standards.look_through(draft, base, standards.codes_used(session))
    touched = reports.touched(session)
    only = asked_only()
    told = {
        **_about(draft),
        "said": said,
        "typed": typed or {"when": "now", "day": ""},
        "tabs": change_tabs(compared, only, lambda which: at(".diff", only=which)),
        "groups": criteria.groups(compared, only=only, open_findings=touched.open_by),
        "reordered": compared.reordered,
        "is_empty": compared.is_empty,
        "count": compared.changed,
        "touched": touched,
        "kilobytes": max(1, round(_size(draft) / 1024)),
        "checks": _checks(checked, compared, touched.places_by),
        "stops": checked.stops,
    }
    return render_template("manual/diff.html", here="manual", d=told)


def _size(draft: Draft) -> int:
    """As many bytes as a phone gets, since the manual travels gzipped."""
    return len(zlib.compress(msgspec.json.encode(draft.result()), 6))


def _checks(
    checked: standards.Checked, compared: standards.Comparison, places: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The checks as lines: what is in order, what gives pause, what stops. places: how many places there are of a kind."""
    told: list[dict[str, Any]] = []

    def line(kind: str, text: str, href: str = "", word: str = "") -> None:
        told.append({"kind": kind, "words": text, "href": href, "word": word})

    for wrong in checked.wrong[:12]:
        text = _(
            "%(code)s %(field)s：%(what)s",
            code=wrong.code,
            field=criteria.field_word(wrong.fault.field),
            what=_fault_word(wrong.fault),
        )
        line(
            "fail",
            text,
            url_for(".kind", kind=wrong.code) if wrong.is_kind else url_for(".criterion", code=wrong.code),
            _("去改"),
        )
    if len(checked.wrong) > 12:
        line("fail", _("还有 %(n)s 处没有写全", n=len(checked.wrong) - 12))
    for code in checked.twice:
        line("fail", _("编号 %(code)s 有两条", code=code))
    for code in checked.bare:
        line("fail", _("%(code)s 一条标准也没有", code=code), url_for(".show", kind=code), _("去加"))
    for code in checked.crowded:
        line("fail", _("%(code)s 超过 200 条，一次检查记不下", code=code), url_for(".show", kind=code), _("去看"))
    if not checked.wrong:
        line("pass", _("%(n)s 条改动都有条文、分值、轻重、期限、照片规定", n=compared.changed))
    if not checked.twice:
        line("pass", _("没有重复的编号"))
    bereft = [kind for kind in compared.kinds if kind.what == "removed" and places.get(kind.code)]
    if bereft:
        named = _("、").join(
            _("%(kind)s %(n)s 处", kind=f"{kind.code} {criteria.said(kind.body, 'name')}", n=places[kind.code])
            for kind in bereft[:4]
        )
        line(
            "soon",
            _("删去的类还有点位：%(names)s。发布后不能再按这些类检查，请先给点位换类。", names=named),
            at("places.index", kind=bereft[0].code),
            _("去看点位"),
        )
    if checked.off:
        code, points = checked.off[0]
        text = _(
            "有 %(n)s 类合计不是 100 分，如 %(code)s 合计 %(points)s 分。得分按比例算，不凑整也可以发布。",
            n=len(checked.off),
            code=code,
            points=points,
        )
        line("soon", text, url_for(".show", kind=code), _("去改分值"))
    if checked.reused:
        line(
            "soon",
            _("%(codes)s 从前的版本用过，说的是另一件事。旧检查仍按旧版读。", codes=_("、").join(checked.reused[:6])),
        )
    if checked.untold:
        line(
            "soon",
            _(
                "有 %(n)s 条改动没有英文，英文界面上显示中文：%(codes)s",
                n=len(checked.untold),
                codes=_("、").join(checked.untold[:6]),
            ),
        )
    return told


@bp.post("/publish")
@needs(*MANUAL_EDITS, everywhere=True)
def publish() -> ResponseReturnValue:
    """Publish the draft, now or on a day."""
    typed = {"when": request.form.get("when", "now"), "day": request.form.get("day", "")[:10]}
    try:
        day = _day(typed)
        made = editable(standards.publish_draft, seen=request.form.get("seen", -1, type=int), day=day)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _diff_page(words.sentence(refusal.sentence, refusal.facts), typed), refusal.status
    return redirect(url_for("manual.index") if made else url_for(".diff"), 303)


def _day(typed: Typed) -> datetime | None:
    if typed["when"] != "day":
        return None
    try:
        return datetime.combine(date.fromisoformat(typed["day"]), time(0), formats.COUNTY_TIME)
    except ValueError:
        raise standards.DayPassed from None


@bp.post("/call-off")
@needs(*MANUAL_EDITS, everywhere=True)
def call_off() -> ResponseReturnValue:
    """Let the draft not be published by itself."""
    editable(standards.call_off)
    return redirect(url_for(".diff"), 303)


@bp.get("/export")
@needs(*MANUAL_EDITS, everywhere=True)
def export() -> ResponseReturnValue:
    """The draft as the standards workbook."""
    draft = standards.draft(db.session())
    return manual_file(draft.result(), _("第 %(n)s 版草稿", n=draft.base + 1))


@bp.get("/diff/export")
@needs(*MANUAL_EDITS, everywhere=True)
def export_diff() -> ResponseReturnValue:
    """What the draft changes, as a workbook."""
    session = db.session()
    draft = standards.draft(session)
    compared = standards.compare(standards.manual_kinds(session, draft.base), draft.result())
    return comparison_file(compared, _("第 %(old)s 版到第 %(new)s 版草稿", old=draft.base, new=draft.base + 1))


# ---- a table


@bp.get("/import")
@needs(*MANUAL_EDITS, everywhere=True)
def choose_table() -> ResponseReturnValue:
    """Choose a workbook, or paste a table."""
    return _table_page(standards.draft(db.session()))


@bp.post("/import")
@needs(*MANUAL_EDITS, everywhere=True)
def send_table() -> ResponseReturnValue:
    """Read a table and keep it to be looked at."""
    draft = standards.draft(db.session())
    file, pasted = request.files.get("table"), request.form.get("pasted", "")
    data = file.read() if file and file.filename else pasted.encode()
    name = (file.filename or "") if file and file.filename else _("粘贴的表")
    try:
        book = workbooks.read(data, name if file and file.filename else "")
        cells = _best_sheet(book, draft)
    except Refusal as refusal:
        return _table_page(draft, said=words.sentence(refusal.sentence, refusal.facts), pasted=pasted), refusal.status
    table_id = editable(standards.keep_table, name, cells)
    return redirect(url_for(".table", table_id=table_id), 303)


def _best_sheet(book: workbooks.Book, draft: Draft) -> list[list[Any]]:
    """The rows of the sheet with the most criteria in it. Raises TableUnread."""
    best: tuple[int, list[list[Any]]] | None = None
    names = [kind.body["name_zh"] for kind in draft.kinds]
    refused: Refusal = standards.TableUnread()
    for page in book.sheets:
        try:
            read = standards.read_table(page.rows, names=names)
        except standards.TableUnread as refusal:
            refused = refusal
            continue
        if best is None or read.lines > best[0]:
            best = read.lines, page.rows
    if best is None:
        raise refused
    return best[1]


def _table_page(draft: Draft, *, said: str = "", pasted: str = "") -> str:
    told = {
        **_about(draft),
        "said": said,
        "pasted": pasted,
        "back": url_for(".show"),
        "most_mb": workbooks.MOST_BYTES >> 20,
    }
    return render_template("manual/choose.html", here="manual", f=told)


@bp.get("/import/<uuid:table_id>")
@needs(*MANUAL_EDITS, everywhere=True)
def table(table_id: UUID) -> ResponseReturnValue:
    """What taking the table in would change."""
    return _preview_page(table_id, _options(request.args))


@bp.post("/import/<uuid:table_id>")
@needs(*MANUAL_EDITS, everywhere=True)
def take_table(table_id: UUID) -> ResponseReturnValue:
    """Take the table into the draft as it was shown."""
    options = _options(request.form)
    draft = standards.draft(db.session())
    merged = _merged(draft, _read(draft, table_id), options)
    try:
        editable(standards.take_in, table_id, merged.kinds, merged.themes, seen=request.form.get("seen", -1, type=int))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _preview_page(table_id, options, said=words.sentence(refusal.sentence, refusal.facts)), refusal.status
    return redirect(url_for(".diff"), 303)


def _options(asked: Mapping[str, str]) -> dict[str, bool]:
    return {"divide": asked.get("divide") == "yes", "remove_missing": asked.get("missing") == "remove"}


def _read(draft: Draft, table_id: UUID) -> standards.Read:
    cells = standards.waiting_table(db.session(), table_id).cells
    return standards.read_table(cells, names=[kind.body["name_zh"] for kind in draft.kinds])


def _merged(draft: Draft, read: standards.Read, options: dict[str, bool]) -> standards.Merged:
    taken = {code for kind in draft.kinds for code in (kind.code, *(one.code for one in kind.criteria))}
    return standards.merge(read, draft.result(), themes=draft.themes, taken=taken, **options)


def _preview_page(table_id: UUID, options: dict[str, bool], said: str = "") -> str:
    session = db.session()
    draft = standards.draft(session)
    row, read = standards.waiting_table(session, table_id), _read(draft, table_id)
    merged = _merged(draft, read, options)
    compared = standards.compare(draft.result(), list(merged.kinds))
    only = asked_only()

    def here(**more: str) -> str:
        kept = {
            "divide": "yes" if options["divide"] else "",
            "missing": "remove" if options["remove_missing"] else "",
            "only": only,
        } | more
        return at(".table", table_id=table_id, **kept)

    told = {
        **_about(draft),
        **options,
        "said": said,
        "name": row.name,
        "action": url_for(".take_table", table_id=table_id),
        "again": url_for(".choose_table"),
        "kinds": len(read.sections),
        "lines": read.lines,
        "unknown": list(read.unknown),
        "odd": [asdict(odd) | {"words": _odd_word(odd)} for odd in merged.odd[:40]],
        "odd_count": len(merged.odd),
        "supposed": _supposed(merged.supposed),
        "themes": [theme["theme_zh"] for theme in merged.themes],
        "divided": len(read.divided),
        "example": read.divided[0].said["text"] if read.divided else "",
        "missing": merged.missing,
        "to": {
            "divide": here(divide="" if options["divide"] else "yes"),
            "missing": here(missing="" if options["remove_missing"] else "remove"),
        },
        "tabs": change_tabs(compared, only, lambda which: here(only=which)),
        "groups": criteria.groups(compared, only=only),
        "reordered": compared.reordered,
        "is_empty": compared.is_empty,
        "count": compared.changed,
    }
    return render_template("manual/table.html", here="manual", d=told)


def _odd_word(odd: standards.Odd) -> str:
    return {
        "empty": _("没有条文，这一行没有取"),
        "no_kind": _("不知道属于哪一类，这一行没有取"),
        "number": _("“%(words)s”不是整数，没有取", words=odd.words),
        "days": _("“%(words)s”看不出几天，没有取", words=odd.words),
        "word": _("“%(words)s”看不懂，没有取", words=odd.words),
        "threshold": _("“%(words)s”看不出门槛，没有取", words=odd.words),
        "choices": _("“%(words)s”看不懂，选项写成“文字 = 合格”，没有取", words=odd.words),
        "twice": _("编号 %(words)s 在表里有两行，只取了前一行", words=odd.words),
        "taken": _("编号 %(words)s 别处用着，另给了编号", words=odd.words),
        "code": _("编号“%(words)s”不合用，另给了编号", words=odd.words),
    }[odd.code]


def _supposed(supposed: Mapping[str, int]) -> list[str]:
    said = {
        "code": _("%(n)s 处没有编号，已接着编"),
        "points": _("%(n)s 条没有分值，已平分该类余下的分"),
        "severity": _("%(n)s 条没有写轻重，按“一般”"),
        "evidence": _("%(n)s 条没有写照片规定，按“不合格拍”"),
        "rectify_days": _("%(n)s 条没有写期限，按 7 日"),
        "theme": _("%(n)s 条没有写主题，归入“其他”"),
    }
    return [said[field] % {"n": count} for field, count in supposed.items() if field in said]
