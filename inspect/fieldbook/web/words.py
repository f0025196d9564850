"""Words: the catalogue. Chinese is the msgid; English is messages.po, read into memory at start."""

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, get_domain
from flask_babel import Domain as _Domain
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from fieldbook.kernel import Refusal

HERE = Path(__file__).resolve().parent / "translations"
LANGUAGES = ("zh", "en")
COOKIE = "fieldbook-language"
#: a phone says with each question what its screens are in
HEADER = "Fieldbook-Language"


class Domain(_Domain):  # type: ignore[misc]
    """The catalogue without compiled files: the .po itself is the only copy."""

    def __init__(self) -> None:
        super().__init__(domain="messages")
        self._read = {language: _read(language) for language in LANGUAGES}

    def get_translations(self) -> Translations:
        return self._read[language()]

    def translation_of(self, language: str) -> Translations:
        return self._read[language]


@cache
def _read(language: str) -> Translations:
    file = HERE / language / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return Translations()
    compiled = BytesIO()
    with file.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """The language of this request: as its screens are, as chosen here, else the person's, else the browser's, else Chinese."""
    known: str | None = g.get("language")
    if known is None:
        chosen = request.headers.get(HEADER, "")
        if chosen not in LANGUAGES:
            chosen = request.cookies.get(COOKIE, "")
        if chosen not in LANGUAGES and current_user and current_user.is_authenticated:
            chosen = current_user.language
        known = chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "zh")
        g.language = known
    return str(known)


#: {n|place|places} in an English sentence: the first for 1, the second for any other number
_BY_NUMBER = re.compile(r"\{(\w+)\|([^|{}]*)\|([^|{}]*)\}")


def fill(text: str, facts: dict[str, Any]) -> str:
    """A sentence with its facts, and its nouns in their number."""
    if "|" in text and "{" in text:
        text = _BY_NUMBER.sub(lambda found: found[2] if str(facts.get(found[1], "")) == "1" else found[3], text)
    return text % facts


def _(msgid: str, **facts: object) -> str:
    """A page's words in the language of this request, with `%(fact)s` marks filled in.

    A word that English says in the plural over a page or in the rail ends in U+200B there, which nobody sees: 点位 is Place in a form.
    """
    text = str(get_domain().get_translations().ugettext(msgid))
    return fill(text, facts) if facts else text


def _in_templates(domain: Domain) -> Callable[..., str]:
    """The same for templates, where facts are escaped unless they are markup."""

    @pass_eval_context
    def say(where: EvalContext, msgid: str, **facts: object) -> str:
        text = str(domain.get_translations().gettext(msgid))
        if not where.autoescape:
            return fill(text, facts) if facts else text
        return Markup(fill(text, {name: escape(fact) for name, fact in facts.items()}) if facts else text)  # noqa: S704 our own catalogue, facts escaped

    return say


def sentence(msgid: str, facts: dict[str, object]) -> str:
    """A refusal's sentence in the language of this request, with its facts filled in."""
    text = str(get_domain().get_translations().ugettext(msgid))
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def all_refusals(root: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every refusal there is, each with its code and sentence."""
    return [root] + [deeper for child in root.__subclasses__() for deeper in all_refusals(child)]


def install(app: Flask) -> None:
    """Put the catalogue in."""
    babel = Babel(app, default_locale="zh", locale_selector=language, default_timezone="UTC")
    domain = babel.domain_instance = Domain()
    # a page asks for hundreds of words, and Babel's own way to each of them is five calls longer
    app.jinja_env.globals["_"] = _in_templates(domain)
