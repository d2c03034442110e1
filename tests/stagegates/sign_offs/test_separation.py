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
from stagegates.actions.give_evidence import give_evidence
from stagegates.actions.sign_offs import refresh_sign_offs
from stagegates.actions.waive_requirement import ask_again, waive_requirement
from stagegates.blocks import blocks_of
from stagegates.models import Evidence, GateReview, Requirement, SignOff
from stagegates.reviewers import reviewed_by, reviewers_of_all
from stagegates.separation import is_apart, is_party, to_which_party
from standards.actions.answer_checklist import answer_checklist, complete_checklist
from standards.models import ChecklistAnswer, ChecklistCompletion, Standard
from tests.factories import grant, make_ownership, make_person

from .factories import MONDAY, answer_all, assessment, make_review, sign_off_of

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def opener(db):
    return make_person("Olga Member", Role.OFFICE_MEMBER)


@pytest.fixture
def review(initiative, opener) -> GateReview:
    """Legal rests on the privacy assessment, security on nothing."""
    return make_review(initiative, opener, "legal", "security", requirements=(assessment(PRIVACY, "legal"),))


@pytest.fixture(autouse=True)
def _evidence_there(review):
    SignOff.objects.update(state="open", started_at=clock.now(), due_on=MONDAY.date() + timedelta(days=9))


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


def _answers(initiative, person, **answers):
    standard = Standard.objects.get(slug=PRIVACY)
    answer_checklist(
        initiative, standard, actor=person, answers={(code, "value"): say for code, say in answers.items()}
    )


def _answerer(initiative, review, person):
    _answers(initiative, person, retention="90")


def _answerer_corrected_since(initiative, review, person):
    """What somebody else corrected is the answer of whoever gave it."""
    _answers(initiative, person, retention="90")
    _answers(initiative, initiative.business_owner, retention="60")


def _completer(initiative, review, person):
    grant(person, Role.OFFICE_MEMBER)
    answer_all(initiative, initiative.business_owner, PRIVACY)
    standard = Standard.objects.get(slug=PRIVACY)
    ChecklistCompletion.objects.filter(standard=standard).delete()
    complete_checklist(initiative, standard, actor=person)


def _giver(kind, code, **given):
    def make(initiative, review, person):
        requirement(review, code=code, evidence=kind)
        join_office(person)
        give_evidence(initiative, actor=person, code=code, **given)
        SignOff.objects.filter(review=review).update(state="open", started_at=clock.now())

    return make


def _waiver(initiative, review, person):
    asked = requirement(review, code="production-fit/waived", evidence="document")
    join_office(person)
    waive_requirement(asked, actor=person, reason="Shown in the audit.")


def join_office(person):
    if not person.has_role(Role.OFFICE_MEMBER):
        grant(person, Role.OFFICE_MEMBER)


def requirement(review, **fields):
    told = {"gate": "production-fit", "text": "A plan", "functions": ["legal"]}
    return Requirement.objects.create(review=review, **told | fields)


# Parties to the one sign-off alone: it rests on what they wrote, gave or waived.
WRITERS = {
    "gave a link": _giver("document", "production-fit/link", link="https://example.org/plan"),
    "gave an answer": _giver("statement", "production-fit/answer", text="So it is."),
    "waived a requirement": _waiver,
    "answered the assessment": _answerer,
    "answered what was corrected since": _answerer_corrected_since,
    "completed the assessment": _completer,
}
PRIVACY = "privacy-assessment"


DEEDS = {"sign off": _sign_off, "ask": _ask, "pass on": _pass_on}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("party", PARTIES | WRITERS)
def test_a_party_does_nothing_of_it(initiative, review, person, party, deed):
    (PARTIES | WRITERS)[party](initiative, review, person)

    with clock.fixed_at(TUESDAY), pytest.raises(PermissionDenied):
        DEEDS[deed](sign_off_of(review, "legal"), person)

    assert sign_off_of(review, "legal").answer is None


@pytest.mark.parametrize("deed", DEEDS)
def test_somebody_who_is_no_party_may(initiative, review, person, deed):
    DEEDS[deed](sign_off_of(review, "legal"), person)


@pytest.mark.parametrize("party", PARTIES | WRITERS)
def test_sets_and_single_reviews_call_the_same_people_parties(initiative, review, person, party):
    """The queue and those who are told leave out exactly whom the actions refuse."""
    (PARTIES | WRITERS)[party](initiative, review, person)
    review.refresh_from_db()
    sign_off = sign_off_of(review, "legal")

    assert is_apart(person, sign_off)
    assert is_party(person, review) == (party in PARTIES)
    assert SignOff.objects.filter(to_which_party(person)).exists()
    assert not reviewed_by(person, SignOff.objects.all()).exists()
    assert person not in reviewers_of_all([sign_off])[sign_off.pk]


@pytest.mark.parametrize("party", PARTIES | WRITERS)
def test_nothing_is_passed_to_a_party(initiative, review, person, party):
    (PARTIES | WRITERS)[party](initiative, review, person)
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


@pytest.mark.parametrize("part", ["value", "note"])
def test_whoever_merely_corrects_an_assessment_signs_it_off(initiative, review, person, part):
    """The business owner gave the answer, and vouches for the whole when they complete it anew."""
    standard = Standard.objects.get(slug=PRIVACY)
    _answers(initiative, initiative.business_owner, retention="90")
    answer_checklist(initiative, standard, actor=person, answers={("retention", part): "60"})

    _sign_off(sign_off_of(review, "legal"), person)

    assert not SignOff.objects.filter(to_which_party(person)).exists()
    assert ChecklistAnswer.objects.get().given_by == initiative.business_owner


def test_an_answer_taken_back_and_given_anew_is_by_whoever_gave_it_last(initiative, review, person):
    _answers(initiative, initiative.business_owner, retention="90")
    _answers(initiative, person, retention="")
    _answers(initiative, person, retention="60")

    with pytest.raises(PermissionDenied):
        _sign_off(sign_off_of(review, "legal"), person)


def test_what_rests_on_something_else_they_sign_off(initiative, review, security_reviewer):
    _answerer(initiative, review, security_reviewer)

    _sign_off(sign_off_of(review, "security"), security_reviewer)


def test_they_are_told_why_on_page_and_api(initiative, review, person, client, script):
    _answerer(initiative, review, person)
    address = f"sign-offs/{sign_off_of(review, 'legal').pk}/answer/"
    told = "You answered Privacy assessment, which this sign-off rests on: somebody else of Legal answers it."

    refused = script(person).post(address, {"verdict": "approve", "reason": "Mine."})

    assert (refused.status_code, refused.json()["detail"]) == (403, told)
    client.force_login(person)
    page = client.get(sign_off_of(review, "legal").get_absolute_url()).content.decode()
    assert told in page
    assert 'name="verdict"' not in page


def test_an_answer_by_somebody_who_wrote_it_since_does_not_count(initiative, review, person):
    _sign_off(sign_off_of(review, "legal"), person)
    ChecklistAnswer.objects.create(
        initiative=initiative, standard=Standard.objects.get(slug=PRIVACY), item="retention", value="90",
        version=review.gates_version, answered_by=person,
    )  # fmt: skip
    told = f"{person} answered Privacy assessment, which Legal rests on: somebody else of it signs off anew"
    assert told in {block.what for block in blocks_of(review)}


def test_the_giver_of_evidence_is_told_why_and_their_answer_no_longer_counts(
    initiative, review, person, client, script
):
    _sign_off(sign_off_of(review, "legal"), person)
    WRITERS["gave a link"](initiative, review, person)
    sign_off = sign_off_of(review, "legal")
    told = "gave the evidence for “A plan”, which"

    refused = script(person).post(f"sign-offs/{sign_off.pk}/answer/", {"verdict": "approve", "reason": "Mine."})

    why = f"You {told} this sign-off rests on: somebody else of Legal answers it."
    assert (refused.status_code, refused.json()["detail"]) == (403, why)
    client.force_login(person)
    assert why in client.get(sign_off.get_absolute_url()).content.decode()
    SignOff.objects.filter(pk=sign_off.pk).update(state="answered")
    assert f"{person} {told} Legal rests on: somebody else of it signs off anew" in {
        block.what for block in blocks_of(review)
    }


def test_whose_evidence_was_replaced_or_waiver_taken_back_signs_off(initiative, review, person, business_owner):
    WRITERS["gave a link"](initiative, review, person)
    WRITERS["waived a requirement"](initiative, review, person)
    give_evidence(initiative, actor=business_owner, code="production-fit/link", link="https://example.org/better")
    waived = Requirement.objects.get(review=review, code="production-fit/waived")
    assert is_apart(person, sign_off_of(review, "legal"))

    ask_again(waived, actor=person)
    waived.delete()
    refresh_sign_offs(review)

    assert Evidence.objects.filter(given_by=person).exists()
    assert not is_apart(person, sign_off_of(review, "legal"))
    assert not SignOff.objects.filter(to_which_party(person)).exists()
    _sign_off(sign_off_of(review, "legal"), person)


def test_evidence_that_another_function_looks_at_bars_nobody_else(initiative, review, security_reviewer):
    WRITERS["gave a link"](initiative, review, security_reviewer)

    _sign_off(sign_off_of(review, "security"), security_reviewer)
