"""Sign-offs begin with their review and start as soon as their evidence is there, each with its clock."""

from datetime import date, timedelta

import pytest

from aiso import clock
from aiso.events.models import Event
from portfolio.models import Initiative
from stagegates.actions.sign_offs import begin_sign_offs, refresh_sign_offs
from stagegates.models import ReviewFunction, SignOff

from .factories import MONDAY, RULE, answer_all, assessment, make_review, sign_off_of

pytestmark = pytest.mark.django_db


def test_a_function_without_evidence_to_wait_for_starts_at_once(initiative, business_owner):
    review = make_review(initiative, business_owner, "legal")

    legal = sign_off_of(review, "legal")
    assert legal.state == SignOff.State.OPEN
    # No tier yet: as many days as the tier that has most, from Monday the first.
    assert (legal.clock_days, legal.due_on) == (10, date(2027, 2, 15))
    assert Event.objects.get(name="sign_off.started").payload["sign_off"] == legal.pk


def test_one_whose_evidence_lacks_waits_and_its_clock_stands(initiative, business_owner):
    review = make_review(
        initiative, business_owner, "security", requirements=(assessment("security-assessment", "security"),)
    )

    security = sign_off_of(review, "security")
    assert (security.state, security.due_on, security.started_at) == (SignOff.State.WAITING, None, None)


@pytest.mark.parametrize(
    ("tier", "days", "due"), [("low", 3, 4), ("moderate", 5, 8), ("high", 7, 10), ("critical", 10, 15)]
)
def test_the_clock_is_that_of_function_and_tier(initiative, business_owner, tier, days, due):
    Initiative.objects.filter(pk=initiative.pk).update(risk_tier=tier)
    initiative.refresh_from_db()

    review = make_review(initiative, business_owner, "legal")

    legal = sign_off_of(review, "legal")
    assert (legal.clock_days, legal.due_on) == (days, date(2027, 2, due))


def test_a_function_of_the_companys_own_has_the_clock_of_all_others(initiative, business_owner):
    ReviewFunction.objects.create(slug="works-council", name="Works council")

    review = make_review(initiative, business_owner, "works-council")

    assert sign_off_of(review, "works-council").clock_days == 5


def test_those_whose_evidence_is_there_start_in_parallel_and_others_wait(initiative, business_owner):
    needs = assessment("security-assessment", "security", "risk"), assessment("privacy-assessment", "privacy")
    review = make_review(initiative, business_owner, "security", "risk", "privacy", requirements=needs)
    answer_all(initiative, business_owner, "security-assessment")

    changed = refresh_sign_offs(review)

    assert {each.function.slug for each in changed} == {"security", "risk"}
    assert sign_off_of(review, "privacy").state == SignOff.State.WAITING
    assert Event.objects.filter(name="sign_off.started").count() == 2


def test_repeating_it_changes_nothing(initiative, business_owner):
    review = make_review(initiative, business_owner, "legal")
    events = Event.objects.count()

    with clock.fixed_at(MONDAY + timedelta(days=1)):
        assert refresh_sign_offs(review) == []

    assert Event.objects.count() == events
    assert sign_off_of(review, "legal").due_on == date(2027, 2, 15)


def test_a_changed_situation_adds_functions_and_drops_those_not_begun(initiative, business_owner):
    review = make_review(initiative, business_owner, "legal", "finance")

    begin_sign_offs(review, {"legal": [RULE], "privacy": [RULE]})

    assert {each.function.slug for each in review.sign_offs.all()} == {"legal", "privacy"}
    assert Event.objects.filter(name="sign_off.dropped").count() == 1


def test_a_retired_function_is_not_asked(initiative, business_owner):
    ReviewFunction.objects.filter(slug="legal").update(is_active=False)

    assert not make_review(initiative, business_owner, "legal").sign_offs.exists()


def test_a_closed_review_stays_as_it_is(initiative, business_owner):
    review = make_review(initiative, business_owner, "legal")
    review.closed_at = clock.now()
    review.save()

    assert refresh_sign_offs(review) == []
