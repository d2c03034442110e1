"""Nothing is counted twice: which claims overlap, who records shares, and what the database holds."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import Error
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from portfolio.models import Initiative, OutcomeMetric
from portfolio.models.lists import Workflow
from tests.factories import grant, make_entry, make_initiative, make_person, make_unit
from value.actions.catalogue import add_catalogue_metric, match_metric
from value.actions.claims import confirm_claim, confirm_months, correct_claim, reject_claim
from value.actions.post import reverse_entry
from value.actions.shares import agree_shares
from value.models import CatalogueMetric, ClaimAnswer, ClaimShare, LedgerEntry, MethodConfirmation
from value.overlaps import overlaps_of, sharing_of
from value.tasks import tell_of_claim
from value.worth import Window, worth_of

from .factories import claim
from .overlap_reading import do_overlap, fullest, read_again

pytestmark = pytest.mark.django_db
HALF, MAY = Decimal("0.5"), date(2026, 5, 1)


def another(initiative: Initiative, name: str = "Another") -> OutcomeMetric:
    return OutcomeMetric.objects.create(initiative=initiative, name=name, unit="stops", direction="down")


@pytest.fixture
def pair(metric, business_owner) -> tuple[LedgerEntry, LedgerEntry]:
    """Two claims of the same metric and month."""
    return claim(metric, business_owner), claim(metric, business_owner, amount=Decimal(500))


def share(actor, reason="Both owners agree.", **shares) -> list[ClaimShare]:
    entries = LedgerEntry.objects.in_bulk([int(key[1:]) for key in shares])
    return agree_shares(
        {entries[int(key[1:])]: Decimal(part) for key, part in shares.items()}, actor=actor, reason=reason
    )


def of(entry: LedgerEntry, part: str) -> dict[str, str]:
    return {f"_{entry.pk}": part}


def test_what_overlaps_waits_for_shares_and_counts_by_them(pair, finance_controller):
    one, other = pair
    for refused in (
        lambda: confirm_claim(one, actor=finance_controller),
        lambda: correct_claim(one, actor=finance_controller, amount=Decimal(9), reason="Less."),
    ):
        with pytest.raises(
            DomainError, match=f"overlaps with {one.initiative.reference} of 1.May.2026 to 31.May.2026, and no share"
        ):
            refused()
    share(finance_controller, **of(one, "0.6"))
    with pytest.raises(DomainError, match="no share is recorded of others that wait"):
        confirm_claim(one, actor=finance_controller)
    share(finance_controller, **of(other, "0.3333"))
    confirm_claim(one, actor=finance_controller)
    correct_claim(other, actor=finance_controller, amount=Decimal(100), reason="Less.")
    answers = ClaimAnswer.objects.order_by("pk").values_list("amount", "share", "reporting_amount")
    assert [*answers] == [(1000, Decimal("0.6"), 600), (100, Decimal("0.3333"), Decimal("33.33"))]
    assert worth_of([one.initiative_id], Window.to_date()).confirmed == Decimal("633.33")
    reverse_entry(one, actor=finance_controller, reason="Wrong.")
    assert worth_of([one.initiative_id], Window.to_date()).confirmed == Decimal("33.33")
    assert Event.objects.filter(name="claim.shared").count() == 2


def test_a_claim_stays_whole_until_it_is_confirmed(pair, finance_controller):
    share(finance_controller, **of(pair[0], "0.5"))
    assert worth_of([pair[0].initiative_id], Window.to_date()).claimed == 1500


def test_shares_never_total_more_than_the_whole(pair, finance_controller):
    one, other = pair
    with pytest.raises(DomainError, match=r"total 100\.01.% on a day"), transaction.atomic():
        share(finance_controller, **of(one, "0.5"), **of(other, "0.5001"))
    assert not ClaimShare.objects.exists()
    share(finance_controller, **of(one, "0.5"), **of(other, "0.5"))
    # Both at once, so that the sum never passes the whole; the same again changes nothing.
    assert len(share(finance_controller, **of(one, "0.2"), **of(other, "0.8"))) == 2
    assert share(finance_controller, **of(one, "0.2"), **of(other, "0.8")) == []
    confirm_claim(other, actor=finance_controller)
    with pytest.raises(DomainError, match="total"):
        share(finance_controller, **of(one, "0.3"))
    with pytest.raises(DomainError, match="confirmed it on"):
        share(finance_controller, **of(other, "0.3"))


def test_what_is_confirmed_without_a_share_takes_the_whole(metric, business_owner, finance_controller):
    first = claim(metric, business_owner)
    confirm_claim(first, actor=finance_controller)
    later = claim(metric, business_owner)
    with pytest.raises(DomainError, match="no share is recorded of it"):
        confirm_claim(later, actor=finance_controller)
    with pytest.raises(DomainError, match="reversed and claimed again"):
        share(finance_controller, **of(later, "0.01"))
    reverse_entry(first, actor=finance_controller, reason="To share it.")
    assert confirm_claim(later, actor=finance_controller).share == 1


def test_what_is_rejected_overlaps_no_more(pair, finance_controller):
    one, other = pair
    share(finance_controller, **of(one, "0.5"))
    reject_claim(other, actor=finance_controller, reason="No baseline.")
    # Alone by now, it may count in full.
    share(finance_controller, **of(one, "1"))
    assert confirm_claim(one, actor=finance_controller).reporting_amount == 1000


def test_what_overlaps_with_nothing_needs_no_share(metric, business_owner, finance_controller):
    alone = claim(metric, business_owner)
    with pytest.raises(DomainError, match="counts in full"):
        share(finance_controller, **of(alone, "0.5"))


@pytest.mark.parametrize(
    ("part", "reason"),
    [("0", "Agreed."), ("-0.5", "Agreed."), ("1.1", "Agreed."), ("0.33333", "Agreed."), ("0.5", " ")],
)
def test_what_is_no_share(pair, finance_controller, part, reason):
    with pytest.raises(DomainError):
        share(finance_controller, reason, **of(pair[0], part))
    with pytest.raises(DomainError):
        agree_shares({}, actor=finance_controller, reason="Agreed.")


def test_who_records_shares(pair, business_owner, office_lead, executive, auditor, service_account):
    for person in (business_owner, service_account):
        grant(person, Role.FINANCE_CONTROLLER)
    elsewhere = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    for person in (business_owner, office_lead, executive, auditor, service_account, elsewhere):
        with pytest.raises(PermissionDenied):
            share(person, **of(pair[0], "0.5"))


def test_whoever_owns_one_of_them_records_none(metric, business_owner, finance_controller):
    owner = make_person("", Role.FINANCE_CONTROLLER)
    there = make_initiative(owner=owner, unit=metric.initiative.unit)
    workflow = make_entry(Workflow, "Maintenance")
    Initiative.objects.filter(pk__in=[there.pk, metric.initiative_id]).update(workflow=workflow)
    one, other = claim(metric, business_owner), claim(another(there), owner)
    with pytest.raises(PermissionDenied):
        share(owner, **of(one, "0.5"), **of(other, "0.5"))
    assert len(share(finance_controller, **of(one, "0.5"), **of(other, "0.5"))) == 2


def test_months_in_a_batch_leave_out_what_overlaps(metric, business_owner, finance_controller):
    confirm_claim(
        claim(metric, business_owner, first_on=date(2026, 4, 1), last_on=date(2026, 4, 30)), actor=finance_controller
    )
    one, other = claim(metric, business_owner), claim(metric, business_owner)
    with pytest.raises(DomainError, match="overlaps with"):
        confirm_months([one, other], actor=finance_controller)
    share(finance_controller, **of(one, "0.5"), **of(other, "0.4"))
    assert [each.share for each in confirm_months([one, other], actor=finance_controller)] == [HALF, Decimal("0.4")]


# --- what overlaps


class Place:
    """Two claims of May in a unit and the one below it, apart until a test brings them together."""

    def __init__(self, owner) -> None:
        self.owner, self.top = owner, make_unit()
        self.below = make_unit(parent=self.top)
        self.here = another(make_initiative(owner=owner, unit=self.top), "Stops here")
        self.there = another(make_initiative(owner=owner, unit=self.below), "Stops there")
        self.days = {"first_on": MAY, "last_on": date(2026, 5, 31)}

    def in_workflow(self) -> None:
        Initiative.objects.update(workflow=make_entry(Workflow, "Maintenance"))

    def in_catalogue(self) -> None:
        stops = CatalogueMetric.objects.create(name="Unplanned stops", unit="STOPS", direction="down")
        for each in (self.here, self.there):
            match_metric(each, stops, actor=self.owner)

    def found(self) -> bool:
        claim(self.here, self.owner)
        claim(self.there, self.owner, **self.days)
        one, other = read_again()
        found = sharing_of([one.pk, other.pk])
        assert {each.others for each in found.values()} == {int(do_overlap(one, other))}
        return bool(found[one.pk].others)


@pytest.fixture
def place(business_owner) -> Place:
    return Place(business_owner)


def test_other_metrics_do_not_overlap(place):
    assert not place.found()


def test_a_workflow_overlaps(place):
    place.in_workflow()
    assert place.found()


def test_a_metric_of_the_catalogue_overlaps(place):
    place.in_catalogue()
    assert place.found()


def test_what_counts_differently_by_now_does_not(place):
    place.in_catalogue()
    OutcomeMetric.objects.filter(pk=place.there.pk).update(unit="days")
    assert not place.found()


def test_units_side_by_side_do_not(place):
    place.in_workflow()
    Initiative.objects.filter(pk=place.here.initiative_id).update(unit=make_unit(parent=place.top))
    assert not place.found()


def test_days_apart_do_not(place):
    place.in_workflow()
    place.days = {"first_on": date(2026, 6, 1), "last_on": date(2026, 6, 1)}
    assert not place.found()


def test_one_day_is_enough(place):
    place.in_workflow()
    place.days = {"first_on": date(2026, 5, 31), "last_on": date(2026, 6, 1)}
    assert place.found()


def test_a_forecast_overlaps_with_nothing(place, finance_controller):
    place.in_workflow()
    claim(place.there, place.owner, claim="forecast")
    assert confirm_claim(claim(place.here, place.owner), actor=finance_controller).share == 1


def test_two_units_below_share_with_the_one_above_each_for_itself(place, finance_controller):
    """Half of the unit above and half of each below count nothing twice, as those below are apart."""
    place.in_workflow()
    beside = another(make_initiative(owner=place.owner, unit=make_unit(parent=place.top)))
    Initiative.objects.update(workflow=Workflow.objects.get())
    claims = [claim(each, place.owner) for each in (place.here, place.there, beside)]
    for each in claims:
        share(finance_controller, **of(each, "0.5"))
    assert [confirm_claim(each, actor=finance_controller).share for each in claims] == [HALF] * 3


def test_what_changes_later_concerns_what_waits(place, finance_controller):
    one, other = claim(place.here, place.owner), claim(place.there, place.owner)
    confirm_claim(one, actor=finance_controller)
    place.in_workflow()
    assert sharing_of([other.pk])[other.pk].ids == (one.pk,)
    with pytest.raises(DomainError, match="no share"):
        confirm_claim(other, actor=finance_controller)
    assert ClaimAnswer.objects.get().share == 1


def test_what_one_may_not_see_is_counted_alone(pair, finance_controller):
    one, other = pair
    hidden = make_initiative(unit=one.initiative.unit)
    Initiative.objects.filter(pk__in=[hidden.pk, one.initiative_id]).update(workflow=make_entry(Workflow, "M"))
    claim(another(hidden), make_person("", Role.OFFICE_MEMBER))
    Initiative.objects.filter(pk=hidden.pk).update(is_confidential=True)
    with pytest.raises(DomainError) as refused:
        confirm_claim(one, actor=finance_controller)
    assert "and 1 more claim, and no share" in str(refused.value)
    assert hidden.reference not in str(refused.value)
    seen = overlaps_of([one.pk], finance_controller)[one.pk]
    assert ([line.entry for line in seen.shown], seen.unseen) == ([other], 1)


def test_the_database_refuses_what_the_actions_refuse(pair, business_owner, finance_controller):
    one, other = pair
    share(finance_controller, **of(one, "0.6"))
    MethodConfirmation.objects.create(method=one.method, confirmed_by=finance_controller)
    person = finance_controller.pk
    answer = (
        "INSERT INTO value_claimanswer (entry_id, verdict, amount, rate, share, reason, answered_by_id, answered_at)"
    )
    fact = "INSERT INTO value_claimshare (entry_id, share, reason, recorded_by_id, recorded_at)"
    confirmed = f"{answer} VALUES ({one.pk}, 'confirmed', 1000, 1, 0.6, '', {person}, now())"
    bad = [
        confirmed.replace("0.6", "0.7"),
        f"{fact} VALUES ({one.pk}, 0, 'r', {person}, now())",
        f"{fact} VALUES ({one.pk}, 1.1, 'r', {person}, now())",
        f"{fact} VALUES ({one.pk}, 0.5, '', {person}, now())",
        f"{fact} VALUES ({one.pk}, 0.5, 'r', {business_owner.pk}, now())",
        *(
            f"{deed} value_claimshare{rest}"
            for deed, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
    ]
    after = [
        # The other one has no share on record, and 60 % are gone.
        confirmed.replace(f"({one.pk}", f"({other.pk}").replace("1000", "500").replace("0.6", "1"),
        f"{fact} VALUES ({one.pk}, 0.1, 'r', {person}, now())",
        "UPDATE value_claimanswer SET share = 1",
    ]

    def refuse(statements: list[str]) -> None:
        for statement in statements:
            with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    refuse(bad)
    with connection.cursor() as cursor:
        cursor.execute(confirmed)
    refuse(after)


def test_authors_are_told(pair, business_owner, finance_controller):
    share(finance_controller, **of(pair[0], "0.6"))
    event = Event.objects.get(name="claim.shared")
    tell_of_claim(event.pk)
    tell_of_claim(event.pk)
    told = Notification.objects.get(event=event)
    assert told.person == business_owner
    assert "lets 60" in told.text
    assert "Both owners agree." in told.text


# --- any order of claims, shares and answers

# Unit, workflow and whether it stands in the catalogue, of each of six outcome metrics. Unit 0 is above 1 and 2, and 3
# below 1.
METRICS = ((0, 0, True), (1, 0, False), (2, None, True), (3, 1, True), (3, 0, False), (1, 1, True))
SPANS = ((1, 31), (1, 10), (8, 20), (20, 31), (31, 31))
steps = st.lists(
    st.tuples(
        st.sampled_from(["claim"] * 3 + ["share"] * 4 + ["answer"] * 4 + ["reverse"]),
        st.integers(0, 5),
        st.integers(0, 10_000),
        st.sampled_from(["1", "0.5", "0.5", "0.3333", "0.25", "0.75"]),
    ),
    min_size=10,
    max_size=28,
)


class Story:
    """Six outcome metrics of a company of four units and two workflows, and who claims and answers."""

    MOST = 9

    def __init__(self) -> None:
        self.owner, self.finance = make_person(), make_person("", Role.FINANCE_CONTROLLER)
        office = make_person("", Role.OFFICE_LEAD)
        units = [make_unit()]
        units += [make_unit(parent=units[0]), make_unit(parent=units[0])]
        units += [make_unit(parent=units[1])]
        workflows = [make_entry(Workflow), make_entry(Workflow)]
        stops = add_catalogue_metric(actor=office, name="Stops", unit="stops", direction="down")
        self.metrics, self.claims = [], []
        for unit, workflow, is_matched in METRICS:
            initiative = make_initiative(
                owner=self.owner, unit=units[unit], workflow=None if workflow is None else workflows[workflow]
            )
            self.metrics.append(another(initiative))
            if is_matched:
                match_metric(self.metrics[-1], stops, actor=self.owner)

    def claim(self, which: int, dice: int, part: str) -> None:
        if len(self.claims) < self.MOST:
            first, last = SPANS[dice % len(SPANS)]
            days = {"first_on": date(2026, 5, first), "last_on": date(2026, 5, last)}
            self.claims.append(claim(self.metrics[which], self.owner, **days))

    def share(self, which: int, dice: int, part: str) -> None:
        some = [self.claims[(dice + n * 3) % len(self.claims)] for n in range(1 + which % 3)]
        agree_shares({each: Decimal(part) for each in some}, actor=self.finance, reason="Agreed.")

    def answer(self, which: int, dice: int, part: str) -> None:
        entry = self.claims[dice % len(self.claims)]
        if which == 0:
            reject_claim(entry, actor=self.finance, reason="No.")
        elif which == 1:
            correct_claim(entry, actor=self.finance, amount=Decimal(7), reason="Less.")
        else:
            confirm_claim(entry, actor=self.finance)

    def reverse(self, which: int, dice: int, part: str) -> None:
        reverse_entry(self.claims[dice % len(self.claims)], actor=self.finance, reason="Wrong.")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(steps)
def test_whatever_the_order_nothing_is_counted_twice(db, steps):
    with transaction.atomic():
        story = Story()
        for name, which, dice, part in steps:
            if name != "claim" and not story.claims:
                continue
            try:
                with transaction.atomic():
                    getattr(story, name)(which, dice, part)
            except DomainError:
                pass
        claims = read_again()
        assert fullest([each for each in claims if hasattr(each, "answer")]) <= 1
        found = sharing_of([each.pk for each in claims])
        for each in claims:
            others = [other for other in claims if other != each and do_overlap(each, other)]
            told = found[each.pk]
            assert {*told.ids} == {other.pk for other in others}
            assert told.others == len(others)
            assert told.total == fullest([each, *others], of=each)
        transaction.set_rollback(True)


def test_many_claims_cost_the_same(metric, business_owner, finance_controller, django_assert_num_queries):
    claims = [claim(metric, business_owner) for _ in range(6)]
    overlaps_of([claims[0].pk], finance_controller)
    with django_assert_num_queries(2):
        seen = overlaps_of([each.pk for each in claims], finance_controller)
    assert {(len(each.shown), each.unseen) for each in seen.values()} == {(3, 2)}


def test_a_share_lasts_for_the_days_of_its_claim(metric, business_owner, finance_controller):
    """Three claims of ten days each beside one of the month: each day has two."""
    month = claim(metric, business_owner)
    parts = [
        claim(metric, business_owner, first_on=MAY + timedelta(days=n), last_on=MAY + timedelta(days=n + 9))
        for n in (0, 10, 20)
    ]
    share(finance_controller, **of(month, "0.4"), **{f"_{each.pk}": "0.6" for each in parts})
    assert sharing_of([month.pk])[month.pk].total == 1
    assert clock.today() > month.last_on
    assert confirm_claim(month, actor=finance_controller).share == Decimal("0.4")
