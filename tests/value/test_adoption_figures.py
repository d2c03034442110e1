"""Adoption in a window: examples from the definition, and any history against a second reading of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiso import clock
from portfolio.models import Initiative, Workflow
from tests.factories import make_entry, make_initiative, make_person, move_stage
from value.adoption import Adoption, adoption_figure, adoption_of, critical_in_production
from value.models import AdoptionReading
from value.worth import Window

from .adoption_factories import WEEK, read

pytestmark = pytest.mark.django_db
A_WEEK = timedelta(days=7)
# 17 May to 15 June: the weeks that end on 17, 24, 31 May, 7 and 14 June.
MONTH = Window.of_days(30, date(2026, 6, 15))


@pytest.fixture
def workflow() -> Workflow:
    return make_entry(Workflow, is_critical=True)


def read_weeks(workflow, person, *active: int, **more) -> None:
    for back, number in enumerate(active):
        read(workflow, person, WEEK - A_WEEK * back, active_users=number, **more)


def test_sums_over_the_weeks_that_end_in_the_window(workflow, office_member):
    read_weeks(workflow, office_member, 10, 20, 30, 40, 50, 99)
    found = adoption_of(workflow, MONTH)
    assert (found.weeks, found.read, found.sums.active, found.sums.target) == (5, 5, 150, 500)
    assert found.sums.share == Decimal("0.3")
    assert found.sums.repeat_share is None


def test_shares_are_of_those_who_told_them(workflow, office_member):
    read(workflow, office_member, repeat_users=30, satisfaction=Decimal("4.5"), answered=10)
    read(workflow, office_member, WEEK - A_WEEK, active_users=100, opt_outs=20)
    read(workflow, office_member, WEEK - A_WEEK * 2, satisfaction=Decimal(3), answered=20)
    sums = adoption_of(workflow, MONTH).sums
    shares = (sums.repeat_share, sums.opt_out_share, sums.satisfaction)
    assert shares == (Decimal("0.5"), Decimal("0.2"), Decimal("3.5"))


@pytest.mark.parametrize(
    ("days", "read", "unmeasured"), [(30, 2, True), (30, 3, False), (60, 4, True), (60, 5, False), (90, 6, True)]
)
def test_fewer_than_half_the_weeks_is_unmeasured(workflow, office_member, days, read, unmeasured):
    window = Window.of_days(days, date(2026, 6, 15))
    read_weeks(workflow, office_member, *[50] * read)
    found = adoption_figure(Workflow.objects.filter(pk=workflow.pk), window)
    assert (found.unmeasured == [workflow.pk]) is unmeasured
    # Shown, and never as nothing: it takes part in no sum.
    assert found.sums.share == (None if unmeasured else Decimal("0.5"))


def test_exactly_half_is_measured(workflow, office_member):
    # The weeks that end on 7 and 14 June of those of 24, 31 May, 7, 14 June.
    read_weeks(workflow, office_member, 50, 50)
    found = adoption_of(workflow, Window.of_days(28, date(2026, 6, 15)))
    assert (found.weeks, found.is_unmeasured) == (4, False)


def test_small_groups_enter_no_sum(workflow, office_member):
    told = {"repeat_users": 2, "satisfaction": Decimal(1), "answered": 3}
    read(workflow, office_member, target_users=4, active_users=3, **told)
    read(workflow, office_member, WEEK - A_WEEK, active_users=4, opt_outs=4, **told)
    read(workflow, office_member, WEEK - A_WEEK * 2, repeat_users=6, satisfaction=Decimal(5), answered=5, opt_outs=5)
    read(workflow, office_member, WEEK - A_WEEK * 3, active_users=0)
    found = adoption_of(workflow, MONTH)
    sums = found.sums
    assert (found.read, found.told, sums.active, sums.target) == (4, 2, 60, 200)
    assert (sums.opt_outs, sums.opt_outs_of) == (5, 100)
    assert (sums.repeat, sums.repeat_of, sums.answered, sums.satisfaction) == (6, 60, 5, 5)


def test_no_two_moments_tell_what_one_person_answered(workflow, office_member):
    for back in range(1, 3):
        read(workflow, office_member, WEEK - A_WEEK * back, satisfaction=Decimal(4), answered=10)
    first = read(workflow, office_member, satisfaction=Decimal(4), answered=20)
    then = clock.now()
    assert adoption_of(workflow, MONTH, known_at=then).sums.answered == 40
    with clock.fixed_at(then + timedelta(minutes=1)):
        read(workflow, office_member, satisfaction=Decimal("4.05"), answered=21, corrects=first, reason="One late.")
        assert adoption_of(workflow, MONTH).sums.answered == 41
        assert adoption_of(workflow, MONTH, known_at=then).sums.answered == 20
        # All else of that moment is as it was known.
        assert adoption_of(workflow, MONTH, known_at=then).sums.active == 180


def test_all_withheld_says_so(workflow, office_member):
    for back in range(3):
        read(workflow, office_member, WEEK - A_WEEK * back, target_users=4, active_users=3)
    found = adoption_figure(Workflow.objects.all(), MONTH)
    assert (found.withheld, found.unmeasured, found.sums.share) == ([workflow.pk], [], None)


def test_critical_workflows_with_an_initiative_in_production_on_the_day(workflow):
    day = date(2026, 6, 1)
    initiative = make_initiative(workflow=workflow, stage="pilot", since=date(2026, 1, 1))
    move_stage(initiative, "limited_rollout", day)
    move_stage(make_initiative(workflow=make_entry(Workflow)), "scale", day)
    assert [*critical_in_production(day)] == [workflow]
    assert not critical_in_production(day - timedelta(days=1))
    assert not critical_in_production(day, known_at=clock.now() - timedelta(seconds=1))
    assert not critical_in_production(day, initiatives=Initiative.objects.exclude(pk=initiative.pk))
    move_stage(initiative, "paused", day + timedelta(days=5))
    assert not critical_in_production(day + timedelta(days=5))
    assert [*critical_in_production(day + timedelta(days=4))] == [workflow]


def test_a_figure_costs_two_queries(workflow, office_member, django_assert_num_queries):
    for each in (workflow, *(make_entry(Workflow, is_critical=True) for _ in range(5))):
        make_initiative(workflow=each, stage="scale", since=date(2026, 1, 1))
        read_weeks(each, office_member, 50, 50, 50)
    with django_assert_num_queries(2):
        assert len(adoption_figure(critical_in_production(date(2026, 6, 15)), MONTH).by_workflow) == 6


# --- any history

# A Sunday at noon; week 53 of 2026 ends on 3 January 2027.
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")


@dataclass
class Card:
    """What somebody said of a week, on a card."""

    workflow: int
    sunday: date
    said: dict
    at: datetime


def tells(count: int | None) -> bool:
    return count is not None and count not in (1, 2, 3, 4)


def retold(card: Card, cards: list[Card]) -> bool:
    """Whether another card of its week came later, and one says other answers that are few away."""
    week = [each for each in cards if (each.workflow, each.sunday) == (card.workflow, card.sunday)]
    if week[-1].said == card.said and all(each.said == card.said for each in week[week.index(card) :]):
        return False
    answers = {(each.said["answered"], each.said["satisfaction"]) for each in week if each.said["answered"]}
    mine = (card.said["answered"], card.said["satisfaction"])
    return any(abs(other[0] - mine[0]) < 5 for other in answers - {mine})


def by_hand(cards: list[Card], last: date, days: int, known_at: datetime) -> dict[int, dict]:
    """The definition, day by day: every day of the window that is a Sunday ends a week."""
    sundays = [day for n in range(days) if (day := last - timedelta(days=n)).strftime("%A") == "Sunday"]
    told: dict[int, dict] = {}
    for workflow in {card.workflow for card in cards}:
        latest: dict[date, Card] = {}
        for card in cards:
            if card.workflow == workflow and card.at <= known_at and card.sunday in sundays:
                latest[card.sunday] = card
        if Fraction(len(latest), len(sundays)) < Fraction(1, 2) or not latest:
            told[workflow] = {}
            continue
        large = [card.said for card in latest.values() if card.said["target_users"] >= 5]
        shown = [each for each in large if each["active_users"] not in (1, 2, 3, 4)]
        repeating = [each for each in large if each["active_users"] >= 5 and tells(each["repeat_users"])]
        leaving = [each for each in large if tells(each["opt_outs"])]
        asked = [
            card.said
            for card in latest.values()
            if card.said["target_users"] >= 5
            and card.said["active_users"] >= 5
            and (card.said["answered"] or 0) >= 5
            and not retold(card, cards)
        ]
        told[workflow] = {
            "active": sum(each["active_users"] for each in shown),
            "target": sum(each["target_users"] for each in shown),
            "repeat": sum(each["repeat_users"] for each in repeating),
            "repeat_of": sum(each["active_users"] for each in repeating),
            "opt_outs": sum(each["opt_outs"] for each in leaving),
            "opt_outs_of": sum(each["target_users"] for each in leaving),
            "points": sum(each["satisfaction"] * each["answered"] for each in asked),
            "answered": sum(each["answered"] for each in asked),
        }
    return told


weeks = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 16), st.integers(1, 40), st.integers(0, 10**6)),
    min_size=6,
    max_size=50,
)
looks = st.tuples(st.integers(-20, 20), st.sampled_from([30, 60, 90, 7, 14]), st.integers(0, 50))


def said(size: int, dice: int) -> dict:
    """Counts that can be, small groups often among them."""
    active = dice % (size + 1)
    answered = dice // 7 % (active + 1) or None
    return {
        "target_users": size,
        "active_users": active,
        "repeat_users": dice // 11 % (active + 1) if dice % 3 else None,
        "opt_outs": dice // 13 % (size + 1) if dice % 5 else None,
        "satisfaction": Decimal(100 + dice // 17 % 401) / 100 if answered else None,
        "answered": answered,
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(weeks, st.lists(looks, min_size=4, max_size=4), st.sampled_from(ZONES))
def test_any_history_reads_as_the_definition_says(db, settings, weeks, looks, zone):
    settings.TIME_ZONE = zone
    with transaction.atomic():
        person = make_person("", "office_member")
        workflows = [make_entry(Workflow), make_entry(Workflow)]
        cards: list[Card] = []
        now = START + timedelta(days=112)
        for number, (who, back, size, dice) in enumerate(weeks):
            now += timedelta(hours=dice % 30)
            with clock.fixed_at(now):
                sunday = date(2027, 2, 21) - A_WEEK * back
                figures = said(size, dice)
                last = AdoptionReading.objects.current().filter(workflow=workflows[who], week_ends_on=sunday).first()
                more = {"corrects": last, "reason": f"Anew {number}."} if last else {}
                read(workflows[who], person, sunday, **figures, **more)
                cards.append(Card(who, sunday, figures, now))
        with clock.fixed_at(now):
            for after, days, place in looks:
                last = date(2027, 1, 31) + timedelta(days=after)
                known_at = cards[place % len(cards)].at
                found = adoption_figure(Workflow.objects.all(), Window.of_days(days, last), known_at=known_at)
                hand = by_hand(cards, last, days, known_at)
                for who, workflow in enumerate(workflows):
                    assert told_of(found.by_workflow[workflow.pk]) == hand.get(who, {})
        transaction.set_rollback(True)


def told_of(found: Adoption) -> dict:
    return {} if found.is_unmeasured else {name: getattr(found.sums, name) for name in found.sums.__dataclass_fields__}
