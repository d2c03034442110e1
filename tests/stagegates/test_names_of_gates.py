"""People read the names of gates and who objects, never codes."""

import pytest

from portfolio.models import Stage
from stagegates.actions.open_review import open_review
from stagegates.blocks import Kind, blocks_of
from stagegates.models import ReviewFunction, SignOff, SignOffAnswer
from stagegates.overview import next_gate_of
from stagegates.review_page import sign_off_sentence
from stagegates.rules import joined


def test_names_are_joined_in_one_sentence():
    assert joined(["Workflow fit", "Data fit", "Autonomy fit"]) == "Workflow fit, data fit and autonomy fit"


def test_an_objection_is_told_before_any_count():
    answered = {"state": SignOff.State.ANSWERED, "clock_days": 3}
    security = SignOff(function=ReviewFunction(name="Security"), **answered)
    security.answer = SignOffAnswer(verdict=SignOffAnswer.Verdict.OBJECT)
    risk = SignOff(function=ReviewFunction(name="Risk"), **answered)
    risk.answer = SignOffAnswer(verdict=SignOffAnswer.Verdict.APPROVE)
    assert sign_off_sentence([security, risk]) == "security objects"
    assert sign_off_sentence([risk]) == "1 of 1 sign-off is given"


@pytest.mark.django_db
def test_the_page_that_decides_names_the_gate_and_leads_to_rows(owned, business_owner, client):
    client.force_login(business_owner)
    review = open_review(owned(Stage.PILOT), actor=business_owner)
    page = client.get(f"/reviews/{review.pk}/decide/").content.decode()
    assert review.title == "Production fit"
    assert "production fit. It is decided" in page
    assert "production-fit. " not in page
    evidence = [block for block in blocks_of(review) if block.kind == Kind.EVIDENCE]
    assert evidence
    assert all(block.url.startswith(f"/reviews/{review.pk}/#") for block in evidence)
    detail = client.get(review.get_absolute_url()).content.decode()
    assert all(f'id="{block.url.partition("#")[2]}"' in detail for block in evidence)


@pytest.mark.django_db
def test_the_initiative_names_who_objects_and_what_is_outdated_or_late(owned, business_owner):
    initiative = owned(Stage.PILOT)
    review = open_review(initiative, actor=business_owner)
    security, risk = review.sign_offs.order_by("function__slug")[::-1]
    SignOff.objects.filter(pk=risk.pk).update(state=SignOff.State.OUTDATED)
    SignOff.objects.filter(pk=security.pk).update(state=SignOff.State.OPEN, due_on="2020-01-01")

    found = next_gate_of(initiative)

    told = {gap.what: gap.why for gap in found.gaps}
    assert told["Risk sign-off"].startswith("outdated")
    assert told["Security sign-off"].endswith("working days late")
