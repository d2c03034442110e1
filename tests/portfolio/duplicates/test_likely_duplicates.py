"""What a draft is like: found among what the person may see, with the words that both have."""

from typing import Any

import pytest
from django.db import connection
from django.template import Template
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from aiso.events.models import Event
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.actions.register_initiative import register_initiative
from portfolio.duplicates import CLOSED_LEAST, Likeness, likely_duplicates
from portfolio.likeness import LEAST, Match
from portfolio.models import Initiative, SearchWord, Stage
from portfolio.models.search import UNWRITTEN
from portfolio.tasks import learn_search_words, refresh_search_words
from tests.factories import make_initiative, make_unit, move_stage

pytestmark = pytest.mark.django_db

OTHERS = [
    ("Fraud detection", "Flags odd claims before they are paid."),
    ("Predictive maintenance", "Detects worn pumps by their vibration."),
    ("Contract search", "Finds clauses in contracts."),
    ("Meeting notes", "Writes the minutes of meetings."),
    ("Demand forecast", "Foresees what customers order next month."),
    ("Travel assistant", "Answers what may be booked on a journey."),
]


@pytest.fixture
def invoices() -> Initiative:
    unit = make_unit()
    for name, summary in OTHERS:
        make_initiative(name, summary=summary, unit=unit)
    invoices = make_initiative(
        "Invoice matching",
        summary="Matches supplier invoices with purchase orders.",
        outcome="Accounts payable closes two days sooner.",
        unit=unit,
    )
    SearchWord.objects.refresh()
    return invoices


def found(user, name="", summary="", outcome="", **more):
    return likely_duplicates(user, name=name, summary=summary, outcome=outcome, **more)


def named(likenesses: list[Likeness]) -> list[str]:
    return [likeness.initiative.name for likeness in likenesses]


@pytest.mark.parametrize(
    ("name", "summary", "outcome"),
    [
        ("Invoice matching", "", ""),
        ("Matching of supplier invoices", "Purchase orders and invoices are matched.", ""),
        ("Invioce matchng", "", ""),
        ("INVOICE-MATCHING!", "", ""),
        ("Invoice matching 2", "", ""),
        ("", "Matches the invoices of suppliers with purchase orders", ""),
        ("Payables", "", "Accounts payable closes its books two days sooner."),
    ],
)
def test_the_same_in_other_words_is_found(invoices, requester, name, summary, outcome):
    likenesses = found(requester, name, summary, outcome)

    assert named(likenesses) == ["Invoice matching"]
    assert likenesses[0].score >= LEAST


def test_the_same_again_is_very_alike(invoices, requester):
    likeness = found(requester, invoices.name, invoices.summary, invoices.outcome)[0]

    assert likeness.score == pytest.approx(1)
    assert likeness.degree == "very alike"


def test_what_has_nothing_in_common_is_not(invoices, requester):
    assert found(requester, "Chatbot for students", "Answers questions on courses and exams.") == []


def test_matching_words_are_told_as_written(invoices, requester):
    likeness = found(requester, "Matching INVOICES", "Books of the accounts close sooner")[0]

    assert {*likeness.words} == {
        Match("Matching", "name"),
        Match("INVOICES", "name"),
        Match("accounts", "outcome"),
        Match("close", "outcome"),
        Match("sooner", "outcome"),
    }
    assert likeness.by_part[0][0] == "name"


def test_the_likest_comes_first_and_no_more_than_asked(invoices, requester):
    for country in ("Spain", "France", "Norway", "Chile", "Japan", "Kenya"):
        make_initiative(f"Invoice matching in {country}", summary="Compares bills.")
    SearchWord.objects.refresh()

    likenesses = found(requester, "Invoice matching", "Matches invoices with orders", most=3)

    assert len(likenesses) == 3
    assert likenesses[0].initiative == invoices
    assert [each.score for each in likenesses] == sorted((each.score for each in likenesses), reverse=True)


def test_a_draft_is_not_like_itself(invoices, requester):
    assert found(requester, invoices.name, invoices.summary, besides=invoices) == []


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "the and of", "?!", "2024", "\x00", "a\x00b", "\ud800", "日本語のチャットボット", "Ελληνικά", "🤖🤖",
        "'", "\\", "'\\''", "a & | ! ( ) :* <-> b", "'); DROP TABLE x; --", "%s %% {one}", "a" * 5000, "ﬁ\u202e\u0301",
        "word " * 4000, "https://example.org/a'b/c?d=e f@example.org", "x-y-z " * 50,
    ],
)  # fmt: skip
def test_odd_drafts_find_nothing_and_break_nothing(invoices, requester, text):
    assert found(requester, text, text, text) == []


def test_a_pasted_page_is_read(invoices, requester):
    page = "We should discuss something entirely different here. " * 300

    assert named(found(requester, "Invoice matching", f"{page} supplier invoices, purchase orders"[-20_000:])) == [
        "Invoice matching"
    ]


def test_another_language_is_found_by_its_words(invoices, requester):
    german = make_initiative("Rechnungsprüfung", summary="Gleicht Rechnungen der Lieferanten mit Bestellungen ab.")
    SearchWord.objects.refresh()

    assert [each.initiative for each in found(requester, "Rechnungsprüfung für Lieferanten")] == [german]
    assert [each.initiative for each in found(requester, "Rechnugsprüfung")] == [german]


def test_one_common_word_alone_is_not_enough(requester):
    unit = make_unit()
    for number in range(30):
        make_initiative(f"Chatbot for {'abcdefghij'[number % 10] * 5} {'klm'[number % 3] * 4}", unit=unit)
    SearchWord.objects.refresh()

    assert found(requester, "", "chatbot") == []


# Who sees what


def test_confidential_ones_are_for_those_who_may_see_them(
    invoices, requester, business_owner, office_member, auditor, stranger
):
    make_initiative("Zebra acquisition", summary="Buys a zebra farm.", is_confidential=True, owner=business_owner)
    SearchWord.objects.refresh()

    seen = {person: named(found(person, "Acquisition of zebras")) for person in (requester, stranger)}
    assert seen == {requester: [], stranger: []}
    for person in (business_owner, office_member, auditor):
        assert named(found(person, "Acquisition of zebras")) == ["Zebra acquisition"]


def test_a_confidential_one_changes_no_score_of_others(invoices, requester):
    draft = {"name": "Invoice zebra", "summary": "Matches supplier invoices of zebras."}
    before = [(each.initiative.pk, each.score, each.words) for each in likely_duplicates(requester, **draft)]
    for _ in range(5):
        make_initiative("Invoice zebra", summary="Supplier invoices of zebras", is_confidential=True)
    SearchWord.objects.refresh()

    assert [(each.initiative.pk, each.score, each.words) for each in likely_duplicates(requester, **draft)] == before


def test_those_hidden_from_a_person_displace_none(invoices, requester):
    unit = make_unit()
    Initiative.objects.bulk_create(
        [Initiative(name="Invoice matching", unit=unit, is_confidential=True) for _ in range(300)]
    )

    assert named(found(requester, "Invoice matching")) == ["Invoice matching"]


def test_nobody_without_an_active_account_sees_any(invoices, requester):
    requester.is_active = False

    assert found(requester, "Invoice matching") == []


# Those that ended


def test_those_off_the_register_are_left_out(invoices, requester):
    Initiative.objects.filter(pk=invoices.pk).update(is_off_register=True)

    assert found(requester, "Invoice matching", invoices.summary) == []


def test_merged_ones_are_left_out(invoices, requester):
    move_stage(invoices, Stage.MERGED)

    assert found(requester, "Invoice matching", invoices.summary) == []


def test_closed_ones_are_told_when_very_alike_after_running_ones(invoices, requester):
    running = make_initiative("Invoice matching in Spain", summary="Matches supplier invoices with purchase orders.")
    move_stage(invoices, Stage.CLOSED)
    SearchWord.objects.refresh()

    same = found(requester, "Invoice matching", "Matches supplier invoices with purchase orders.")
    assert [each.initiative for each in same] == [running, invoices]
    assert same[1].score > same[0].score
    faint = found(requester, "Supplier invoices archive")
    assert named(faint) == ["Invoice matching in Spain"]
    assert faint[0].score < CLOSED_LEAST


# Cost


def test_three_queries_whatever_the_draft(invoices, requester):
    assert requester.role_units
    texts = ["Invoice matching", "", "Invioce matchng of suplier ordres", "word " * 3000, "Chatbot"]
    counts = []
    for text in texts:
        with CaptureQueriesContext(connection) as queries:
            found(requester, text, invoices.summary)
        counts.append(len(queries))

    assert max(counts) <= 3
    with CaptureQueriesContext(connection) as queries:
        found(requester, "", " ")
    assert len(queries) == 0


# How words are counted


def share_of(word: str) -> float:
    return SearchWord.objects.get(word=word).share


def share(initiatives: int, *, of: int) -> Any:
    return pytest.approx(initiatives / (of + UNWRITTEN))


def test_words_are_counted_over_ordinary_initiatives(invoices):
    make_initiative("Invoices", is_confidential=True)
    make_initiative("Invoice archive", is_confidential=True)
    SearchWord.objects.refresh()

    assert share_of("invoice") == share_of("invoices") == share(1, of=7)


def test_a_new_initiative_is_counted_while_the_register_is_small(invoices, office_member):
    register_initiative(actor=office_member, name="Invoice archive", unit=invoices.unit)

    learn_search_words(Event.objects.get(name="initiative.registered").pk)

    assert share_of("invoice") == share(2, of=8)


def test_a_large_register_learns_words_and_counts_them_later(invoices, office_member, monkeypatch):
    monkeypatch.setattr("portfolio.tasks.SMALL", 3)
    register_initiative(actor=office_member, name="Invoices of zebras", unit=invoices.unit)
    event = Event.objects.get(name="initiative.registered").pk

    learn_search_words(event)
    assert (share_of("zebras"), share_of("invoice")) == (0, share(1, of=7))
    refresh_search_words(event)
    assert (share_of("zebras"), share_of("invoice")) == (share(1, of=8), share(2, of=8))


def test_an_edit_of_something_else_learns_nothing(invoices, office_member):
    SearchWord.objects.all().delete()
    edit_initiative(invoices, actor=office_member, changes={"value": Change(None, 3)})

    learn_search_words(Event.objects.get(name="initiative.edited").pk)

    assert not SearchWord.objects.exists()


def test_it_finds_the_same_before_any_word_was_counted(invoices, requester):
    SearchWord.objects.all().delete()

    assert named(found(requester, "Invoice matching", invoices.summary))[:1] == ["Invoice matching"]


# Drawn


def test_a_list_to_include(invoices):
    Initiative.objects.filter(pk=invoices.pk).update(name="<b>Invoice</b> matching", is_confidential=True)
    invoices.refresh_from_db()
    words = (Match("Invoices", "name"), Match("<i>", "summary"))
    likenesses = [Likeness(invoices, 0.824, words), Likeness(make_initiative(stage=Stage.PILOT), 0.31, ())]
    action = Template("<button>Join {{ likeness.initiative.reference }}</button>")

    html = render_to_string("portfolio/_likely_duplicates.html", {"likenesses": likenesses, "action": action})

    assert f'<a href="/initiatives/{invoices.reference}/">' in html
    assert "&lt;b&gt;Invoice&lt;/b&gt; matching" in html
    for part in ("82\N{NO-BREAK SPACE}%", "very alike", "some likeness", "Intake", "Pilot", "#lock", "&lt;i&gt;"):
        assert part in html
    assert "Same in its name" in html
    assert "Same in its outcome" not in html
    assert html.count("<button>Join AI-") == 2
    assert "<button" not in render_to_string("portfolio/_likely_duplicates.html", {"likenesses": likenesses})
