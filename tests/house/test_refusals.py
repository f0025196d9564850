"""Every refusal has a code of its own, a status, and one sentence in two languages that says what to do."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

import fieldbook
from fieldbook.kernel import Refusal
from tests.servers import ROOT

SOURCE = ROOT / "inspect" / "fieldbook"
CATALOGUE = SOURCE / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MARK = re.compile(r"\{(\w+)\}")


def everything() -> None:
    for module in pkgutil.walk_packages(fieldbook.__path__, "fieldbook."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def below(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in root.__subclasses__():
        if child.__module__.startswith("fieldbook."):
            yield child
            yield from below(child)


everything()
REFUSALS = sorted(set(below(Refusal)), key=lambda refusal: refusal.code)


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="en") if message.id}


def test_no_code_means_two_things():
    codes = [refusal.code for refusal in REFUSALS]

    assert len(REFUSALS) > 30
    assert sorted(set(codes)) == codes


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal_says_its_room_its_status_and_what_to_do(refusal: type[Refusal]):
    room = refusal.__module__.split(".")[1]

    assert re.fullmatch(rf"{room}\.[a-z_]+", refusal.code)
    assert 400 <= refusal.status <= 507
    assert refusal.__doc__
    assert "code" in vars(refusal)
    assert "sentence" in vars(refusal)
    assert re.search(r"[\u4e00-\u9fff]", refusal.sentence)
    assert refusal.sentence.endswith("。")


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal_is_calm_in_both_languages(refusal: type[Refusal]):
    said = english().get(refusal.sentence, "")

    assert said, f"no English for {refusal.sentence}"
    assert said.endswith(".")
    assert set(MARK.findall(said)) == set(MARK.findall(refusal.sentence))
    for words in (refusal.sentence, said):
        assert not re.search(r"[!！]|error|failed|invalid|出错了|失败|非法|\b[45]\d\d\b", words, re.IGNORECASE), words


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Where each refusal is raised or made, by its last name, with the facts it is given."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            made = node.exc if isinstance(node, ast.Raise) and node.exc is not None else node if isinstance(node, ast.Call) else None
            if made is None:
                continue
            called = made.func if isinstance(made, ast.Call) else made
            name = ast.unparse(called).split(".")[-1]
            facts = {keyword.arg or "**" for keyword in made.keywords} if isinstance(made, ast.Call) else set()
            if isinstance(node, ast.Raise) or isinstance(made, ast.Call):
                yield f"{file.relative_to(SOURCE)}:{made.lineno}", name, facts


def test_whoever_refuses_gives_the_facts_the_sentence_speaks_of():
    needed = {refusal.__name__: set(MARK.findall(refusal.sentence)) for refusal in REFUSALS}

    wrong = [f"{where} {name} lacks {needed[name] - facts}" for where, name, facts in raised() if needed.get(name, set()) - facts and "**" not in facts]

    assert wrong == []


def test_every_refusal_is_raised_somewhere():
    used = {name for _, name, _ in raised()}

    assert {refusal.__name__ for refusal in REFUSALS if not refusal.__subclasses__()} - used == set()
