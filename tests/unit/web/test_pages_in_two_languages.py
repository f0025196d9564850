"""Templates are compiled once for each language, with its words in them: no page ever has another language's."""

import jinja2
from flask import Flask, g, render_template
from markupsafe import Markup

PAGE = "{% from 'part.html' import word %}{{ _('问题') }}|{{ word() }}|{{ _('%(n)s 件', n=n) }}|{{ frame.english }}|{{ frame.sep }}|{{ _('搜索')|length }}"
PART = "{% macro word() %}{{ _('责任单位') }}{% endmacro %}"


def said(app: Flask, language: str, **facts: object) -> str:
    app.jinja_env.loader = jinja2.DictLoader({"page.html": PAGE, "part.html": PART})
    with app.test_request_context("/"):
        g.language = language
        return render_template("page.html", **facts)


def test_each_language_has_its_own_words_wherever_a_template_says_them(app: Flask):
    chinese, english, chinese_again = (said(app, language, n=3) for language in ("zh", "en", "zh"))

    assert chinese == chinese_again == "问题|责任单位|3 件|False|\u3000|2"
    assert english == "Findings|Unit|3|True|, |6"


def test_facts_are_escaped_unless_they_are_markup(app: Flask):
    plain, markup = (said(app, "zh", n=fact).split("|")[2] for fact in ("<b>", Markup("<b>")))

    assert (plain, markup) == ("&lt;b&gt; 件", "<b> 件")
