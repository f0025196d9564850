"""The demo's photos: drawings in pairs, each use made a file of its own."""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook import evidence, findings, journal
from fieldbook.evidence import Decoder, LocalStore, Outcome, PhotoNamed, Source, Where
from fieldbook.kernel import to_ms
from fieldbook.standards import Criterion

from .places import DATA, demo_id

FOLDER = DATA / "pictures"
#: these alone are compared by what they show, so that a few near copies come up as doubts; there are far more findings
#: than drawings, and every one of them would look like an earlier one
COMPARED = "brick"


@dataclass(frozen=True)
class Pair:
    """A drawing of something wrong, and of the same put right. words: parts of the criteria it suits."""

    scene: str
    before: str
    after: str
    themes: frozenset[str]
    kinds: frozenset[str]
    words: tuple[str, ...]

    def suits(self, criterion: Criterion) -> int:
        """How well it fits a criterion; 0 = not at all. The kind of place counts most: no street stands for a hall."""
        text = criterion.text() + "".join(criterion.reasons())
        hits = min(sum(word in text for word in self.words), 3)
        theme = criterion.body["theme_short_zh"] in self.themes
        return hits * 3 + theme * 2 + (criterion.kind in self.kinds) * 5


@dataclass(frozen=True)
class Shot:
    """One photo: the drawing it is, the mark that makes it a file of its own, and what the command says of it."""

    picture: str
    mark: str
    named: PhotoNamed


class Album:
    """The drawings, and how they become photos in the store."""

    def __init__(self) -> None:
        told = json.loads((FOLDER / "index.json").read_text("utf-8"))
        self.pairs = [
            Pair(p["scene"], p["before"], p["after"], frozenset(p["themes"]), frozenset(p["kinds"]), tuple(p["words"])) for p in told
        ]
        self._bytes: dict[str, bytes] = {}
        self._ranked: dict[str, list[tuple[int, Pair]]] = {}

    def fit(self, criterion: Criterion) -> int:
        """How well the best drawing fits the criterion."""
        return self._best(criterion)[0][0]

    def pair_for(self, criterion: Criterion, dice: Random) -> Pair:
        """A pair that fits the criterion about as well as any."""
        ranked = self._best(criterion)
        return dice.choice([pair for fit, pair in ranked if fit >= ranked[0][0] - 1])

    def pair_of(self, scene: str, dice: Random) -> Pair:
        """A pair of this scene."""
        return dice.choice([pair for pair in self.pairs if pair.scene == scene])

    def shot(
        self,
        picture: str,
        mark: str,
        *,
        taken_at: datetime,
        at: tuple[int, int] | None,
        accuracy_m: int,
        source: Source = Source.CAMERA,
    ) -> Shot:
        """A photo of `picture`. at: (lat_e7, lon_e7), None when the phone had no position."""
        data = self.data(picture, mark)
        width, height = 780, 1040
        where = Where(at[0], at[1], accuracy_m, 2) if at else None
        return Shot(picture, mark, PhotoNamed(hashlib.sha256(data).hexdigest(), len(data), width, height, to_ms(taken_at), source, position=where))

    def data(self, picture: str, mark: str) -> bytes:
        """The drawing's JPEG with a comment of its own: the same to the eye, another file by its hash."""
        if picture not in self._bytes:
            self._bytes[picture] = (FOLDER / picture).read_bytes()
        comment = f"Fieldbook demo {mark}".encode()
        return self._bytes[picture][:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + self._bytes[picture][2:]

    def _best(self, criterion: Criterion) -> list[tuple[int, Pair]]:
        if criterion.code not in self._ranked:
            fits = [(pair.suits(criterion), pair) for pair in self.pairs]
            self._ranked[criterion.code] = sorted(fits, key=lambda fit: -fit[0])
        return self._ranked[criterion.code]


class Shelf(LocalStore):
    """A store that waits for no disk: nobody is told that these photos are kept, and a fill cut short begins anew."""

    def put(self, key: str, path: Path | str) -> None:
        target = self.folder / key[:2] / key
        target.parent.mkdir(exist_ok=True, mode=0o750)
        os.chmod(path, 0o440)
        os.rename(path, target)


class Darkroom:
    """Puts photos into the store as if a phone had sent them. A drawing is decoded once, whatever photos are made of it.

    Use as a context. Its templates lie in the store's spool, so that a copy is a link and costs neither time nor room.
    """

    def __init__(self, album: Album, folder: Path) -> None:
        self.album, self.store = album, Shelf(folder)
        self._decoder = Decoder()
        self._templates = TemporaryDirectory(dir=self.store.spool)
        self._outcomes: dict[str, Outcome] = {}

    def __enter__(self) -> "Darkroom":
        return self

    def __exit__(self, *_: object) -> None:
        self._decoder.close()
        self._templates.cleanup()
        os.sync()

    def arrive(self, session: Session, shots: Sequence[Shot], *, who: UUID, device: UUID | None, at: datetime) -> None:
        """Keep the photos' bytes, note their arrival, and settle what the decoder saw."""
        kept = [self._keep(shot) for shot in shots]
        with journal.begin(session, who=who, at=at, device=device) as act:
            for one in kept:
                evidence.receive(act, one, reach=findings.photo_keys(act.session, one.sha256))
        with journal.begin(session, who=None, at=at) as act:
            for shot in shots:
                seen = self._seen(shot.picture)
                sha256 = shot.named.sha256
                evidence.settle(act, sha256, seen, reach=findings.photo_keys(act.session, sha256))

    def _keep(self, shot: Shot) -> evidence.Kept:
        data = self.album.data(shot.picture, shot.mark)
        kept = evidence.keep(self.store, io.BytesIO(data), size=len(data), sha256=shot.named.sha256)
        self._seen(shot.picture)
        for copy in ("small", "large"):
            link = Path(self._templates.name) / f"{kept.sha256}.{copy}"
            os.link(self._template(shot.picture, copy), link)
            self.store.put(f"{kept.sha256}.{copy}", link)
        return kept

    def _seen(self, picture: str) -> Outcome:
        if picture not in self._outcomes:
            outcome = self._decoder.check(self.album.data(picture, ""))
            for copy, data in (("small", outcome.small), ("large", outcome.large)):
                self._template(picture, copy).write_bytes(data)
            # a drawing has no lens: how sharp it is says nothing
            outcome = replace(outcome, small=b"", large=b"", sharpness=None, detail=None)
            self._outcomes[picture] = outcome if picture.startswith(COMPARED) else replace(outcome, dhash=None, mirror_dhash=None)
        return self._outcomes[picture]

    def _template(self, picture: str, copy: str) -> Path:
        return Path(self._templates.name) / f"{picture}.{copy}"


def mark_of(*what: object) -> str:
    """A mark that no other photo has."""
    return demo_id("photo", *what).hex[:16]
