"""复核: one finding at a time, photos first. A batch is what one sitting decides; its ruler is the queue itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from fieldbook import evidence, findings, places, review
from fieldbook.findings import Finding, State
from fieldbook.kernel import Act, Refusal, db, from_ms, to_ms
from fieldbook.places import Standing

from .. import words
from ..doors import acting, needs, now, standing, who
from ..frame import REVIEWS
from ..shown import Shown, offered, show_photo
from ..words import _

bp = Blueprint("review", __name__)

#: a sitting left for this long is over
SITTING = timedelta(hours=8)
#: put off in one sitting at most; a cookie holds them
MOST_LATER = 40
#: form-session keys: when the sitting began, and what was put off (the first eight characters of each id)
BEGAN, LATER = "review-began", "review-later"
DOUBT_ICONS = {
    "copy": "files",
    "near_copy": "files",
    "mirrored_copy": "files",
    "same_as_before": "files",
    "before_assigned": "clock",
    "far": "map-pin",
    "no_position": "map-pin",
    "gallery": "image-up",
    "clock": "clock",
    "exif_clock": "clock",
    "too_fast": "gauge",
    "dark": "sun-dim",
    "blurred": "image-off",
}


@dataclass(frozen=True)
class Sitting:
    """One reviewer's batch: what was decided in it, what was put off, what is left."""

    began: datetime
    #: (finding id, cleared or returned, when), oldest first
    decided: list[tuple[UUID, str, datetime]]
    later: list[Finding]
    left: list[Finding]
    on_the_way: int
    #: where anything waits at all, and how much of it in other zones than the chosen one
    zones: frozenset[UUID]
    elsewhere: int

    @property
    def all(self) -> int:
        return len(self.decided) + len(self.later) + len(self.left)


def _sitting(zone: UUID | None) -> Sitting:
    """The batch as it stands; a new one begins when nothing has been decided for long."""
    began = from_ms(session[BEGAN]) if isinstance(session.get(BEGAN), int) else None
    if began is None or now() - began > SITTING:
        began = now()
        session[BEGAN], session[LATER] = to_ms(began), []
    ready, on_the_way = review.ready(db.session(), review.queue(db.session(), standing()))
    later = session.get(LATER, [])
    in_zone = [finding for finding in ready if zone is None or finding.zone_id == zone]
    waiting = {finding.id for finding in ready}
    decided = [one for one in findings.verdicts_of(db.session(), who().id, since=began) if one[0] not in waiting]
    put_off = [finding for finding in in_zone if str(finding.id)[:8] in later]
    put_off.sort(key=lambda finding: later.index(str(finding.id)[:8]))
    left = [finding for finding in in_zone if str(finding.id)[:8] not in later]
    return Sitting(began, decided, put_off, left, len(on_the_way), frozenset(finding.zone_id for finding in ready), len(ready) - len(in_zone))


def _zone() -> UUID | None:
    try:
        return UUID(request.args.get("zone", ""))
    except ValueError:
        return None


def _here(**more: Any) -> str:
    zone = _zone()
    return url_for("review.show", zone=str(zone) if zone else None, **more)


@bp.get("/review")
@needs(*REVIEWS)
def show() -> ResponseReturnValue:
    """The next finding to decide, or that the batch is done."""
    return _page()


@bp.get("/review/<uuid:finding_id>")
@needs(*REVIEWS)
def one(finding_id: UUID) -> ResponseReturnValue:
    """A finding of the queue out of its turn; one that no longer waits is shown as it is."""
    return _page(finding_id)


def _page(finding_id: UUID | None = None, *, said: str = "", status: int = 200) -> ResponseReturnValue:
    sitting = _sitting(_zone())
    shown = Shown(db.session(), standing(), now())
    if finding_id is None:
        finding = sitting.left[0] if sitting.left else None
    else:
        finding = next((one for one in (*sitting.left, *sitting.later) if one.id == finding_id), None)
        if finding is None:
            return redirect(url_for("findings.show", finding_id=finding_id))
    if finding is None:
        return _done(sitting, shown, said=said), status
    after_it = next((one for one in sitting.left if one.id != finding.id), None)
    return _told(sitting, shown, finding, after_it, said=said), status


def _told(sitting: Sitting, shown: Shown, finding: Finding, after_it: Finding | None, *, said: str) -> str:
    cards = findings.cards(db.session(), standing(), [one for one in (finding, after_it) if one], now=now(), language=words.language())
    card = cards[0]
    facts = shown.facts(finding, card)
    before, after = shown.photos(finding, card, "before"), _newest_round(shown.photos(finding, card, "after"))
    pairs = max(len(before), len(after), 1)
    pair_no = min(max(request.args.get("pair", 1, type=int) or 1, 1), pairs)
    left, right = _nth(before, pair_no), _nth(after, pair_no)
    doubts = _doubts(finding, {photo["sha256"]: photo["label"] for photo in (*before, *after)})
    may_clear = evidence.all_checked(db.session(), finding.id, evidence.Role.AFTER)
    next_row = shown.rows([after_it])[0] if after_it else None
    preload = [photo["large"] for named in (cards[1]["before"][:1], cards[1]["after"][:1]) for photo in map(show_photo, named) if photo["large"]] if after_it else []
    step = next((step for step in reversed(card["course"]) if step["verb"] == "rectified"), None)
    return render_template(
        "review/one.html",
        here="review",
        q=_queue(sitting, shown, finding) | {"preload": preload},
        f=facts
        | {
            "line": _line(finding),
            "term_words": _first_here(finding),
            "unit_words": {"who": step["who"], "at": step["at"], "words": step["words"]} if step and step["words"] else None,
        },
        before=left,
        after=right,
        apart=(right["taken_at"] - left["taken_at"]) / 1000 if left and right else None,
        pairs=pairs,
        pair_no=pair_no,
        next_pair=url_for(".one", finding_id=finding.id, pair=pair_no % pairs + 1, zone=request.args.get("zone")),
        links={
            "clear": _verb("clear", finding.id),
            "return": _verb("send_back", finding.id),
            "later": _verb("later", finding.id),
        },
        may_clear=may_clear,
        whynot="" if may_clear else words.sentence(findings.PhotosOnTheWay.sentence, {}),
        said=said,
        last=_last(sitting),
        reasons=[one for one in offered(findings.return_reasons(db.session())) if one["code"] != "other"],
        doubts=doubts,
        doubts_open=sum(not doubt["settled"] for doubt in doubts),
        next=next_row | {"href": url_for(".one", finding_id=after_it.id, zone=request.args.get("zone"))} if next_row and after_it else None,
    )


def _verb(verb: str, finding_id: UUID) -> str:
    return url_for(f"review.{verb}", finding_id=finding_id, zone=request.args.get("zone"))


def _nth(photos: list[dict[str, Any]], n: int) -> dict[str, Any] | None:
    """The n-th photo; where there are fewer, the last one stays beside the other side's."""
    return photos[min(n, len(photos)) - 1] if photos else None


def _newest_round(photos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The after photos handed in last; those of an earlier round were judged when it was returned."""
    newest = max((photo["named_at"] for photo in photos if photo["named_at"]), default=None)
    return [photo for photo in photos if photo["named_at"] == newest]


def _queue(sitting: Sitting, shown: Shown, finding: Finding | None) -> dict[str, Any]:
    """The ruler to zero in small: one tick a finding."""
    kinds = [{"cleared": "qa", "returned": "qr"}[verdict] for _id, verdict, _at in sitting.decided]
    kinds += ["qs"] * len(sitting.later)
    if finding is not None and finding in sitting.left:
        kinds.append("qn")
    kinds += ["q"] * (sitting.all - len(kinds))
    step = 8 if len(kinds) <= 37 else 296 / len(kinds)
    width = round(step * len(kinds) + 4)
    chosen = _zone()
    zones = [zone for zone in places.zones(db.session()) if zone.id in sitting.zones or zone.id == chosen]
    here = len(sitting.left) - (1 if finding is not None and finding in sitting.left else 0)
    return {
        "no": len(sitting.decided) + len(sitting.later) + (1 if finding is not None and finding in sitting.left else 0),
        "all": sitting.all,
        "left": len(sitting.left),
        "after_this": here,
        "later": len(sitting.later),
        "width": width,
        "ticks": [{"x": round(2 + step * n, 1), "kind": kind} for n, kind in enumerate(kinds)],
        "zones": [{"value": "", "word": _("全部责任区"), "chosen": chosen is None}]
        + [{"value": str(zone.id), "word": shown.zone(zone.id), "chosen": chosen == zone.id} for zone in zones],
    }


def _doubts(finding: Finding, labels: dict[str, str]) -> list[dict[str, Any]]:
    """Doubts as sentences; those found harmless stay, struck through. labels: what each photo is called on its stamp."""
    told = []
    for doubt in review.doubts_of(db.session(), finding):
        told.append(
            {
                "code": doubt.code,
                "sha256": doubt.sha256,
                "label": labels.get(doubt.sha256, "").partition("-")[2],
                "icon": DOUBT_ICONS.get(doubt.code, "triangle-alert"),
                "sentence": words.sentence(evidence.DOUBT_SENTENCES.get(doubt.code, doubt.code), doubt.facts),
                "settled": doubt.waved,
                "href": _verb("doubt", finding.id),
            }
        )
    return sorted(told, key=lambda doubt: bool(doubt["settled"]))


def _line(finding: Finding) -> dict[str, Any] | None:
    """Assigned, handed in and due on one line; in per cent of the longer."""
    if not finding.assigned_at or not finding.rectified_at or not finding.due_at:
        return None
    whole = max(finding.due_at, finding.rectified_at) - finding.assigned_at
    if whole <= timedelta():
        return None
    late = finding.rectified_at > finding.due_at
    sent = (finding.rectified_at - finding.assigned_at) / whole * 100
    due = (finding.due_at - finding.assigned_at) / whole * 100
    middle = due if late else sent
    return {
        "sent": round(max(sent, 0), 1),
        "due": round(min(max(due, 0), 100), 1),
        "late": late,
        #: where the middle one of the three moments is written
        "middle": round(min(max(middle, 43), 57), 1),
    }


def _first_here(finding: Finding) -> str:
    if finding.nth > 1:
        return _("本点位 30 日内同标准第 %(n)s 次", n=finding.nth)
    if finding.returned:
        return _("退回过 %(n)s 次", n=finding.returned)
    return _("本点位 30 日内同标准首次") if finding.criterion else ""


def _last(sitting: Sitting) -> dict[str, Any] | None:
    """The last verdict while it can still be taken back."""
    if not sitting.decided:
        return None
    finding_id, verdict, at = sitting.decided[-1]
    finding = findings.by_id(db.session(), [finding_id]).get(finding_id)
    if finding is None or finding.verdict_by != who().id or not findings.may_still_undo(at, now()):
        return None
    if finding.state != (State.CLEARED if verdict == "cleared" else State.RETURNED):
        return None
    return {"number": finding.number, "state": finding.state, "undo": _verb("undo", finding_id)}


def _done(sitting: Sitting, shown: Shown, *, said: str) -> str:
    """The batch is done: the full ruler, the stamp, and the contact sheet so that a slip can still be found."""
    found = findings.by_id(db.session(), [finding_id for finding_id, _v, _at in sitting.decided])
    decided = [(found[finding_id], verdict) for finding_id, verdict, _at in sitting.decided if finding_id in found]
    batch = [*decided, *((finding, "later") for finding in sitting.later)]
    rows = shown.rows([finding for finding, _verdict in batch])
    counts = findings.state_counts(db.session(), standing())
    _cleared, _found, open_ = findings.counted(counts)
    return render_template(
        "review/done.html",
        here="review",
        q=_queue(sitting, shown, None) | {"preload": []},
        today=now(),
        begun=sitting.began,
        ended=sitting.decided[-1][2] if sitting.decided else now(),
        cleared=sum(verdict == "cleared" for _id, verdict, _at in sitting.decided),
        returned=sum(verdict == "returned" for _id, verdict, _at in sitting.decided),
        open=open_,
        on_the_way=sitting.on_the_way,
        elsewhere=sitting.elsewhere,
        links={"again": url_for(".again", zone=request.args.get("zone")), "findings": url_for("findings.index"), "elsewhere": url_for(".show"), "returned": url_for("findings.index", view="returned")},
        last=_last(sitting),
        said=said,
        sheet=[
            row | {"verdict": verdict, "href": url_for(".one", finding_id=finding.id) if verdict == "later" else row["href"]}
            for (finding, verdict), row in zip(batch, rows, strict=True)
        ],
    )


# ---- verdicts


def _say(finding_id: UUID, command: Callable[[Act, Standing], Any]) -> ResponseReturnValue:
    """One act, one verdict, then the next finding; a refusal's sentence stands above the finding it is about."""
    try:
        with acting() as act:
            version = request.form.get("version", type=int)
            finding = act.session.get(Finding, finding_id)
            if finding is not None and version is not None and finding.version != version:
                raise findings.NotNow(state=str(finding.state), verb="")
            command(act, standing())
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, findings.NoSuchFinding):
            raise
        sentence = words.sentence(refusal.sentence, refusal.facts)
        still = any(one.id == finding_id for one in review.queue(db.session(), standing()))
        return _page(finding_id if still else None, said=sentence, status=refusal.status)
    return redirect(_here(), 303)


@bp.post("/review/<uuid:finding_id>/clear")
@needs(*REVIEWS)
def clear(finding_id: UUID) -> ResponseReturnValue:
    return _say(finding_id, lambda act, standing: findings.clear(act, standing, finding_id))


@bp.post("/review/<uuid:finding_id>/return")
@needs(*REVIEWS)
def send_back(finding_id: UUID) -> ResponseReturnValue:
    reason = request.form.get("reason", "")[:20]
    said = request.form.get("words", "").replace("\x00", "").strip()[:500]
    return _say(finding_id, lambda act, standing: findings.send_back(act, standing, finding_id, reason=reason, words=said))


@bp.post("/review/<uuid:finding_id>/undo")
@needs(*REVIEWS)
def undo(finding_id: UUID) -> ResponseReturnValue:
    """Take the last verdict back; the finding lies before the reviewer again."""
    answer = _say(finding_id, lambda act, standing: findings.undo(act, standing, finding_id))
    if isinstance(answer, tuple):
        return answer
    session[LATER] = [key for key in session.get(LATER, []) if key != str(finding_id)[:8]]
    return redirect(url_for(".one", finding_id=finding_id, zone=request.args.get("zone")), 303)


@bp.post("/review/<uuid:finding_id>/later")
@needs(*REVIEWS)
def later(finding_id: UUID) -> ResponseReturnValue:
    """Put a finding off to the end of the sitting. Nothing about it changes."""
    key = str(finding_id)[:8]
    put_off = [one for one in session.get(LATER, []) if one != key]
    session[LATER] = [*put_off, key][-MOST_LATER:]
    return redirect(_here(), 303)


@bp.post("/review/again")
@needs(*REVIEWS)
def again() -> ResponseReturnValue:
    """Look at what was put off."""
    session[LATER] = []
    return redirect(_here(), 303)


@bp.post("/review/<uuid:finding_id>/doubt")
@needs(*REVIEWS)
def doubt(finding_id: UUID) -> ResponseReturnValue:
    """Say that a doubt is harmless 无妨, or take it seriously again."""
    code, sha256 = request.form.get("code", "")[:40], request.form.get("sha256", "")[:64]
    settle = review.wave if request.form.get("settled") == "1" else review.recall
    with acting() as act:
        settle(act, standing(), finding_id, code=code, sha256=sha256)
    return redirect(_verb("one", finding_id), 303)
