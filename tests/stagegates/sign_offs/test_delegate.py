"""Passing a sign-off to somebody else, and back."""

import pytest
from django.core.exceptions import PermissionDenied

from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.web.forms import person_text
from portfolio.models import Initiative
from stagegates.actions.delegate_sign_off import delegate_sign_off
from stagegates.models import SignOff
from tests.factories import make_person

from .factories import answered, make_review, sign_off_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(initiative, requester):
    return make_review(initiative, requester, "legal")


@pytest.fixture
def expert(db):
    return make_person("Ex Pert")


def test_the_delegate_answers_and_it_goes_back(review, legal_reviewer, expert):
    delegate_sign_off(sign_off_of(review, "legal"), actor=legal_reviewer, to=expert, reason="Knows it best.")
    assert sign_off_of(review, "legal").assigned_to == expert
    assert Event.objects.get(name="sign_off.delegated").payload["person"] == expert.pk

    delegate_sign_off(sign_off_of(review, "legal"), actor=expert, to=None, reason="No time.")
    assert sign_off_of(review, "legal").assigned_to is None

    delegate_sign_off(sign_off_of(review, "legal"), actor=legal_reviewer, to=expert, reason="Please.")
    assert answered(review, "legal", expert).answered_by == expert


def test_to_the_same_again_or_without_reason_is_refused(review, legal_reviewer, expert):
    legal = sign_off_of(review, "legal")
    with pytest.raises(DomainError, match="Say why"):
        delegate_sign_off(legal, actor=legal_reviewer, to=expert, reason=" ")
    with pytest.raises(DomainError, match="Nobody has it"):
        delegate_sign_off(legal, actor=legal_reviewer, to=None, reason="Back.")
    delegate_sign_off(legal, actor=legal_reviewer, to=expert, reason="Please.")
    with pytest.raises(DomainError, match="has it already"):
        delegate_sign_off(legal, actor=legal_reviewer, to=expert, reason="Please.")


def test_not_to_programs_auditors_or_those_who_do_not_see_it(
    review, initiative, legal_reviewer, service_account, auditor, expert, office_lead
):
    legal = sign_off_of(review, "legal")
    for person in (service_account, auditor):
        with pytest.raises(DomainError, match="may change things"):
            delegate_sign_off(legal, actor=legal_reviewer, to=person, reason="Please.")
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    with pytest.raises(DomainError, match="does not see"):
        delegate_sign_off(legal, actor=office_lead, to=expert, reason="Please.")


def test_a_reviewer_sees_a_confidential_initiative_by_being_assigned(client, review, initiative, office_lead):
    lawyer = make_person("Lex Two", Role.LEGAL_REVIEWER)
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    legal = sign_off_of(review, "legal")
    client.force_login(lawyer)
    assert client.get(legal.get_absolute_url()).status_code == 404

    delegate_sign_off(legal, actor=office_lead, to=lawyer, reason="Yours.")

    assert client.get(legal.get_absolute_url()).status_code == 200
    assert client.get(initiative.get_absolute_url()).status_code == 200
    answered(review, "legal", lawyer)
    SignOff.objects.update(assigned_to=None)
    # Who answered keeps seeing what they answered for as long as the review is open.
    assert client.get(legal.get_absolute_url()).status_code == 200


def test_strangers_and_other_functions_pass_nothing_on(review, stranger, security_reviewer, expert):
    for person in (stranger, security_reviewer):
        with pytest.raises(PermissionDenied):
            delegate_sign_off(sign_off_of(review, "legal"), actor=person, to=expert, reason="Please.")


def test_page_and_api(client, script, review, legal_reviewer, expert, stranger):
    legal = sign_off_of(review, "legal")
    names = f"pass-{legal.pk}-to", f"pass-{legal.pk}-reason"
    client.force_login(legal_reviewer)
    sent = dict(zip(names, (person_text(expert), "Knows it best."), strict=True))
    assert client.post(f"/sign-offs/{legal.pk}/pass/", sent).status_code == 302
    assert b"Passed to Ex Pert" in client.get(legal.get_absolute_url()).content
    assert client.post(f"/sign-offs/{legal.pk}/pass/", sent).status_code == 422

    lawyer = script(legal_reviewer)
    told = lawyer.post(f"sign-offs/{legal.pk}/delegate/", {"to": None, "reason": "Mine again."})
    assert (told.status_code, told.json()["assigned_to"]) == (200, None)
    refused = script(stranger).post(f"sign-offs/{legal.pk}/delegate/", {"to": expert.pk, "reason": "x"})
    assert refused.status_code == 403
    assert lawyer.post(f"sign-offs/{legal.pk}/delegate/", {"to": None}).status_code == 422
