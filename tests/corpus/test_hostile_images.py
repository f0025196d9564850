"""Every odd and hostile picture of the shared corpus gets its verdict, as a phone's upload would: by its bytes alone."""

import hashlib
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldbook import evidence
from fieldbook.evidence import Decoder, LocalStore, PhotoState
from fieldbook.kernel import Refusal
from tests.corpus import made

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "hostile"


def cases() -> list[dict[str, Any]]:
    if not (CORPUS / "expect.json").exists():
        return []
    return [case for case in json.loads((CORPUS / "expect.json").read_text("utf-8")) if case["file"].startswith("images/")]


def test_the_corpus_is_here_or_is_said_not_to_be() -> None:
    if not cases():
        print(f"no corpus at {CORPUS}: only the photos made by these tests were tried")
        return
    assert len(cases()) > 100


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["file"])
def test_its_verdict_is_the_expected_one(case: dict[str, Any], decoder: Decoder, tmp_path: Path) -> None:
    data = (CORPUS / case["file"]).read_bytes()

    verdict, why = judge(data, decoder, LocalStore(tmp_path, reserve_bytes=0))

    if case["verdict"] == "either":
        small_or_listed = why in ("evidence.too_small", "evidence.not_a_photo") and ("too small" in case["must"] or "refuse" in case["must"] or "allow-list" in case["must"])
        assert verdict == "accept" or small_or_listed, (why, case["must"])
    else:
        assert verdict == case["verdict"], (why, case["must"])


def judge(data: bytes, decoder: Decoder, store: LocalStore) -> tuple[str, str]:
    """What becomes of a photo: kept with its bytes unchanged and shown, or refused with a code and nothing left behind."""
    start, before = time.process_time(), decoder.pid
    try:
        kept = evidence.keep(store, io.BytesIO(data), size=len(data), sha256=hashlib.sha256(data).hexdigest())
    except Refusal as refusal:
        left, status, code = [path for path in store.folder.rglob("*") if path.is_file()], refusal.status, refusal.code
    else:
        left, status, code = [], 0, ""
    assert time.process_time() - start < 1.0
    if code:
        assert left == []
        assert 400 <= status < 500
        return "refuse", code
    outcome = evidence.check(decoder, store, kept.sha256)
    assert before in (None, decoder.pid), "the decoder died of it"
    if outcome.verdict is PhotoState.DAMAGED:
        return "refuse", outcome.why
    assert read(store, kept.sha256) == data
    assert store.has(f"{kept.sha256}.small")
    assert store.has(f"{kept.sha256}.large")
    return "accept", ""


@pytest.mark.parametrize("name", [*made.GOOD, *made.DAMAGED, *made.REFUSED])
def test_our_own_corpus_has_the_same_kinds(name: str, decoder: Decoder, tmp_path: Path) -> None:
    data = (made.GOOD | made.DAMAGED | {key: make for key, (_, make) in made.REFUSED.items()})[name]()

    verdict, _ = judge(data, decoder, LocalStore(tmp_path, reserve_bytes=0))

    assert verdict == ("accept" if name in made.GOOD else "refuse")


def reuse(name: str, decoder: Decoder) -> evidence.Outcome | None:
    path = CORPUS / "images" / "made" / f"reuse_{name}.jpg"
    return decoder.check(path.read_bytes()) if path.exists() else None


@pytest.mark.parametrize(("name", "found"), [("q50", True), ("exif_rotated", True), ("same_bytes_copy", True), ("mirrored", True), ("other_scene_a", False)])
def test_re_use_is_seen_in_the_corpus(name: str, found: bool, decoder: Decoder) -> None:
    base, other = reuse("base", decoder), reuse(name, decoder)
    if base is None or other is None:
        print(f"no corpus at {CORPUS}: re-use was tried on our own pictures only")
        return

    assert base.dhash is not None
    assert other.dhash is not None
    assert other.mirror_dhash is not None
    apart = min(evidence.rules.bits_apart(base.dhash, hash_) for hash_ in (other.dhash, other.mirror_dhash))
    assert (apart <= evidence.rules.NEAR_BITS) is found


def read(store: LocalStore, key: str) -> bytes:
    with store.open(key) as file:
        return file.read()
