"""Fifty people decide the same at the same moment, each on a connection of their own: one wins, the others are told."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

from django.db import connection

from aiso import clock
from aiso.errors import DomainError
from forums.models import AgendaItem, Forum
from portfolio.models import Lane, StageChange
from stagegates.actions.decide import decide_review
from stagegates.actions.decide_in_meeting import decide_item
from stagegates.actions.ruling import Ruling
from stagegates.models import Decision, GateReview, MeetingDecision
from tests.factories import learnt, make_decision, make_initiative, make_person

from ..decisions.conftest import COMBINED, FAST, confirm, make_review, seat
from .conftest import let_in, make_item, make_meeting

PEOPLE = 50
OUTCOMES = ("approve", "terminate", "hold", "pause")


def at_once(deeds):
    """Do all at the same moment; what became of each: the id of a decision, or what it was told."""
    start, told = Barrier(len(deeds)), [""] * len(deeds)

    def run(number):
        try:
            connection.ensure_connection()
            start.wait(60)
            told[number] = deeds[number]().pk
        except DomainError as error:
            told[number] = str(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number]) for number in range(len(deeds))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    return told


def ruling_of(number):
    outcome = OUTCOMES[number % len(OUTCOMES)]
    until = clock.today() + timedelta(days=9) if outcome == "hold" else None
    return Ruling(outcome, f"By number {number}.", hold_until=until, **learnt(outcome))


def one_won(told):
    won = [each for each in told if isinstance(each, int)]
    decision = Decision.objects.get()
    assert won == [decision.pk]
    others = [each for each in told if each not in won]
    assert len(others) == PEOPLE - 1
    assert all(f"{decision.decided_by} decided this" in each and decision.rationale in each for each in others)
    return decision


def test_fifty_record_the_same_item(transactional_db):
    chair = seat(make_person("Carla Chair"), "portfolio-review", "chair")
    secretary = seat(make_person("Selma Minutes"), "portfolio-review", "secretary")
    voters = [chair, *(seat(make_person(), "portfolio-review") for _ in range(2))]
    initiative = make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")
    meeting = make_meeting()
    let_in(meeting, *voters)
    item = make_item(meeting, make_review(initiative, amount=Decimal(60_000)))

    def deed(number):
        actor = (chair, secretary)[number % 2]
        mine = AgendaItem.objects.select_related("meeting").get(pk=item.pk)
        return lambda: decide_item(mine, ruling_of(number), actor=actor, by_consent=True)

    decision = one_won(at_once([deed(number) for number in range(PEOPLE)]))
    assert MeetingDecision.objects.get().decision == decision
    assert (
        StageChange.objects.filter(initiative=initiative, source="decision").count() == decision.stage_changes.count()
    )


def test_the_meeting_and_forty_eight_delegates_decide_the_same_review(transactional_db):
    chair = seat(make_person("Carla Chair"), "portfolio-review", "chair")
    secretary = seat(make_person("Selma Minutes"), "portfolio-review", "secretary")
    delegates = [seat(make_person(), "fast-lane-delegate") for _ in range(PEOPLE - 2)]
    initiative = make_initiative("Sort the mail", owner=make_person(), **FAST)
    make_decision(initiative)
    assert initiative.lane == Lane.FAST
    body = Forum.objects.get(slug="fast-lane-delegate")
    review = make_review(initiative, gates=COMBINED, amount=Decimal(1000), body=body)
    confirm(review)
    meeting = make_meeting()
    let_in(meeting, chair, *(seat(make_person(), "portfolio-review") for _ in range(2)))
    item = make_item(meeting, review)

    def in_meeting(number, actor):
        return lambda: decide_item(item, ruling_of(number), actor=actor, by_consent=True, seen=None)

    def alone(number, actor):
        ruling, mine = ruling_of(number), GateReview.objects.get(pk=review.pk)
        # Whoever comes first must be able to win: what an ending asks for is there, too.
        names = ("outcome", "rationale", "hold_until", "closing")
        told = {name: getattr(ruling, name) for name in names}
        return lambda: decide_review(mine, actor=actor, seen=None, **told)

    deeds = [alone(number, person) for number, person in enumerate(delegates)]
    deeds[10:10] = [in_meeting(48, chair), in_meeting(49, secretary)]
    told = at_once(deeds)
    one_won(told)
