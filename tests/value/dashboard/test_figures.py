"""Lead time, stable owners and what was closed: examples from the definitions, and any history against a second
reading of them.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.accounts.models import Role, User
from portfolio.models import Bucket, Initiative, Ownership, StageChange, Workflow
from tests.factories import make_entry, make_initiative, make_ownership, make_person, make_unit, move_stage
from value.dashboard.adoption import adoption_in, adoptions
from value.dashboard.asked import Asked, counted_for
from value.dashboard.closed import closed_in
from value.dashboard.figures import Closed, LeadTime
from value.dashboard.lead_time import lead_times
from value.dashboard.stable_owner import stable_owner_of, stable_owners
from value.kept.as_known import as_known
from value.kept.recompute import recompute_marked
from value.models import AdoptionReading

from .reading import KINDS, Hold, Move, Then

pytestmark = pytest.mark.django_db
JUNE = Asked(30, date(2026, 6, 15))
EVERY = Initiative.objects.all


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def lead_time(*windows: Asked) -> LeadTime:
    """Of the last of some windows, from kept rows."""
    recompute_marked()
    return lead_times(EVERY(), windows or [JUNE])[-1]


def closed(*windows: Asked) -> list[Closed]:
    """From kept rows."""
    recompute_marked()
    return closed_in(EVERY(), windows)


def produced(piloted: str, on: str, stage: str = "limited_rollout") -> Initiative:
    initiative = make_initiative(stage="pilot", since=day(piloted))
    move_stage(initiative, stage, day(on))
    return initiative


def test_lead_time_is_from_the_first_pilot_to_the_first_production():
    initiative = produced("01-01", "06-10")
    move_stage(initiative, "scale", day("06-12"))
    assert lead_time() == LeadTime(Decimal(160), 160, 1)


def test_the_window_has_its_first_and_its_last_day():
    for on in ("05-16", "05-17", "06-15"):
        produced("05-01", on)
    assert lead_time().count == 2
    assert lead_time(JUNE.before, JUNE).count == 2
    assert lead_time(JUNE.before).count == 1


def test_median_of_an_even_number_and_percentile_by_nearest_rank():
    for piloted in ("06-04", "06-03", "06-01", "05-01"):
        produced(piloted, "06-05")
    assert (lead_time().median, lead_time().p90) == (Decimal(3), 35)
    produced("06-05", "06-05")
    assert (lead_time().median, lead_time().p90) == (Decimal(2), 35)


def test_paused_days_count_and_those_without_a_pilot_stand_apart():
    initiative = make_initiative(stage="pilot", since=day("01-01"))
    move_stage(initiative, "paused", day("02-01"))
    move_stage(initiative, "scale", day("06-01"))
    make_initiative(stage="scale", since=day("06-01"))
    late = make_initiative(stage="scale", since=day("06-02"))
    move_stage(late, "pilot", day("06-03"))
    found = lead_time()
    assert (found.median, found.count, found.without_pilot) == (151, 1, 2)
    # Back in pilot, for twelve days.
    assert (found.open_pilots, found.open_median, found.open_oldest) == (1, 12, 12)


def test_no_data_is_none():
    assert lead_time() == LeadTime()
    assert stable_owner_of(EVERY(), JUNE).share is None
    assert closed(JUNE) == [Closed()]


@pytest.fixture
def owned() -> Initiative:
    """Active since March, with all three owners since then."""
    people = dict.fromkeys(("owner", "technical_owner", "risk_owner"), make_person("owner@example.org"))
    return make_initiative(stage="build", since=day("03-01"), **people)


def hand_over(initiative: Initiative, on: date, kind: str = "business") -> Ownership:
    Ownership.objects.filter(initiative=initiative, kind=kind, ended_on=None).update(ended_on=on)
    return make_ownership(initiative, make_person(), kind, since=on)


def test_a_stable_owner_is_one_of_three_and_stays(owned):
    assert stable_owner_of(EVERY(), JUNE).share == 1
    hand_over(owned, day("05-16"))
    assert stable_owner_of(EVERY(), JUNE).share == 1
    assert stable_owner_of(EVERY(), Asked(60, JUNE.as_of)).share == 0
    hand_over(owned, day("05-17"))
    found = stable_owner_of(EVERY(), JUNE)
    # A new owner on the first day of the window is the owner on all of its days.
    assert (found.share, found.new) == (1, 0)
    hand_over(owned, day("05-18"))
    found = stable_owner_of(EVERY(), JUNE)
    assert (found.share, found.active, found.new) == (0, 1, 1)


def test_who_began_within_the_window_is_stable_from_the_day_it_began(owned):
    assert stable_owner_of(EVERY(), Asked(90, day("03-01"))).share == 1


def test_other_owners_may_change_and_must_not_lack(owned):
    hand_over(owned, day("06-10"), "risk")
    assert stable_owner_of(EVERY(), JUNE).share == 1
    Ownership.objects.filter(initiative=owned, kind="risk", ended_on=None).update(ended_on=day("06-15"))
    found = stable_owner_of(EVERY(), JUNE)
    assert (found.stable, found.active) == (0, 1)
    assert found.lacking == {"business": 0, "technical": 0, "risk": 1}
    assert stable_owner_of(EVERY(), Asked(30, day("06-14"))).stable == 1


def test_deputies_are_no_owners_and_the_paused_stand_apart(owned):
    Ownership.objects.filter(kind="technical").update(is_deputy=True)
    assert stable_owner_of(EVERY(), JUNE).stable == 0
    move_stage(owned, "paused", day("06-15"))
    found = stable_owner_of(EVERY(), JUNE)
    assert (found.active, found.paused, found.share) == (0, 1, None)


def test_an_owner_who_comes_back_after_a_gap_is_new(owned):
    person = owned.business_owner
    Ownership.objects.filter(initiative=owned, kind="business").update(ended_on=day("06-01"))
    make_ownership(owned, person, since=day("06-01"))
    assert stable_owner_of(EVERY(), JUNE).stable == 1
    Ownership.objects.filter(initiative=owned, kind="business", ended_on=None).update(ended_on=day("06-05"))
    make_ownership(owned, person, since=day("06-06"))
    assert stable_owner_of(EVERY(), JUNE).new == 1


def end(initiative: Initiative, stage: str, on: str, rationale: str = "Too dear.") -> None:
    StageChange.objects.create(
        initiative=initiative, stage=stage, changed_on=day(on), source="opening", rationale=rationale
    )


def test_closed_with_and_without_rationale():
    for stage, on, why in (("closed", "06-01", "Too dear."), ("merged", "06-15", "Same"), ("closed", "06-02", "")):
        end(make_initiative(stage="build", since=day("01-01")), stage, on, why)
    end(make_initiative(stage="build", since=day("01-01")), "closed", "05-16")
    assert closed(JUNE.before, JUNE) == [Closed(1, 0), Closed(2, 1)]


def test_what_was_merged_and_parted_again_did_not_end():
    initiative = make_initiative(stage="build", since=day("01-01"))
    end(initiative, "merged", "05-10")
    assert closed(JUNE.before, JUNE) == [Closed(1, 0), Closed()]
    move_stage(initiative, "build", day("05-20"))
    assert closed(JUNE.before, JUNE) == [Closed(1, 0), Closed()]
    end(initiative, "closed", "06-01", "")
    assert closed(JUNE.before, JUNE) == [Closed(1, 0), Closed(0, 1)]
    move_stage(initiative, "build", day("05-12"))
    assert closed(JUNE.before, JUNE)[0] == Closed()


def test_figures_of_many_cost_few_queries(owned, django_assert_num_queries):
    windows = JUNE.trend
    for _ in range(3):
        produced("05-01", "06-01")
    with django_assert_num_queries(3):
        lead_times(EVERY(), windows)
        closed_in(EVERY(), windows)
        stable_owner_of(EVERY(), JUNE)


# --- any history

NOON = datetime(2028, 3, 5, 12, tzinfo=UTC)
FAR = NOON + timedelta(days=200)
STAGES = ("intake", "discovery", "build", "pilot", "pilot", "limited_rollout", "scale", "paused", "closed", "merged")
# When it was written, in hours after its day began: some weeks late, some at the edges of a day.
LATE = (0, 0, 1, 23, 24, 25, 24 * 10, 24 * 40)
ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")


def at(day: date, hours: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours)


def some_day(chance: Random) -> date:
    """Within 140 days, a leap day among them."""
    return NOON.date() - timedelta(days=chance.randrange(140))


def moves_of(who: int, chance: Random) -> list[Move]:
    days = [some_day(chance) for _ in range(chance.randint(1, 5))]
    return [
        Move(who, chance.choice(STAGES), day, at(day, chance.choice(LATE)), chance.choice(("", "Because.")))
        for day in days
    ]


def holds_of(who: int, kind: str, chance: Random) -> list[Hold]:
    """One after another, as the database demands, mostly without a gap."""
    found, free = [], NOON.date() - timedelta(days=chance.randrange(90, 200))
    for _ in range(chance.randint(0, 4)):
        ended = None if chance.random() < 0.3 else free + timedelta(days=chance.randrange(60))
        written = at(ended, chance.choice(LATE)) if ended else None
        found.append(Hold(who, kind, chance.randrange(3), free, at(free, chance.choice(LATE)), ended, written))
        if ended is None:
            break
        free = ended + timedelta(days=chance.choice((0, 0, 0, 1, 5)))
    return found


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    chance=st.randoms(use_true_random=True),
    days=st.sampled_from((30, 60, 90)),
    # Hours from the beginning of the last day, or all that will ever be known.
    known=st.one_of(st.none(), st.integers(-240, 480)),
    zone=st.sampled_from(ZONES),
)
def test_any_history_reads_the_same(chance, days, known, zone, settings):
    settings.TIME_ZONE = zone
    moves = [move for who in range(4) for move in moves_of(who, chance)]
    holds = [hold for who in range(4) for kind in KINDS for hold in holds_of(who, kind, chance)]
    as_of = NOON.date() - timedelta(days=chance.randrange(60))
    known_at = FAR if known is None else at(as_of, known)
    with clock.fixed_at(NOON), transaction.atomic():
        try:
            _compare(moves, holds, Asked(days, as_of, known_at))
        finally:
            transaction.set_rollback(True)


def test_a_successor_who_is_known_ends_the_owner_before(db):
    """The end of the first was recorded later than the beginning of the second."""
    began, changed, as_of = (NOON.date() - timedelta(days=back) for back in (100, 20, 5))
    cards = [Move(0, "build", began, at(began, 0), "")]
    holds = [Hold(0, kind, 0, began, at(began, 0)) for kind in KINDS[1:]]
    holds.append(Hold(0, KINDS[0], 2, began, at(began, 0), changed, at(as_of, 48)))
    holds.append(Hold(0, KINDS[0], 1, changed, at(changed, 0)))
    for known_at in (at(as_of, 0), at(changed, 1), FAR):
        with clock.fixed_at(NOON), transaction.atomic():
            _compare(cards, holds, Asked(30, as_of, known_at))
            transaction.set_rollback(True)


def read_once_more(initiative: Initiative, card: Move, by: User) -> None:
    """Its critical workflow is read in the week of a change; what was read of that week before is corrected."""
    if initiative.workflow_id is None:
        initiative.workflow = make_entry(Workflow, is_critical=True)
        initiative.save(update_fields=["workflow"])
    week = card.day + timedelta(days=7 - card.day.isoweekday())
    earlier = AdoptionReading.objects.current().filter(workflow=initiative.workflow, week_ends_on=week).first()
    active = card.recorded_at.hour * 4
    AdoptionReading.objects.create(
        workflow=initiative.workflow,
        week_ends_on=week,
        target_users=100,
        active_users=active,
        repeat_users=active // 2,
        satisfaction=Decimal("3.5") if active else None,
        answered=active or None,
        source="Usage",
        corrects=earlier,
        reason="Anew." if earlier else "",
        recorded_by=by,
    )


def _compare(cards: list[Move], holds: list[Hold], asked: Asked) -> None:
    units, buckets = [make_unit() for _ in range(4)], [None, make_entry(Bucket), make_entry(Bucket), None]
    initiatives = [
        Initiative.objects.create(name=f"Initiative {n}", unit=unit, bucket=bucket)
        for n, (unit, bucket) in enumerate(zip(units, buckets, strict=True))
    ]
    people = [make_person() for _ in range(3)]
    for card in cards:
        StageChange.objects.create(
            initiative=initiatives[card.who], stage=card.stage, changed_on=card.day, source="opening",
            rationale=card.rationale, recorded_at=card.recorded_at,
        )  # fmt: skip
        if card.rationale:
            read_once_more(initiatives[card.who], card, people[0])
    for hold in holds:
        Ownership.objects.create(
            initiative=initiatives[hold.who], kind=hold.kind, person=people[hold.person], started_on=hold.first,
            ended_on=hold.ended, recorded_at=hold.recorded_at, end_recorded_at=hold.end_recorded_at,
        )  # fmt: skip
    windows = asked.trend[-3:]
    counted, office = Initiative.objects.all(), make_person("", Role.OFFICE_LEAD)
    recompute_marked()
    with as_known(asked.known_at):
        told = [lead_times(counted, windows), closed_in(counted, windows), stable_owners(office, windows)]
    for window, lead, ended, stable in zip(windows, *told, strict=True):
        then = Then(cards, holds, window.as_of, window.moment)
        read = then.lead_time(window.days)
        assert {name: getattr(lead, name) for name in read if window is windows[-1] or "open" not in name} == {
            name: value for name, value in read.items() if window is windows[-1] or "open" not in name
        }
        assert vars(ended) == then.closed(window.days)
        assert vars(stable) == vars(stable_owner_of(counted, window)) == then.stable_owner(window.days)
    _compare_kept(asked, office)
    for part in ({"bucket": buckets[1]}, {"unit": units[2]}, {"unit": units[3], "bucket": buckets[2]}):
        _compare_part(replace(asked, **part), office)


def _compare_part(asked: Asked, office: User) -> None:
    """A part of the company is told as it is counted from its facts."""
    now, told = replace(asked, known_at=None), replace(asked, known_at=FAR)
    assert stable_owners(office, [now]) == [stable_owner_of(counted_for(office, told), told)]


def _compare_kept(asked: Asked, office: User) -> None:
    """What is kept says what is counted anew of all that was recorded by the last moment."""
    now, told = replace(asked, known_at=None).trend[-3:], replace(asked, known_at=FAR).trend[-3:]
    counted = Initiative.objects.all()
    with as_known(FAR):
        then = [lead_times(counted, told), stable_owners(office, told), closed_in(counted, told)]
        used = adoptions(office, told)
    assert [lead_times(counted, now), stable_owners(office, now), closed_in(counted, now)] == then
    assert adoptions(office, now) == used == [adoption_in(office, each).count for each in told]
