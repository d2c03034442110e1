"""Whoever is a party to a review neither signs off, asks, passes on nor confirms on it: every pair (DESIGN §4)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.accounts.models import Role
from portfolio.models import Intake, OwnerKind, Ownership
from stagegates.actions.answer_sign_off import answer_sign_off
from stagegates.actions.ask_question import ask_question
from stagegates.actions.delegate_sign_off import delegate_sign_off
from stagegates.actions.sign_offs import refresh_sign_offs
from stagegates.models import GateReview, SignOff
from stagegates.reviewers import reviewed_by, reviewers_of_all
from stagegates.separation import is_party, to_which_party
from tests.factories import grant, make_ownership, make_person

from .factories import MONDAY, make_review, sign_off_of

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def opener(db):
    return make_person("Olga Member", Role.OFFICE_MEMBER)


@pytest.fixture
def review(initiative, opener) -> GateReview:
    return make_review(initiative, opener, "legal")


@pytest.fixture
def person(db):
    """A legal reviewer, who may sign off as long as they are no party."""
    return make_person("Lena Lex", Role.LEGAL_REVIEWER)


def _requester(initiative, review, person):
    Intake.objects.create(requester=person, initiative=initiative, state=Intake.State.ACCEPTED)


def _opener(initiative, review, person):
    GateReview.objects.filter(pk=review.pk).update(opened_by=person)


def _submitter(initiative, review, person):
    GateReview.objects.filter(pk=review.pk).update(submitted_by=person, submitted_at=clock.now())


def _owner(kind, *, is_deputy=False):
    def make(initiative, review, person):
        if not is_deputy:
            Ownership.objects.current().filter(initiative=initiative, kind=kind).update(ended_on=MONDAY.date())
        make_ownership(initiative, person, kind, since=MONDAY.date(), is_deputy=is_deputy)

    return make


def _former_owner(initiative, review, person):
    """Owned it on the day the review was opened, and no longer."""
    _owner(OwnerKind.BUSINESS)(initiative, review, person)
    Ownership.objects.filter(person=person).update(ended_on=TUESDAY.date())


def _new_owner(initiative, review, person):
    Ownership.objects.current().filter(initiative=initiative, kind=OwnerKind.RISK).update(ended_on=TUESDAY.date())
    make_ownership(initiative, person, OwnerKind.RISK, since=TUESDAY.date())


def _delegate_who_becomes_owner(initiative, review, person):
    SignOff.objects.filter(review=review).update(assigned_to=person, assigned_because="Knows it best.")
    _new_owner(initiative, review, person)


PARTIES = {
    "requester": _requester,
    "opener": _opener,
    "submitter": _submitter,
    "business owner": _owner(OwnerKind.BUSINESS),
    "technical owner": _owner(OwnerKind.TECHNICAL),
    "risk owner": _owner(OwnerKind.RISK),
    "deputy of the business owner": _owner(OwnerKind.BUSINESS, is_deputy=True),
    "deputy of the technical owner": _owner(OwnerKind.TECHNICAL, is_deputy=True),
    "deputy of the risk owner": _owner(OwnerKind.RISK, is_deputy=True),
    "former owner": _former_owner,
    "new owner": _new_owner,
    "delegate who becomes owner": _delegate_who_becomes_owner,
}


def _sign_off(sign_off, person):
    answer_sign_off(sign_off, actor=person, verdict="approve", reason="Mine.")


def _ask(sign_off, person):
    ask_question(sign_off, actor=person, text="Is it good?")


def _pass_on(sign_off, person):
    delegate_sign_off(sign_off, actor=person, to=make_person("Sven Lock"), reason="Away.")


DEEDS = {"sign off": _sign_off, "ask": _ask, "pass on": _pass_on}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("party", PARTIES)
def test_a_party_does_nothing_of_it(initiative, review, person, party, deed):
    PARTIES[party](initiative, review, person)

    with clock.fixed_at(TUESDAY), pytest.raises(PermissionDenied):
        DEEDS[deed](sign_off_of(review, "legal"), person)

    assert sign_off_of(review, "legal").answer is None


@pytest.mark.parametrize("deed", DEEDS)
def test_somebody_who_is_no_party_may(initiative, review, person, deed):
    DEEDS[deed](sign_off_of(review, "legal"), person)


@pytest.mark.parametrize("party", PARTIES)
def test_sets_and_single_reviews_call_the_same_people_parties(initiative, review, person, party):
    """The queue and those who are told leave out exactly whom the actions refuse."""
    PARTIES[party](initiative, review, person)
    review.refresh_from_db()
    sign_off = sign_off_of(review, "legal")

    assert is_party(person, review)
    assert SignOff.objects.filter(to_which_party(person)).exists()
    assert not reviewed_by(person, SignOff.objects.all()).exists()
    assert person not in reviewers_of_all([sign_off])[sign_off.pk]


@pytest.mark.parametrize("party", PARTIES)
def test_nothing_is_passed_to_a_party(initiative, review, person, party):
    PARTIES[party](initiative, review, person)
    SignOff.objects.filter(review=review).update(assigned_to=None)

    with pytest.raises(Exception, match="does not rule on it"):
        delegate_sign_off(
            sign_off_of(review, "legal"), actor=make_person("Lex Two", Role.LEGAL_REVIEWER), to=person, reason="x"
        )


def test_an_owner_from_before_the_review_is_no_party(initiative, review, person):
    make_ownership(initiative, person, OwnerKind.BUSINESS, is_deputy=True, since=MONDAY.date() - timedelta(days=20))
    Ownership.objects.filter(person=person).update(ended_on=MONDAY.date() - timedelta(days=1))

    _sign_off(sign_off_of(review, "legal"), person)

    assert not SignOff.objects.filter(to_which_party(person)).exists()


def test_a_service_account_signs_nothing(initiative, review, service_account):
    SignOff.objects.filter(review=review).update(assigned_to=service_account)

    for deed in DEEDS.values():
        with pytest.raises(PermissionDenied):
            deed(sign_off_of(review, "legal"), service_account)


def test_an_auditor_changes_nothing(initiative, review, auditor):
    SignOff.objects.filter(review=review).update(assigned_to=auditor)

    with pytest.raises(PermissionDenied):
        _sign_off(sign_off_of(review, "legal"), auditor)


def test_a_reviewer_of_another_function_may_not(initiative, review, security_reviewer):
    with pytest.raises(PermissionDenied):
        _sign_off(sign_off_of(review, "legal"), security_reviewer)


def test_what_was_passed_to_somebody_who_becomes_a_party_goes_back(initiative, review, person):
    _delegate_who_becomes_owner(initiative, review, person)

    refresh_sign_offs(review)

    assert sign_off_of(review, "legal").assigned_to is None


def test_the_office_does_not_pass_on_what_it_opened(initiative, review, opener, person):
    grant(opener, Role.OFFICE_LEAD)

    with pytest.raises(PermissionDenied):
        delegate_sign_off(sign_off_of(review, "legal"), actor=opener, to=person, reason="Do it.")
