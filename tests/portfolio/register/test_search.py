"""Free text finds words, their beginnings and mistyped ones, and says what it took instead."""

import pytest

from aiso.events.models import Event
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.models import Initiative, SearchWord
from portfolio.search import CANDIDATES, search_for
from portfolio.tasks import learn_search_words
from tests.factories import make_initiative, make_unit


@pytest.fixture
def initiatives(db):
    rows = {
        "fraud": make_initiative("Fraud detection", summary="Finds suspicious claims."),
        "claims": make_initiative("Claims triage", summary="Sorts claims and hints at fraud."),
        "pumps": make_initiative("Predictive maintenance", summary="Detects worn pumps."),
        "secret": make_initiative("Zebra acquisition", is_confidential=True),
    }
    SearchWord.objects.refresh()
    return rows


def found(text):
    search = search_for(text)
    return list(search.rank(search.narrow(Initiative.objects.all())))


@pytest.mark.parametrize(
    "text",
    [
        "fraud detection", "fruad detecton", "Fraud DETECTING", "fraud detec", "detection, fraud!",
        "fraud detectoin", "fraud detetcion", "fraud dtection", "fruad detction",
    ],
)  # fmt: skip
def test_the_best_match_comes_first(initiatives, text):
    assert found(text)[0] == initiatives["fraud"]


def test_every_word_must_match(initiatives):
    assert found("fraud pumps") == []


def test_the_name_counts_more_than_the_summary(initiatives):
    assert found("fraud") == [initiatives["fraud"], initiatives["claims"]]


def test_the_outcome_is_searched_too_and_counts_least(initiatives):
    better = make_initiative("Meter reading", outcome="Fewer fraud cases.")
    SearchWord.objects.refresh()

    assert found("fraud") == [initiatives["fraud"], initiatives["claims"], better]
    assert search_for("metre").corrections == {"metre": ["meter"]}


def test_what_was_taken_instead_is_said(initiatives):
    assert search_for("fruad").corrections == {"fruad": ["fraud"]}
    assert search_for("fraud").corrections == {}


def test_words_of_confidential_initiatives_are_not_suggested(initiatives):
    assert search_for("zebar").corrections == {}
    assert found("zebra") == [initiatives["secret"]]


@pytest.mark.parametrize(
    "text", ["", "   ", "'); DROP TABLE x; --", "& | ! ( ) :*", "the", "\x01", "日本語", "a" * 500]
)
def test_odd_text_finds_nothing_and_breaks_nothing(initiatives, text):
    assert found(text.replace("\x00", "")) == []


def test_no_more_than_the_candidates_are_ranked(db):
    unit = make_unit()
    Initiative.objects.bulk_create(
        [Initiative(name=f"Chatbot {number}", unit=unit) for number in range(CANDIDATES + 5)]
    )
    SearchWord.objects.refresh()

    assert search_for("chatbot").narrow(Initiative.objects.all()).count() == CANDIDATES


def test_words_go_when_their_initiative_turns_confidential(initiatives, office_member):
    assert search_for("predcitive").corrections == {"predcitive": ["predictive"]}
    changes = {"is_confidential": Change(was=False, to=True)}
    edit_initiative(initiatives["pumps"], actor=office_member, changes=changes)

    learn_search_words(Event.objects.get(name="initiative.edited").pk)

    assert search_for("predcitive").corrections == {}
