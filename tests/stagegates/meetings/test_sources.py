"""What comes to the agenda of the portfolio review by itself, and what does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aiso import clock
from forums.actions.agenda import fill_agenda, put_off
from forums.models import Forum
from portfolio.actions.edit_initiative import Change, edit_initiative
from portfolio.models import Bucket, Initiative, SearchWord, Stage
from stagegates.actions.decide import decide_review
from stagegates.agenda import SOURCES
from stagegates.agenda.ranks import moved_since, ranks_of
from stagegates.models import FastLaneAudit
from tests.factories import make_initiative, make_person

from ..decisions.conftest import approve, make_condition, make_review
from .conftest import make_meeting

pytestmark = pytest.mark.django_db
PARTS = {"feasibility": 3, "data_readiness": 3, "strategic_fit": 3, "governance_complexity": 3}


@pytest.fixture
def forum(db) -> Forum:
    return Forum.objects.get(slug="portfolio-review")


def proposed(name, forum, day=None):
    source = next(each for each in SOURCES if each.name == name)
    return [*source.find(forum, day or clock.today())]


def settled(forum, source, key, **fields):
    """An item of an earlier meeting that was spoken of."""
    return forum.items.create(
        title="Spoken of",
        source=source,
        key=key,
        state="done",
        settled_by=make_person(),
        settled_at=clock.now(),
        **fields,
    )


def test_reviews_that_wait_for_this_body(forum, review, initiative):
    other = make_review(make_initiative(stage="pilot"), body=Forum.objects.get(slug="executive-sponsor"))
    make_review(make_initiative(stage="pilot"), submitted=False)
    [found] = proposed("ready_to_decide", forum)
    assert (found.key, found.initiative_id) == (f"review-{review.pk}", initiative.pk)
    assert found.title == "Predictive maintenance: production fit"
    assert found.why.startswith("Ready to decide since ")
    [found] = proposed("ready_to_decide", other.body)
    assert found.key == f"review-{other.pk}"


def test_a_held_review_comes_back_on_its_day(forum, review, chair):
    until = clock.today() + timedelta(days=10)
    decide_review(review, actor=chair, outcome="hold", rationale="Later.", hold_until=until)
    assert proposed("ready_to_decide", forum) == []
    assert len(proposed("ready_to_decide", forum, until)) == 1


def test_filled_items_are_tied_to_their_review_and_stay_so_when_put_off(forum, review, secretary):
    meeting = make_meeting(live=False)
    fill_agenda(meeting)
    item = meeting.items.get(source="ready_to_decide")
    assert item.review_item.review == review
    meeting.state, meeting.started_at = "in_progress", clock.now()
    meeting.save()
    item.refresh_from_db()
    later = put_off(item, actor=secretary)
    assert later.pk != item.pk
    assert later.review_item.review == review


def test_what_was_decided_between_meetings_is_shown_once(forum, review, chair, initiative):
    approve(review, chair)
    assert [each.title for each in proposed("decided_between", forum)] == ["Decided between meetings"]
    make_meeting(
        state="closed", starts_at=clock.now() - timedelta(hours=1), started_at=clock.now(), closed_at=clock.now()
    )
    assert proposed("decided_between", forum, clock.today() + timedelta(days=30)) == []


def test_overdue_conditions_are_one_item(forum, review, chair, initiative, technical_owner):
    assert proposed("overdue_conditions", forum) == []
    decision = approve(review, chair)
    for days in (5, 9, -5):
        make_condition(decision, technical_owner, due_on=clock.today() - timedelta(days=days))
    [found] = proposed("overdue_conditions", forum)
    assert found.why == "Past their day: each is met, waived, or its approval is looked at again."


def test_the_fast_lane_sample_is_one_item(forum, fast_decision):
    [found] = proposed("fast_lane_sample", forum)
    assert found.why == "Decisions of the delegate, drawn at random or a requester’s first."


@pytest.fixture
def fast_decision(review, chair, requester):
    decision = approve(review, chair)
    return FastLaneAudit.objects.create(decision=decision, requester=requester, draw=0, share=1, is_first=True)


def test_stalled_beyond_the_normal_time_the_oldest_first(forum, chair):
    day = clock.today()
    rows = {
        days: make_initiative(f"After {days}", stage="pilot", since=day - timedelta(days=days))
        for days in range(118, 130, 2)
    }
    make_initiative(stage=Stage.SCALE, since=day - timedelta(days=900))
    found = proposed("stalled", forum)
    assert [each.title for each in found] == [
        "Stalled: After 128",
        "Stalled: After 126",
        "Stalled: After 124",
        "Stalled: After 122",
    ]
    assert found[0].why.startswith("In pilot for 128 days, 120 are normal")
    settled(forum, "stalled", found[0].key, initiative=rows[128])
    make_review(rows[126])
    assert [each.title for each in proposed("stalled", forum)] == ["Stalled: After 124", "Stalled: After 122"]


def test_an_agenda_takes_only_so_many_stalled_ones(forum):
    for days in range(200, 208):
        make_initiative(stage="pilot", since=clock.today() - timedelta(days=days))
    assert len(proposed("stalled", forum)) == 5


def test_a_confidential_one_is_named_to_no_body_that_it_was_never_before(forum):
    since = clock.today() - timedelta(days=200)
    for name in ("Project Heron", "Project Ibis"):
        make_initiative(name, stage="pilot", since=since, owner=make_person(), is_confidential=True)
    assert proposed("stalled", forum) == []
    make_review(Initiative.objects.get(name="Project Ibis"), closed_at=clock.now())
    assert [each.title for each in proposed("stalled", forum)] == ["Stalled: Project Ibis"]
    assert proposed("stalled", Forum.objects.get(slug="standards-review")) == []


def test_likely_duplicates_until_they_were_spoken_of(forum):
    words = "Predictive maintenance of coolant pumps"
    one, other = make_initiative(words), make_initiative(f"{words} in plants")
    make_initiative("Answering letters of citizens")
    secret = make_initiative(words, is_confidential=True)
    for number in range(30):
        make_initiative(f"q{number}alpha w{number}beta")
    SearchWord.objects.refresh()
    [found] = proposed("likely_duplicates", forum)
    assert (found.key, found.initiative_id) == (f"alike-{one.pk}-{other.pk}", other.pk)
    assert secret.reference not in found.why
    settled(forum, "likely_duplicates", found.key)
    assert proposed("likely_duplicates", forum) == []


@pytest.fixture
def ranked(transactional_db):
    """Six of one bucket, each in a transaction of its own so that history tells them apart in time."""
    bucket, lead = Bucket.objects.order_by("pk").first(), make_person("Otto Lead", "office_lead")
    rows = [make_initiative(f"Ranked {place}", bucket=bucket) for place in range(6)]
    for place, row in enumerate(rows):
        parts = PARTS | {"value": 5 if place < 3 else 4}
        edit_initiative(row, actor=lead, changes={name: Change(None, part) for name, part in parts.items()})
    return rows, lead


def test_ranks_that_changed_since(ranked):
    rows, lead = ranked
    then = timezone.now()
    forum = Forum.objects.get(slug="portfolio-review")
    assert ranks_of([rows[0].pk, rows[5].pk]) == {rows[0].pk: (1, 6), rows[5].pk: (4, 6)}
    edit_initiative(rows[0], actor=lead, changes={"value": Change(5, 1)})
    moves = moved_since(then)
    [moved] = moves.rows
    assert (moved.initiative, moved.place_then, moved.place, moved.went_up) == (rows[0], 1, 6, False)
    assert moves.sentence == "1 moved 3 places or more by its own score."
    assert moved_since(timezone.now()).rows == []
    make_meeting(state="closed", starts_at=then - timedelta(days=1), started_at=then, closed_at=then)
    day = clock.today() + timedelta(days=30)
    [found] = proposed("changed_ranks", forum, day)
    assert found.title == "Priorities that changed rank"
    assert "in their bucket, or scored for the first time" in found.why


def scored(row, lead, **was_and_is):
    edit_initiative(row, actor=lead, changes={name: Change(*both) for name, both in was_and_is.items()})


def test_those_that_only_were_passed_are_counted(ranked, django_assert_num_queries):
    rows, lead = ranked
    then = timezone.now()
    best = [make_initiative(f"New {place}", bucket=rows[0].bucket) for place in range(3)]
    unscored = make_initiative("Unscored", bucket=rows[0].bucket)
    for row in best:
        scored(row, lead, value=(None, 5), **dict.fromkeys(PARTS, (None, 4)) | {"governance_complexity": (None, 1)})
    with django_assert_num_queries(2):
        moves = moved_since(then)
    assert {each.initiative for each in moves.rows} == {*best}
    assert [(each.is_new, each.place_then, each.place) for each in moves.rows] == [(True, None, 1)] * 3
    assert unscored not in {each.initiative for each in moves.rows}
    assert moves.sentence == "3 were scored for the first time; 6 others moved as far without a change of their own."

    # Four that each go up by fewer places pass two, of which alone nobody speaks.
    scored(rows[0], lead, value=(5, 4))
    then = timezone.now()
    for row in (rows[0], *rows[3:]):
        scored(row, lead, value=(4, 5), feasibility=(3, 4))
    moves = moved_since(then)
    assert (moves.rows, moves.own, moves.new, moves.passed) == ([], 0, 0, 2)
    day = clock.today() + timedelta(days=30)
    make_meeting(state="closed", starts_at=then - timedelta(days=1), started_at=then, closed_at=then)
    assert proposed("changed_ranks", Forum.objects.get(slug="portfolio-review"), day) == []


def test_all_sources_cost_the_same_however_many_there_are(forum, chair):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            for source in SOURCES:
                [*source.find(forum, clock.today())]
        return len(queries)

    since = clock.today() - timedelta(days=300)

    def more(count):
        for _ in range(count):
            row = make_initiative("Predictive maintenance of pumps", stage="pilot", since=since)
            approve(make_review(make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")), chair)
            make_review(row)
            make_initiative("Reading meters by photograph", stage="build", since=since)

    more(2)
    SearchWord.objects.refresh()
    before = cost()
    more(5)
    assert cost() == before
    assert before <= 30
    assert Initiative.objects.count() > 20


def test_each_stands_once_on_an_agenda(forum, review):
    meeting = make_meeting(live=False)
    first = fill_agenda(meeting)
    assert fill_agenda(meeting).put == 0
    assert first.put == meeting.items.count() == 1
