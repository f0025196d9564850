"""Words: the catalogue. Chinese is the msgid; English is messages.po, read into memory at start."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, request
from flask.templating import Environment
from flask_babel import Babel
from flask_babel import Domain as _Domain
from flask_login import current_user
from jinja2 import nodes, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.visitor import NodeTransformer
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


def separator(language: str) -> str:
    """What stands between two facts of a line."""
    return ", " if language == "en" else "\u3000"


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
    text = translated(msgid)
    return fill(text, facts) if facts else text


def translated(msgid: str) -> str:
    """The words of the catalogue in the language of this request."""
    return str(_read(language()).gettext(msgid))


@pass_eval_context
def _in_templates(where: EvalContext, msgid: str, **facts: object) -> str:
    """The same for templates, where facts are escaped unless they are markup."""
    return _filled(where, translated(msgid), **facts)


@pass_eval_context
def _filled(where: EvalContext, text: str, **facts: object) -> str:
    """Words that are translated already, with their facts."""
    if not where.autoescape:
        return fill(text, facts) if facts else text
    return Markup(fill(text, {name: escape(fact) for name, fact in facts.items()}) if facts else text)  # noqa: S704 our own catalogue, facts escaped


class Pages(Environment):
    """Templates, compiled once for each language with the catalogue's words standing in them: a page has hundreds of words
    and looks for none of them. What is written around the words is the same for both, `_('…')` and `frame.english` and `frame.sep`.
    """

    #: None: the one that Flask knows, which hands every template to the environment of the request's language
    language: str | None = None

    def _load_template(self, name: Any, globals: Any) -> Any:
        if self.language is not None:
            return super()._load_template(name, globals)
        here = vars(self).setdefault("by_language", {})
        of_language = here.get(language())
        if of_language is None:
            of_language = here[language()] = self.overlay()
            of_language.language = language()
        return of_language._load_template(name, globals)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return _Settled(self.language, name or "").visit(tree) if self.language is not None else tree


class _Settled(NodeTransformer):
    """Puts what the language settles into a template before it is compiled."""

    def __init__(self, language: str, name: str) -> None:
        self.words, self.name = _read(language), name
        self.frame = {"english": language == "en", "sep": separator(language)}

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        self.generic_visit(node)
        given = node.args
        if not isinstance(node.node, nodes.Name) or node.node.name != "_" or len(given) != 1 or not isinstance(given[0], nodes.Const):
            return node
        text = str(self.words.gettext(given[0].value))
        if not node.kwargs and not node.dyn_kwargs:
            return self._markup(text, node)
        return nodes.Call(nodes.Name("_filled", "load"), [nodes.Const(text)], node.kwargs, None, node.dyn_kwargs, lineno=node.lineno)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Expr:
        self.generic_visit(node)
        if isinstance(node.node, nodes.Name) and node.node.name == "frame" and node.attr in self.frame:
            return nodes.Const(self.frame[node.attr], lineno=node.lineno)
        return node

    def _markup(self, text: str, node: nodes.Call) -> nodes.Expr:
        return nodes.Const(Markup(text) if self.name.endswith(".html") else text, lineno=node.lineno)  # noqa: S704 our own catalogue


def sentence(msgid: str, facts: dict[str, object]) -> str:
    """A refusal's sentence in the language of this request, with its facts filled in."""
    text = translated(msgid)
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def all_refusals(root: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every refusal there is, each with its code and sentence."""
    return [root] + [deeper for child in root.__subclasses__() for deeper in all_refusals(child)]


def install(app: Flask) -> None:
    """Put the catalogue in."""
    babel = Babel(app, default_locale="zh", locale_selector=language, default_timezone="UTC")
    babel.domain_instance = Domain()
    # a page asks for hundreds of words, and Babel's own way to each of them is five calls longer
    app.jinja_env.globals.update(_=_in_templates, _filled=_filled)
