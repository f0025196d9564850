"""A command on the wire: what can be read, and when two are the same."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldbook.sync import BadCommand, BadPush, read_push
from fieldbook.sync.envelope import id_of, read_command
from tests.county import NOON, envelope, named


def a_command(**more: Any) -> dict[str, Any]:
    return envelope("finding.clear", named("finding"), {"words": "好"}, n=1, at=NOON) | more


def content_of(command: Any) -> str:
    return read_command(json.dumps(command).encode())[1]


def test_the_order_of_keys_and_the_way_letters_are_written_are_not_content():
    command = a_command()
    turned = dict(reversed(command.items()))

    contents = {content_of(command), content_of(turned), read_command(json.dumps(command, ensure_ascii=False, indent=3).encode())[1]}

    assert len(contents) == 1


@pytest.mark.parametrize("change", [{"body": {"words": "坏"}}, {"n": 2}, {"at": 5}, {"subject": str(named("other"))}, {"verb": "finding.void"}, {"seen_seq": 1}, {"after": str(named("x"))}])
def test_anything_else_is(change: dict[str, Any]):
    assert content_of(a_command()) != content_of(a_command(**change))


@pytest.mark.parametrize("name", ["DateTimeOriginal", "Make", "点", "a-b", "", "GPS Latitude"])
def test_what_a_camera_calls_its_facts_is_no_matter(name: str):
    """EXIF names are not ours, and a finding is never refused for the sake of a picture."""
    command = a_command(body={"photos": [{"exif": {name: "2025:06:12 10:00:00"}}]})

    assert content_of(command) == content_of(json.loads(json.dumps(command)))
    assert content_of(command) != content_of(a_command(body={"photos": [{"exif": {name: "2025:06:12 10:00:01"}}]}))


UNREADABLE = {
    "a float": b'{"words": 1.5}',
    "a float that is whole": b'{"words": 1.0}',
    "a number without end": b'{"words": 1e400}',
    "NUL": b'{"words": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "half a character": b'{"words": "\\ud800"}',
    "half a character in a name": b'{"\\ud800": 1}',
    "bytes that are no text": b'{"words": "\xff"}',
    "too deep": b"[" * 30 + b"]" * 30,
    "far too deep": b"[" * 5000 + b"]" * 5000,
    "cut off": b'{"words": "a',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_has_no_one_text_cannot_be_read_and_is_still_known_by_its_id_where_it_has_one(body: bytes):
    command = json.dumps(a_command(body="HERE")).encode().replace(b'"HERE"', body)

    with pytest.raises(BadCommand):
        read_command(command)

    assert id_of(command) in (UUID(a_command()["id"]), None)


@pytest.mark.parametrize(
    "change",
    [{"id": "1"}, {"id": None}, {"n": 0}, {"n": 1.0}, {"n": "1"}, {"verb": "x"}, {"verb": "Finding.clear"}, {"verb": "a" * 50}, {"at": 10**16}, {"offset_ms": 2**60}, {"v": 0}, {"after": "x"}, {"role": "administrator"}, {"body": ...}],
    ids=str,
)
def test_a_shape_that_is_not_the_envelopes_cannot_be_read(change: dict[str, Any]):
    command = {key: value for key, value in (a_command() | change).items() if value is not ...}

    with pytest.raises(BadCommand):
        read_command(json.dumps(command).encode())


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(lambda value: json.dumps(value).encode()))
def test_no_bytes_whatever_are_a_fault(data: bytes):
    for read, refusal in ((read_command, BadCommand), (read_push, BadPush)):
        with pytest.raises(refusal):
            read(data)
    assert id_of(data) is None


def test_one_unreadable_command_leaves_its_push_readable():
    device = uuid4()

    push = read_push(json.dumps({"device": str(device), "commands": [{"nonsense": True}, 5, a_command()]}).encode())

    assert (push.device, len(push.commands)) == (device, 3)
