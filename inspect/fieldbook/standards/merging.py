"""What a draft would read once a table is taken into it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .rules import Answer
from .shape import CODE, FULL_POINTS, Body, even_share, next_code, settle_criterion, settle_kind
from .table import HEADING, Line, Odd, Read, Section

#: what a new criterion gets where the table says nothing
USUAL: dict[str, Any] = {
    "severity": "minor",
    "evidence": "on_fail",
    "answer": Answer.PASS_FAIL_NA.value,
    "rectify_days": 7,
}
OTHER_THEME: Body = {"theme_zh": "其他", "theme_short_zh": "其他", "theme_en": "Other", "theme_short_en": "Other"}
OTHER_CATEGORY: Body = {"code": "", "name_zh": "其他", "name_en": "Other"}
USUAL_WEIGHT = 3

#: the columns whose cells are texts of a criterion, as the manual calls them
TEXTS = ("text", "guidance", "open", "note")
LISTS = ("clear", "reasons")


@dataclass(frozen=True)
class Merged:
    """The whole draft as the table leaves it, and what was supposed on the way."""

    kinds: tuple[Body, ...]
    #: themes that are new
    themes: tuple[Body, ...]
    odd: tuple[Odd, ...]
    #: how many new criteria got something usual, by field; "code" counts numbers given
    supposed: Mapping[str, int]
    #: criteria and kinds of the draft that the table does not name
    missing: int


def merge(
    read: Read,
    kinds: Sequence[Body],
    *,
    themes: Mapping[str, Body],
    taken: Iterable[str],
    divide: bool = False,
    remove_missing: bool = False,
) -> Merged:
    """Lay a table over a draft. Where the table has no column, or a new line has an empty cell, the draft or the usual stands.

    kinds: the draft's. themes: known ones by Chinese name. taken: codes that must not be given to anything new.
    divide: let ①②③ in one cell be criteria of their own. remove_missing: what the table does not name goes.
    """
    return _Merger(read, kinds, themes, set(taken)).merged(divide, remove_missing)


class _Merger:
    def __init__(self, read: Read, kinds: Sequence[Body], themes: Mapping[str, Body], taken: set[str]) -> None:
        self.read, self.kinds, self.themes = read, list(kinds), dict(themes)
        self.taken = (
            taken | {kind["code"] for kind in kinds} | {one["code"] for kind in kinds for one in kind["criteria"]}
        )
        self.categories = {kind["category"]["name_zh"]: kind["category"] for kind in kinds}
        self.new_themes: dict[str, Body] = {}
        self.odd = list(read.odd)
        self.supposed: Counter[str] = Counter()
        self.used: set[str] = set()

    def merged(self, divide: bool, remove_missing: bool) -> Merged:
        found = [(section, self._held(section)) for section in self.read.sections]
        told = [self._kind(section, held, divide, remove_missing) for section, held in found]
        named = {held["code"] for _, held in found if held}
        missing = sum(1 + len(kind["criteria"]) for kind in self.kinds if kind["code"] not in named)
        missing += sum(
            len(
                {one["code"] for one in held["criteria"]}
                - {one["code"] for one in new["criteria"] if one["code"] in self.used}
            )
            for (_, held), new in zip(found, told, strict=True)
            if held
        )
        by_code = {(held or new)["code"]: new for (_, held), new in zip(found, told, strict=True)}
        if remove_missing:
            kept = list(by_code.values())
        else:
            kept = [by_code.pop(kind["code"], kind) for kind in self.kinds] + list(by_code.values())
        return Merged(tuple(kept), tuple(self.new_themes.values()), tuple(self.odd), dict(self.supposed), missing)

    def _held(self, section: Section) -> Body | None:
        """The draft's kind that a section means: by its name, by another name of it, by its code."""
        for kind in self.kinds:
            if section.name and kind["name_zh"] == section.name:
                return kind
        coded = next(
            (kind for kind in self.kinds if section.code and kind["code"] in (section.code, section.code.zfill(2))),
            None,
        )
        if coded is not None:
            return coded
        return next(
            (kind for kind in self.kinds if section.name and section.name in (kind.get("aliases_zh") or ())), None
        )

    def _kind(self, section: Section, held: Body | None, divide: bool, remove_missing: bool) -> Body:
        said = section.said
        body = {key: value for key, value in (held or {}).items() if key != "criteria"}
        if held is None:
            body = {"code": self._kind_code(section), "weight": USUAL_WEIGHT, "aliases_zh": []}
        if section.name and section.name not in (body.get("aliases_zh") or ()):
            body["name_zh"] = section.name
        body.setdefault("name_zh", "")
        for name in ("lead", "units"):
            for key, language in ((name, "zh"), (f"{name}_en", "en")):
                if said.get(key):
                    body[f"{name}_{language}"] = said[key]
        if said.get("kind_en"):
            body["name_en"] = said["kind_en"]
        if said.get("weight") is not None:
            body["weight"] = said["weight"]
        if said.get("aliases"):
            body["aliases_zh"] = said["aliases"]
        body["category"] = self._category(said, body.get("category"))
        body = settle_kind(body)
        return body | {"criteria": self._criteria(section, held, body["code"], divide, remove_missing)}

    def _kind_code(self, section: Section) -> str:
        wanted = section.code.zfill(2) if section.code.isdigit() else section.code
        if CODE.match(wanted) and wanted not in self.taken:
            self.taken.add(wanted)
            return wanted
        numbers = [int(kind["code"]) for kind in self.kinds if kind["code"].isdigit()] + [
            int(code) for code in self.taken if code.isdigit()
        ]
        given = f"{max(numbers, default=0) + 1:02}"
        self.taken.add(given)
        self.supposed["code"] += 1
        return given

    def _category(self, said: Mapping[str, Any], held: Body | None) -> Body:
        name = said.get("category")
        if not name:
            return held or self._category(
                {"category": OTHER_CATEGORY["name_zh"], "category_en": OTHER_CATEGORY["name_en"]}, None
            )
        known = dict(
            self.categories.get(name)
            or {"code": said.get("category_code") or self._letter(), "name_zh": name, "name_en": ""}
        )
        if said.get("category_code"):
            known["code"] = said["category_code"]
        if said.get("category_en"):
            known["name_en"] = said["category_en"]
        self.categories[name] = known
        return known

    def _letter(self) -> str:
        used = {category["code"] for category in self.categories.values()}
        return next((letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in used), "Z")

    def _criteria(
        self, section: Section, held: Body | None, kind: str, divide: bool, remove_missing: bool
    ) -> list[Body]:
        before = {one["code"]: one for one in held["criteria"]} if held else {}
        by_text = {one["text_zh"]: one for one in before.values()}
        lines = [piece for line in section.lines for piece in (_divided(line) if divide else [line])]
        told: list[tuple[Line, Body | None]] = []
        for line in lines:
            code = self._written(line.said.get("code", ""), kind, before)
            one = before.get(code) if code else by_text.get(line.said["text"])
            if one is not None and one["code"] in self.used:
                one = None if not code else one
                if code:
                    self.odd.append(Odd(line.row, HEADING["code"], "twice", code))
                    continue
            if one is not None:
                self.used.add(one["code"])
            told.append((line, one))
        bodies = [self._criterion(line, one, kind) for line, one in told]
        self._share(told, bodies, [one for code, one in before.items() if code not in self.used and not remove_missing])
        return self._placed(bodies, before, remove_missing)

    def _written(self, code: str, kind: str, before: Mapping[str, Body]) -> str:
        """The code that a cell means: 8, 25.8 or, of kind 01, 1.05 of a table are 25.08 and 01.05 of ours."""
        head, point, tail = code.rpartition(".")
        for way in (code, f"{kind}.{code.zfill(2)}", f"{head}.{tail.zfill(2)}", f"{head.zfill(2)}.{tail.zfill(2)}"):
            if code and way in before:
                return way
        if point and head.lstrip("0") == kind.lstrip("0") and tail.isdigit():
            return f"{kind}.{tail.zfill(2)}"
        return f"{kind}.{code.zfill(2)}" if code.isdigit() else code

    def _criterion(self, line: Line, held: Body | None, kind: str) -> Body:
        said = line.said
        body: Body = dict(held) if held else {"code": self._code(line, kind)}
        for name in (*TEXTS, *LISTS):
            for key, language in ((name, "zh"), (f"{name}_en", "en")):
                if key in said or (held is not None and key in self.read.columns):
                    body[f"{name}_{language}"] = said.get(key, [] if name in LISTS else "")
        for name in ("points", "severity", "evidence", "answer", "rectify_days"):
            if name in said:
                body[name] = said[name]
            elif held is None and name in USUAL:
                if name != "answer":
                    self.supposed[name] += 1
                body[name] = USUAL[name]
        self._answer(said, body)
        self._theme(line, body, held)
        return settle_criterion(body)

    def _answer(self, said: Mapping[str, Any], body: Body) -> None:
        if "threshold" in said:
            held = body.get("threshold") or {}
            unit_en = said.get("unit_en") or (
                held.get("unit_en")
                if held.get("unit_zh") == said["threshold"]["unit_zh"] and "unit_en" not in self.read.columns
                else None
            )
            body["threshold"] = said["threshold"] | ({"unit_en": unit_en} if unit_en else {})
            if body["answer"] not in (Answer.COUNT, Answer.NUMBER) and "answer" not in said:
                body["answer"] = Answer.NUMBER.value if "%" in said["threshold"]["unit_zh"] else Answer.COUNT.value
        if "choices" in said:
            scores = {choice["zh"]: choice.get("score") for choice in body.get("choices") or ()}
            english = {choice["zh"]: choice.get("en") for choice in body.get("choices") or ()}
            written = said.get("choices_en") or []
            body["choices"] = [
                choice
                | (
                    {"en": written[n]}
                    if n < len(written) and len(written) == len(said["choices"])
                    else {"en": english.get(choice["zh"])}
                    if english.get(choice["zh"])
                    else {}
                )
                | ({"score": scores[choice["zh"]]} if scores.get(choice["zh"]) is not None else {})
                for n, choice in enumerate(said["choices"])
            ]
            if "answer" not in said:
                body["answer"] = Answer.CHOICE.value

    def _theme(self, line: Line, body: Body, held: Body | None) -> None:
        name = line.said.get("theme")
        if not name and held is not None:
            return
        if not name:
            self.supposed["theme"] += 1
            name = OTHER_THEME["theme_zh"]
        known = self.themes.get(name) or next(
            (theme for theme in self.themes.values() if theme["theme_short_zh"] == name), None
        )
        if known is None:
            known = (
                dict(OTHER_THEME)
                if name == OTHER_THEME["theme_zh"]
                else {"theme_zh": name, "theme_short_zh": name[:4], "theme_en": "", "theme_short_en": ""}
            )
            self.themes[name] = self.new_themes[name] = known
        for key, into in (
            ("theme_short", "theme_short_zh"),
            ("theme_en", "theme_en"),
            ("theme_short_en", "theme_short_en"),
        ):
            if line.said.get(key) and name in self.new_themes:
                known[into] = line.said[key]
        body |= known

    def _code(self, line: Line, kind: str) -> str:
        written = self._written(line.said.get("code", ""), kind, {})
        if CODE.match(written) and written not in self.taken:
            self.taken.add(written)
            self.used.add(written)
            return written
        if written:
            self.odd.append(Odd(line.row, HEADING["code"], "taken" if CODE.match(written) else "code", written[:40]))
        given = next_code(kind, self.taken)
        self.taken.add(given)
        self.used.add(given)
        self.supposed["code"] += 1
        return given

    def _share(self, told: list[tuple[Line, Body | None]], bodies: list[Body], others: list[Body]) -> None:
        """Lines without points get an even share of what the kind's hundred has left, or of the hundred when nothing is left."""
        bare = [n for n, body in enumerate(bodies) if body.get("points") is None]
        if not bare:
            return
        every = len(bodies) + len(others)
        left = FULL_POINTS - sum(body.get("points") or 0 for body in (*bodies, *others))
        shares = even_share(left, len(bare)) if left >= len(bare) else [max(1, round(FULL_POINTS / every))] * len(bare)
        for n, points in zip(bare, shares, strict=True):
            bodies[n]["points"] = points
        self.supposed["points"] += len(bare)

    def _placed(self, bodies: list[Body], before: Mapping[str, Body], remove_missing: bool) -> list[Body]:
        """In the table's order; what it does not name stays behind the one it followed."""
        placed = list(bodies)
        if remove_missing:
            return placed
        known = list(before)
        for code, one in before.items():
            if all(body["code"] != code for body in placed):
                earlier = next(
                    (
                        body
                        for body in reversed(known[: known.index(code)])
                        if any(other["code"] == body for other in placed)
                    ),
                    None,
                )
                at = next((n for n, body in enumerate(placed) if body["code"] == earlier), -1) + 1
                placed.insert(at, one)
        return placed


def _divided(line: Line) -> list[Line]:
    """A line as the parts its marks divide it into; the first keeps the code, the points are shared."""
    if len(line.parts) < 2:
        return [line]
    points = line.said.get("points")
    shares = (
        even_share(points, len(line.parts))
        if points is not None and points >= len(line.parts)
        else [points] * len(line.parts)
    )
    pieces = []
    for n, (part, share) in enumerate(zip(line.parts, shares, strict=True)):
        said = dict(line.said) | {"text": part} | ({"points": share} if share is not None else {})
        if n:
            said.pop("code", None)
            said.pop("text_en", None)
        pieces.append(Line(line.row, said, (part,)))
    return pieces
