import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from aiso import clock
from aiso.web import markup
from aiso.web.glossary import GLOSSARY
from aiso.web.stages import stage_track


def words(html: str) -> str:
    """What a person reads: the text without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\N{NO-BREAK SPACE}", " ").split())


def render(source: str, **context: object) -> str:
    return Template("{% load aiso %}" + source).render(Context(context))


def test_a_status_is_icon_and_word():
    html = markup.status("late", "9 days late")
    assert "alert-triangle" in html
    assert words(html) == "9 days late"


def test_texts_are_escaped():
    assert "<script>" not in markup.status("idle", "<script>")
    assert "<b>" not in markup.person("<b>Anna</b>")
    assert "<i>" not in markup.figure("<i>", "/")


def test_stages_on_the_way_and_off_it():
    assert "#stg-3" in markup.stage_chip("pilot", "needs")
    assert words(markup.stage_chip("limited_rollout")) == "Limited rollout"
    assert words(markup.stage_chip("paused")) == "Paused"
    assert words(markup.stage_chip("")) == "None"


def test_a_risk_tier_fills_its_bars():
    assert markup.risk_level("high").count('class="off"') == 1
    assert markup.risk_level("low").count('class="off"') == 3
    assert words(markup.risk_level("")) == "Not assessed"


def test_owners_tell_who_is_missing_else_how_long_they_hold():
    assert words(markup.owners(True, True, False)) == "B T R 1 missing : risk owner"
    assert words(markup.owners(True, True, True, 140)) == "B T R 140 d"
    assert words(markup.owners(True, True, True, 12)) == "B T R new, 12 d"


def test_a_priority_never_stands_without_its_parts():
    html = markup.priority(4.2, (5, 4, 4, 4, 4))
    assert words(html) == "4.2 , parts 5, 4, 4, 4, 2"
    assert 'title="value 5, feasibility 4, data readiness 4' in html
    assert "simple to govern 2" in html  # of a complexity of 4
    assert words(markup.priority(None)) == "None"


def test_money_has_its_exact_sum_and_its_rows():
    html = markup.money(120_000, url="/register/?released=1")
    assert 'title="120,000\N{NO-BREAK SPACE}€"' in html
    assert 'href="/register/?released=1"' in html


def test_deadlines_turn_amber_then_red():
    with clock.fixed_at(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        assert "st late" in markup.deadline(date(2026, 11, 20))
        assert "st risk" in markup.deadline(date(2026, 11, 23))
        assert words(markup.deadline(date(2026, 11, 28))) == "due 28 Nov 2026, in 7 days"
        assert "st late" not in markup.deadline(date(2026, 11, 20), done=True)


def test_initials():
    assert markup.initials("Anna Berg") == "AB"
    assert markup.initials("Anne-Marie von Übelhör") == "AÜ"
    assert markup.initials("anna@example.org") == "AE"
    assert markup.initials("") == ""


def test_a_page_defines_a_term_once(rf):
    source = '{% term "stable owner" %} {% term "Stable owner" "again" %}'
    html = render(source, request=rf.get("/"))
    assert html.count("popover class") == 1
    assert html.count('popovertarget="def-stable-owner"') == 2


def test_tags_work_in_templates():
    html = render('{% icon "bell" %}{% money 38240 %}{{ 1757|number }}{% priority 4.2 parts %}', parts=[5, 4, 4, 4, 3])
    assert "icons.svg#bell" in html
    assert words(html).startswith("38.2 k€ 1,757")


def test_the_way_through_the_stages():
    entered = {"intake": date(2026, 1, 1), "discovery": date(2026, 1, 22), "pilot": date(2026, 9, 8)}
    track = stage_track("pilot", entered, date(2026, 11, 21), needs="needs 2 of 5")
    assert [(step.stage, step.state, step.days) for step in track] == [
        ("intake", "done", 21),
        ("discovery", "done", 229),
        ("build", "done", None),
        ("pilot", "now", 74),
        ("limited_rollout", "ahead", None),
        ("scale", "ahead", None),
    ]
    assert [step.gate.state for step in track if step.gate] == ["passed", "skipped", "passed", "next", "ahead"]


ROOT = Path(settings.BASE_DIR)
SOURCES = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("aiso/**/*.py"), *ROOT.glob("portfolio/**/*.py")]
CALLS = {
    "icon": re.compile(r"""(?:\{% icon |\bicon\()["']([a-z0-9-]+)["']"""),
    "term": re.compile(r"""(?:\{% term |\bterm\()["']([A-Za-z -]+)["']"""),
}


@pytest.mark.parametrize(("call", "known"), [("icon", "sprite"), ("term", "glossary")])
def test_pages_use_only_what_there_is(call, known):
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
    there = sprite if known == "sprite" else set(GLOSSARY)
    used = {name.lower() for path in SOURCES for name in CALLS[call].findall(path.read_text())}
    assert used, "the pattern finds nothing any more"
    assert used - there == set()


def test_keys_of_rows_are_never_written_with_thousand_separators():
    """`id="row-1,137"` matches nothing, and no address holds it."""
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    found = [(path.name, key) for path in templates for key in re.findall(r"\{\{ (?:\w+\.)*pk \}\}", path.read_text())]
    assert found == []
