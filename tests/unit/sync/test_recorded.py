"""What phones of every release send is still accepted: their commands were recorded, and are said again here."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fieldbook import __version__, sync
from tests.county import County
from tests.fixtures.pushes.record import HERE, say, shapes

RELEASES = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and (folder / "schema.json").exists())


def told(release: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text("utf-8")) for file in sorted((HERE / release).glob("[0-9]*.json"))]


def all_names(value: Any) -> set[str]:
    """Every key anywhere in a value."""
    if isinstance(value, dict):
        return set(value) | set().union(*map(all_names, value.values()))
    return set().union(*map(all_names, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("release", RELEASES)
def test_every_recorded_command_is_accepted(app: Flask, release: str):
    town: County = app.extensions["small county"]

    answers = [(recorded["command"]["verb"], say(app, town, recorded["who"], recorded["command"])["answer"]) for recorded in told(release)]

    assert answers
    assert {answer for _, answer in answers} == {"ok"}, answers
    with app.app_context():
        town.check_out()


def test_this_release_is_recorded_with_every_verb_and_all_that_each_can_carry():
    commands = [recorded["command"] for recorded in told(__version__)]
    shapes_now = shapes()

    assert {command["verb"] for command in commands} == set(sync.BOOK)
    bodies = {name for part, shape in shapes_now["parts"].items() if part not in ("Envelope", "Push") for name in shape.get("properties", {})}
    assert bodies <= all_names([command["body"] for command in commands])


def test_a_changed_shape_is_a_new_recording():
    """Run `PYTHONPATH=inspect python -m tests.fixtures.pushes.record` for a new release; never change what an old one sent."""
    recorded = json.loads((HERE / __version__ / "schema.json").read_text("utf-8"))

    assert shapes() == recorded


def test_no_two_commands_of_a_release_have_one_id():
    for release in RELEASES:
        ids = [recorded["command"]["id"] for recorded in told(release)]
        assert len(set(ids)) == len(ids)
    assert Path(HERE / __version__).is_dir()
