"""Two people in the same moment at one review: nothing is done twice, and nothing of either is lost."""

import pytest

from aiso.errors import ConflictError, DomainError
from aiso.events.models import Event
from stagegates.actions.answer_sign_off import answer_sign_off
from stagegates.actions.give_evidence import give_evidence
from stagegates.actions.open_review import open_review
from stagegates.actions.submit_review import submit_review
from stagegates.models import Evidence, GateReview, SignOff, SignOffAnswer
from standards.actions.answer_checklist import answer_checklist, complete_checklist
from standards.models import ChecklistAnswer, ChecklistCompletion, Standard
from tests.at_once import both
from tests.standards.conftest import ANSWERS, answered

from .sign_offs.factories import make_review, sign_off_of

LINEAGE = "data-fit/lineage"
ONE_OF_TWO = [DomainError.__name__, "done"]


@pytest.fixture
def here(transactional_db, request):
    """An initiative that other threads see too."""
    return request.getfixturevalue("initiative")


def events(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_evidence_given_twice_at_once_is_two_versions(here, business_owner, technical_owner):
    open_review(here, actor=business_owner)
    givers = (business_owner, technical_owner)

    def give(number):
        give_evidence(here, actor=givers[number], code=LINEAGE, link=f"https://files.example.org/{number}")

    assert both(give) == ["done", "done"]
    assert sorted(Evidence.objects.values_list("version", flat=True)) == [1, 2]
    assert events("evidence.given") == 2


def test_one_of_two_opens_the_review(here, business_owner, technical_owner):
    openers = (business_owner, technical_owner)

    def open_it(number):
        open_review(here, actor=openers[number])

    assert both(open_it) == ONE_OF_TWO
    review = GateReview.objects.get()
    assert (review.attempt, events("review.opened")) == (1, 1)
    codes = [*review.requirements.values_list("code", flat=True)]
    assert len(codes) == len({*codes}) > 0


def test_one_of_two_submits_the_review(here, business_owner, technical_owner, office_lead):
    review = open_review(here, actor=business_owner)
    review.requirements.update(waived_because="Shown in a test", waived_by=office_lead)
    submitters = (business_owner, technical_owner)

    def submit(number):
        submit_review(review, actor=submitters[number])

    assert both(submit) == ONE_OF_TWO
    review.refresh_from_db()
    assert review.submitted_by in submitters
    assert events("review.submitted") == 1


def test_one_of_two_answers_the_item_of_a_checklist(here, business_owner, technical_owner):
    privacy = Standard.objects.get(slug="privacy-assessment")
    item, people = ("in-prompts", "value"), (business_owner, technical_owner)

    def answer(number):
        told = {item: ("yes", "no")[number]}
        answer_checklist(here, privacy, actor=people[number], answers=told, seen={item: ""})

    assert both(answer) == [ConflictError.__name__, "done"]
    given = ChecklistAnswer.objects.get()
    assert given.value == ("yes" if given.answered_by == business_owner else "no")
    assert events("checklist.answered") == 1


def test_one_of_two_completes_a_checklist(here, business_owner, technical_owner):
    privacy = Standard.objects.get(slug="privacy-assessment")
    here.risk_tier, here.data_sensitivity = "low", "internal"
    here.save()
    answered(here, privacy, business_owner, ANSWERS)
    people = (business_owner, technical_owner)

    def complete(number):
        complete_checklist(here, privacy, actor=people[number])

    assert both(complete) == ONE_OF_TWO
    assert ChecklistCompletion.objects.count() == 1
    assert events("checklist.completed") == 1


def test_one_of_two_answers_of_the_same_person_signs_off(here, business_owner, legal_reviewer):
    """A button pressed twice, or two windows."""
    review = make_review(here, business_owner, "legal")
    legal = sign_off_of(review, "legal")
    assert legal.state == SignOff.State.OPEN

    def sign_off(number):
        answer_sign_off(legal, actor=legal_reviewer, verdict=("approve", "object")[number], reason="So I think.")

    assert both(sign_off) == ONE_OF_TWO
    legal.refresh_from_db()
    assert legal.answer == SignOffAnswer.objects.get()
