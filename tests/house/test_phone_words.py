"""The phone's words: every sentence on its screens is Chinese in the code and has its English."""

import re
from pathlib import Path

from fieldbook.web.shell import plain_js

PHONE = Path(__file__).parents[2] / "static" / "phone"
HAN = re.compile(r"[〇\u3400-\u9fff，。：；！？（）“”、]")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
#: written in both languages where they stand: names of languages, the cover's characters, dates and units
BOTH_LANGUAGES_INSIDE = {"kit/format.js", "kit/words-en.js"}
#: knows Chinese punctuation, says nothing
SILENT = {"work/initials.js", "work/search.js"}
NOT_SENTENCES = {"中文", "巡", "查", "簿", "〇一二三四五六七八九", "zh"}


def _modules() -> dict[str, str]:
    """Every module of the field app without its comments, by path."""
    return {path.relative_to(PHONE).as_posix(): plain_js(path.read_text("utf-8")) for path in sorted(PHONE.rglob("*.js"))}


def _english() -> dict[str, str]:
    pairs = re.findall(r'^\s*("(?:[^"\\]|\\.)*"):\s*("(?:[^"\\]|\\.)*"),$', (PHONE / "kit" / "words-en.js").read_text("utf-8"), re.MULTILINE)
    return {_unquoted(zh): _unquoted(en) for zh, en in pairs}


def _unquoted(literal: str) -> str:
    return literal[1:-1].replace('\\"', '"')


def _spoken() -> dict[str, str]:
    """Every Chinese string in the code -> the module it stands in."""
    found: dict[str, str] = {}
    for name, text in _modules().items():
        if name in BOTH_LANGUAGES_INSIDE | SILENT:
            continue
        for literal in STRING.findall(text):
            words = _unquoted(literal)
            if HAN.search(words) and words not in NOT_SENTENCES:
                found[words] = name
    return found


def test_every_sentence_has_its_english() -> None:
    english = _english()

    missing = {words: where for words, where in _spoken().items() if words not in english}

    assert missing == {}


def test_no_english_is_left_over() -> None:
    spoken = _spoken()

    assert [words for words in _english() if words not in spoken] == []


def test_both_languages_name_the_same_facts() -> None:
    facts = re.compile(r"\{(\w+)\}")

    differ = [zh for zh, en in _english().items() if set(facts.findall(zh)) != set(facts.findall(en))]

    assert differ == []


def test_no_chinese_stands_bare_in_markup() -> None:
    bare = {name: HAN.findall(STRING.sub("", text)) for name, text in _modules().items() if name not in BOTH_LANGUAGES_INSIDE | SILENT}

    assert {name: found for name, found in bare.items() if found} == {}


def test_every_icon_a_screen_names_is_drawn() -> None:
    drawn = set(re.findall(r'^ +"?([a-z0-9-]+)"?: "', "".join(path.read_text("utf-8") for path in (PHONE / "kit").glob("icons*.js")), re.MULTILINE))
    screens = "\n".join(text for name, text in _modules().items() if name.startswith("screens/"))

    named = set(re.findall(r'(?:\bn=|\bsign=|icon: )"([a-z0-9-]+)"', screens))

    assert named - drawn == set()
