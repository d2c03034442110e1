"""An item shows its money to those who vote where it is decided: not to a forum on whose agenda somebody put it."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forums.actions.agenda import put_on_agenda
from forums.actions.live import record_item
from forums.item_page import sections_of
from stagegates.actions.ask_funding import ask_money, withdraw_request
from stagegates.agenda.decider import draw_decision
from stagegates.models import FundingRequest, RequestItem
from stagegates.subjects import FUNDING
from tests.api.conftest import Script, make_api_token
from tests.factories import fund, make_initiative, make_person

from ..decisions.conftest import make_review, seat
from .conftest import make_item, make_meeting

pytestmark = pytest.mark.django_db
ELSEWHERE = "standards-review"


@pytest.fixture
def outsider(db):
    return seat(make_person("Stella Standard"), ELSEWHERE)


@pytest.fixture
def elsewhere(outsider):
    """A meeting of a forum that decides nothing at the gates."""
    return make_meeting(ELSEWHERE, live=False)


def shown(item, person):
    return "".join(each.html for each in sections_of([item], person)[item.pk])


def ask_of(meeting, request):
    item = meeting.items.create(
        forum=meeting.forum, title="Money", source=FUNDING, initiative=request.initiative, key=f"{request.pk}"
    )
    RequestItem.objects.create(item=item, request=request)
    return item


def test_whoever_puts_it_on_their_own_agenda_reads_no_sum(elsewhere, outsider, review, member, sponsor):
    item = put_on_agenda(elsewhere, actor=outsider, initiative=review.initiative)
    assert "60,000" not in shown(item, outsider)
    told = Script(make_api_token(outsider)[1]).get(f"meetings/{elsewhere.pk}/pre-read/{item.pk}/").json()["sections"]
    assert (told["asked"]["review"], told["asked"]["amount"], told["money"]) == (review.pk, None, None)
    own = make_item(make_meeting(live=False), initiative=review.initiative, source="by_hand")
    assert "60,000" in shown(own, member)
    above = make_item(make_meeting("executive-sponsor", live=False), initiative=review.initiative, source="by_hand")
    assert "60,000" in shown(above, sponsor)
    assert "60,000" not in shown(above, member)


def test_nobody_votes_on_what_is_not_submitted(initiative, member):
    make_review(initiative, amount=Decimal(60_000), submitted=False)
    item = make_item(make_meeting(live=False), initiative=initiative, source="stalled")
    assert "60,000" not in shown(item, member)


def test_money_outside_a_gate(elsewhere, outsider, initiative, business_owner, member):
    fund(initiative, 100_000)
    request = ask_money(initiative, actor=business_owner, amount=Decimal(45_000), reason="A second region joins.")
    own, other = ask_of(make_meeting(live=False), request), ask_of(elsewhere, request)
    assert "45,000" in shown(own, member)
    assert "45,000" not in shown(other, outsider)
    withdraw_request(request, actor=business_owner)
    own.refresh_from_db()
    assert "45,000" not in shown(own, member)


def test_the_form_of_the_decision_is_for_who_decides(review, chair, outsider):
    first = seat(make_person("Sanna First"), ELSEWHERE, "chair")
    away = make_item(make_meeting(ELSEWHERE), initiative=review.initiative, source="by_hand")
    html = draw_decision(away, first, None)
    assert "60,000" not in html
    assert "Portfolio review decides this." in html
    assert "60,000" in draw_decision(make_item(make_meeting(), review), chair, None)


def test_what_another_body_decides_is_settled_in_words(review, outsider):
    first = seat(make_person("Sanna First"), ELSEWHERE, "chair")
    away = make_item(make_meeting(ELSEWHERE), initiative=review.initiative, source="by_hand")
    with pytest.raises(ValidationError):
        record_item(away, actor=first, data={"outcome": "approve"})
    told = record_item(away, actor=first, data={"result": "It takes up the shared checklist"})
    assert (told.state, told.result) == ("done", "It takes up the shared checklist")
    review.refresh_from_db()
    assert review.is_open


def test_many_cost_what_few_do(member, chair):
    meeting = make_meeting(live=False)

    def more(count):
        for _ in range(count):
            row = make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")
            ask_of(meeting, FundingRequest.objects.create(initiative=row, amount=100, reason="More.", asked_by=chair))
            row = make_initiative(stage="pilot", owner=make_person(), risk_tier="moderate")
            make_item(meeting, make_review(row, amount=Decimal(100)))

    def cost():
        items = [*meeting.items.select_related("meeting", "forum", "initiative")]
        with CaptureQueriesContext(connection) as queries:
            sections_of(items, member)
        return len(queries)

    more(2)
    cost()
    few = cost()
    more(6)
    assert cost() == few
