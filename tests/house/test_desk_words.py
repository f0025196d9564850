"""The desk's words: no sentence outside the catalogue, none without its English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PYTHON = sorted((ROOT / "inspect" / "fieldbook").rglob("*.py"))
CATALOGUE = ROOT / "inspect/fieldbook/web/translations/en/LC_MESSAGES/messages.po"

CALL = re.compile(r"\b_\(\s*'((?:[^'\\]|\\.)*)'")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
HAN = re.compile(r"[\u4e00-\u9fff]")
#: the switch to Chinese is written in Chinese, whatever the page's language
OWN_NAME = 'lang="zh-CN">中文<'


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="en") if message.id}


def in_python() -> Iterator[tuple[str, Path]]:
    """Sentences of refusals, of doubts, and of the pages."""
    for file in PYTHON:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                name = getattr(node.targets[0] if isinstance(node, ast.Assign) else node.target, "id", "")
                if name == "sentence" and isinstance(node.value, ast.Constant):
                    yield str(node.value.value), file
                if name == "SENTENCES" and isinstance(node.value, ast.Dict):
                    yield from ((str(value.value), file) for value in node.value.values if isinstance(value, ast.Constant))
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called in ("_", "sentence") and isinstance(node.args[0].value, str):
                    yield node.args[0].value, file


def in_templates() -> Iterator[tuple[str, Path]]:
    for file in TEMPLATES:
        for found in CALL.finditer(COMMENT.sub("", file.read_text("utf-8"))):
            yield str(ast.literal_eval(f"'{found[1]}'")), file


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_says_nothing_outside_the_catalogue(file: Path) -> None:
    text = COMMENT.sub("", file.read_text("utf-8")).replace(OWN_NAME, "")

    bare = HAN.findall(CALL.sub("", text))

    assert not bare, f"outside _(): {''.join(bare)}"


def test_every_sentence_has_its_english() -> None:
    known = english()

    missing = sorted({f"{sentence}  ({file.name})" for sentence, file in [*in_templates(), *in_python()] if not known.get(sentence)})

    assert not missing, "\n".join(missing)


def test_english_keeps_the_facts_of_the_sentence() -> None:
    marks = re.compile(r"%\(\w+\)s|\{\w+\}")

    broken = {msgid for msgid, said in english().items() if set(marks.findall(msgid)) - set(marks.findall(said))}

    assert not broken


def test_the_catalogue_is_sorted_and_holds_nothing_unused() -> None:
    known = list(english())

    used = {sentence for sentence, _file in [*in_templates(), *in_python()]}

    assert known == sorted(known)
    assert not [msgid for msgid in known if msgid not in used]


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_template_holds_no_style_and_no_script_of_its_own(file: Path) -> None:
    text = file.read_text("utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_form_that_changes_something_carries_its_token(file: Path) -> None:
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", file.read_text("utf-8"), re.DOTALL)

    assert all("csrf_token()" in form or "token()" in form or "hidden()" in form for form in forms)
