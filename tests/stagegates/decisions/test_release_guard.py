"""What keeps a review from being approved keeps a release in: action, page and API."""

from datetime import timedelta

import pytest

from aiso import clock
from aiso.errors import DomainError
from portfolio.actions.record_releases import mark_released
from portfolio.models import Initiative, Release
from stagegates.actions.conditions import waive_condition
from stagegates.models import GateReview
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import make_person, make_release

from .conftest import approve, make_condition, make_review, make_sign_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(initiative, business_owner) -> Release:
    return make_release(initiative, business_owner, "2.1")


def hinder(review, kind, chair):
    """Put one thing in the way; returns the condition, or the key by which a decision overrides it."""
    if kind == "condition":
        decision = approve(review, chair)
        due = clock.today() - timedelta(days=1)
        return make_condition(decision, make_person(), due_on=due)
    sign_off = make_sign_off(review, "legal", "object" if kind == "objection" else "approve")
    if kind == "outdated":
        Initiative.objects.filter(pk=review.initiative_id).update(summary="Something else.")
    return f"{kind}:{sign_off.pk}"


SAYS = {
    "condition": "Portfolio review, which set it, or a higher body confirms or waives it",
    "objection": "Legal objects: Looked at. Legal answers anew, or Executive sponsor overrides it with a reason",
    "outdated": "Legal’s sign-off is outdated; changed since: What it is to do. Legal answers anew, or Executive",
}


@pytest.fixture(params=[*SAYS])
def hindered(request, initiative, chair):
    """What hinders, with its review."""
    review = make_review(initiative)
    return request.param, review, hinder(review, request.param, chair)


def test_it_does_not_go_out_and_who_clears_it_is_told(client, hindered, release, business_owner):
    what, _, _ = hindered
    with pytest.raises(DomainError) as refused:
        mark_released(release, actor=business_owner)
    assert SAYS[what] in str(refused.value)

    api = Script(make_api_token(business_owner)[1])
    reference = release.initiative.reference
    answer = api.post(f"initiatives/{reference}/releases/{release.pk}/release/", {})
    assert SAYS[what] in problem(answer, 409)["detail"]

    client.force_login(business_owner)
    here = f"{release.initiative.get_absolute_url()}releases/{release.pk}/out/"
    shown = client.get(here).content.decode()
    assert "It does not go out yet" in shown
    assert what in ("objection", "outdated") or "A condition is overdue" in shown
    assert 'name="released_on"' not in shown
    assert client.post(here, {"released_on": clock.today().isoformat()}).status_code == 422
    release.refresh_from_db()
    assert not release.is_out


def test_the_next_higher_body_lets_it_out(hindered, release, business_owner, sponsor):
    what, review, key = hindered
    if what == "condition":
        waive_condition(key, actor=sponsor, reason="Proven elsewhere.")
    else:
        approve(review, sponsor, overrides={key: "The risk is carried."})

    assert mark_released(release, actor=business_owner).is_out


def test_what_a_higher_body_passed_over_when_it_approved_is_out_of_the_way(
    review, initiative, release, chair, sponsor, business_owner
):
    overdue = hinder(review, "condition", chair)
    later = make_review(GateReview.objects.get(pk=review.pk).initiative, gates=("value-fit",))
    approve(later, sponsor, overrides={f"condition:{overdue.pk}": "Proven elsewhere."})

    assert mark_released(release, actor=business_owner).is_out


def test_a_condition_that_is_not_due_and_a_review_that_agrees_hinder_nothing(
    review, release, business_owner, initiative, chair, sponsor
):
    make_sign_off(review, "legal", "approve")
    decision = approve(review, sponsor)
    make_condition(decision, make_person(), due_on=clock.today())
    assert mark_released(release, actor=business_owner).is_out
