"""What the value and risk review proposes: recorded with its votes, and brought to the next portfolio review once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.http import QueryDict

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event, Notification
from forums.actions.agenda import fill_agenda, take_off
from forums.actions.live import put_off_live, put_to_vote, record_item
from forums.deciding import decider_of
from forums.models import Forum
from portfolio.models import OwnerKind, Stage
from stagegates.agenda.recusals import parties_to_items
from stagegates.models import Decision
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_ownership, make_person, make_seat, move_stage
from tests.stagegates.meetings.conftest import make_item, make_meeting, vote
from value.actions.propose import propose
from value.models import ReviewProposal
from value.review.proposing import draw_proposal
from value.tasks import bring_proposal, tell_of_proposal

from .conftest import BEFORE, LAST, cost, item_of, proposed

pytestmark = pytest.mark.django_db
WHY = "Nobody uses it, and the licence runs on."
PORTFOLIO = "portfolio-review"


@pytest.fixture
def item(meeting, running, finance):
    """About an initiative that costs, and earned nothing for half a year."""
    for days in (BEFORE, LAST):
        cost(running, 100, days, finance)
    return item_of(meeting, "net_value_negative", key=f"net-{running.pk}", initiative=running, title="Negative")


def sent(**fields):
    data = QueryDict(mutable=True)
    data.update({"outcome": "words", "rationale": "", "result": ""} | fields)
    return data


def proposing(what="terminate", **fields):
    return sent(outcome=what, rationale=WHY, **fields)


def all_vote(item, voters, on="Propose to terminate"):
    for person in voters:
        vote(item, person, on=on)


def coming(**fields):
    """A draft of the portfolio review of next week, filled."""
    meeting = make_meeting(PORTFOLIO, live=False, **fields)
    fill_agenda(meeting)
    return meeting


def carried(meeting):
    return [each for each in meeting.items.all() if each.source == "proposed_by_value_review" and each.is_waiting]


def test_votes_carry_a_proposal_to_the_portfolio_review(item, voters, secretary, running):
    all_vote(item, voters)
    settled = record_item(item, actor=secretary, data=proposing())
    assert settled.result == "Propose to terminate: to the next portfolio review, 3 for, 0 against, 0 abstained"
    made = ReviewProposal.objects.get()
    assert (made.initiative, made.proposes, made.reason, made.proposed_by) == (running, "terminate", WHY, secretary)
    event = Event.objects.get(name="proposal.made")
    assert event.payload == {"initiative": running.pk, "item": item.pk, "proposal": made.pk}
    # Nothing of its stage is decided by it.
    running.refresh_from_db()
    assert running.stage == Stage.SCALE
    assert not Decision.objects.exists()
    [brought] = carried(coming())
    assert brought.title == f"Terminate proposed: {running.name}"
    assert brought.why.startswith("By the Value and risk review on")
    assert brought.why.endswith(f"3 for, 0 against, 0 abstained: {WHY}")
    assert brought.initiative == running


def test_its_owners_are_told_once_and_its_history_says_it(client, item, chair, business_owner, running):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    event = Event.objects.get(name="proposal.made")
    for _ in range(2):
        tell_of_proposal(event.pk)
    told = Notification.objects.get(person=business_owner, event=event)
    assert told.text == f"The Value and risk review proposes to terminate {running.reference}: {WHY}"
    client.force_login(business_owner)
    html = client.get(f"{running.get_absolute_url()}history/").content.decode()
    assert WHY in html


def test_consent_where_nobody_voted(item, chair):
    record_item(item, actor=chair, data=proposing("hold", by_consent="on"))
    assert ReviewProposal.objects.get().carried_by == "by general consent"


@pytest.mark.parametrize(
    ("on", "told"), [("Propose to hold", "The members voted on"), ("", "Nobody has voted")], ids=["another", "none"]
)
def test_what_the_votes_do_not_carry_is_not_proposed(item, voters, chair, on, told):
    if on:
        all_vote(item, voters, on)
    with pytest.raises(DomainError, match=told):
        record_item(item, actor=chair, data=proposing())
    assert not ReviewProposal.objects.exists()


def test_without_a_quorum_nothing_is_proposed(item, meeting, voters, chair):
    meeting.attendance.filter(person=voters[1]).update(left_at=clock.now())
    with pytest.raises(DomainError, match="No quorum"):
        record_item(item, actor=chair, data=proposing(by_consent="on"))


def test_words_say_why_it_goes_on(item, chair):
    with pytest.raises(ValidationError, match="Say in a few words"):
        record_item(item, actor=chair, data=sent())
    assert record_item(item, actor=chair, data=sent(result="It  ends soon")).result == "It ends soon"
    assert not ReviewProposal.objects.exists()
    assert proposed("net_value_negative") == []


def test_a_proposal_asks_why(item, chair):
    with pytest.raises(ValidationError, match="Say why"):
        record_item(item, actor=chair, data=sent(outcome="hold", by_consent="on"))
    with pytest.raises(DomainError, match="Say why"):
        propose(item, actor=chair, proposes="hold", reason="  ", by_consent=True)


def test_the_second_is_told_what_the_first_recorded(item, chair, secretary):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    item.refresh_from_db()
    with pytest.raises(DomainError, match="Carla Chair was first"):
        record_item(item, actor=secretary, data=proposing("hold", by_consent="on"))
    with pytest.raises(DomainError, match="Carla Chair was first"):
        propose(item, actor=secretary, proposes="hold", reason=WHY, by_consent=True)
    assert ReviewProposal.objects.count() == 1


@pytest.mark.parametrize("who", ["business_owner", "stranger", "auditor", "finance_controller"])
def test_only_chair_and_secretary_record(item, request, who, voters):
    for person in (request.getfixturevalue(who), voters[1]):
        with pytest.raises(PermissionDenied):
            propose(item, actor=person, proposes="hold", reason=WHY, by_consent=True)


def test_a_party_neither_votes_nor_records(item, chair, voters, running):
    make_ownership(running, chair, OwnerKind.RISK)
    assert chair.pk in parties_to_items([item])[item.pk]
    with pytest.raises(PermissionDenied, match="never a party"):
        record_item(item, actor=chair, data=proposing(by_consent="on"))
    html = draw_proposal(item, chair, None)
    assert "You have a part in it." in html
    assert "outcome" not in html


def test_who_leads_without_a_seat_reads_who_records_and_settles_nothing(item, chair, secretary):
    office = _office()
    html = draw_proposal(item, office, None)
    assert "Carla Chair (chair) and Selma Minutes (secretary) may record" in html
    assert "You hold neither seat." in html
    assert "outcome" not in html
    for data in ({"result": "Goes on"}, sent(result="Goes on")):
        with pytest.raises(PermissionDenied, match="You hold neither seat"):
            record_item(item, actor=office, data=data)
    answer = script(office).post(f"meetings/{item.meeting_id}/items/{item.pk}/record/", {"result": "Goes on"})
    assert answer.status_code == 403, answer.content
    item.refresh_from_db()
    assert item.is_waiting
    assert len(proposed("net_value_negative")) == 1
    put_off_live(item, actor=office)


def test_what_was_proposed_is_never_edited(item, chair):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    for deed in (lambda: ReviewProposal.objects.update(reason="Else"), ReviewProposal.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_the_form_offers_words_first(item, chair, voters):
    html = draw_proposal(item, chair, None)
    # A reason is asked for, and what holding means is said.
    assert "optional" not in html
    assert "holds its gate until a day" in html
    assert html.index("It goes on") < html.index("Propose to hold") < html.index("Propose to terminate")
    assert "Propose to" not in draw_proposal(item, voters[1], None)


def test_a_motion_names_the_proposal(item, chair):
    assert put_to_vote(item, actor=chair, data=proposing("hold")).motion == "Propose to hold"
    with pytest.raises(DomainError, match="Choose first"):
        put_to_vote(item, actor=chair, data=QueryDict())


def test_what_ended_meanwhile_is_told_in_words(item, chair, running):
    move_stage(running, "closed")
    item.refresh_from_db()
    assert draw_proposal(item, chair, None) == ""
    with pytest.raises(DomainError, match="has ended"):
        propose(item, actor=chair, proposes="hold", reason=WHY, by_consent=True)
    assert record_item(item, actor=chair, data={"result": "It ended last week"}).result == "It ended last week"


def test_where_decision_rights_say_so_the_forum_decides(item, chair):
    """Above the body that they name: it pauses and ends as the portfolio review does."""
    item.forum.rank = 99
    html = draw_proposal(item, chair, None)
    assert "Propose" not in html
    assert "Pause" in html


def test_it_is_brought_once(item, chair, secretary, running):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    first = coming()
    [brought] = carried(first)
    # It stands on one agenda at a time.
    later = coming(starts_at=clock.now() + timedelta(days=40))
    assert carried(later) == []
    assert fill_agenda(first).put == 0
    take_off(brought, actor=_office())
    assert proposed("proposed_by_value_review", brought.forum) == []
    fill_agenda(later)
    assert carried(later) == []


def test_it_reaches_the_next_draft_when_it_is_made_and_stands_near_the_top(item, chair, business_owner, running):
    funding = make_initiative("Asks for money", stage="pilot", owner=business_owner)
    draft = make_meeting(PORTFOLIO, live=False)
    later = make_meeting(PORTFOLIO, live=False, starts_at=clock.now() + timedelta(days=40))
    ready = make_item(draft, source="ready_to_decide", key="review-0", title="Ready", initiative=funding)
    by_hand = make_item(draft, title="Any other business", is_kept=True)
    other = make_item(draft, source="stalled", key="stalled-0", title="Stalled")
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    for _ in range(2):
        bring_proposal(Event.objects.get(name="proposal.made").pk)
    [brought] = carried(draft)
    assert [each.pk for each in draft.items.to_come()] == [ready.pk, brought.pk, by_hand.pk, other.pk]
    assert carried(later) == []
    assert Event.objects.filter(name="agenda.filled").count() == 1


def test_a_sent_agenda_takes_it_as_a_late_item_at_its_end(item, chair):
    sent_one = make_meeting(PORTFOLIO, live=False, state="open")
    make_item(sent_one, source="stalled", key="stalled-0", title="Stalled")
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    bring_proposal(Event.objects.get(name="proposal.made").pk)
    assert [each.source for each in sent_one.items.to_come()] == ["stalled", "proposed_by_value_review"]


def test_without_a_meeting_to_come_nothing_breaks(item, chair):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    bring_proposal(Event.objects.get(name="proposal.made").pk)
    assert len(carried(coming())) == 1


def test_put_off_it_stays_for_the_next_one(item, chair, secretary):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    office = _office()
    now = make_meeting(PORTFOLIO)
    fill_agenda(now)
    [brought] = carried(now)
    put_off_live(brought, actor=office)
    [again] = carried(coming())
    assert again.came_from == brought


def test_it_ends_with_what_it_is_about(item, chair, running):
    record_item(item, actor=chair, data=proposing("hold", by_consent="on"))
    portfolio = Forum.objects.get(slug=PORTFOLIO)
    assert len(proposed("proposed_by_value_review", portfolio)) == 1
    move_stage(running, "paused")
    assert proposed("proposed_by_value_review", portfolio) == []
    move_stage(running, "scale")
    running.is_confidential = True
    running.save(update_fields=["is_confidential"])
    assert proposed("proposed_by_value_review", portfolio) == []


def test_the_portfolio_review_decides_on_it(item, chair, running):
    record_item(item, actor=chair, data=proposing(by_consent="on"))
    [brought] = carried(coming())
    head = make_person("Pia Head")
    make_seat(PORTFOLIO, head, "chair")
    drawn = decider_of(brought).draw(brought, head, None)
    assert "Pause" in drawn
    assert "Terminate" in drawn


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def test_over_the_api(item, voters, chair, business_owner, running):
    url = f"meetings/{item.meeting_id}/items/{item.pk}/"
    all_vote(item, voters)
    told = {"decision": {"outcome": "terminate", "rationale": WHY}}
    for person, status in ((business_owner, 403), (voters[1], 403), (chair, 200), (chair, 409)):
        answer = script(person).post(f"{url}record/", told)
        assert answer.status_code == status, answer.content
    [brought] = carried(coming())
    read = script(chair).get(f"meetings/{brought.meeting_id}/pre-read/{brought.pk}/").json()["sections"]
    assert read["proposed"]["proposes"] == "terminate"
    assert read["proposed"]["reason"] == WHY
    # Its chair sees no money; its owner does.
    assert read["net_value"] is None
    read = script(business_owner).get(f"meetings/{brought.meeting_id}/pre-read/{brought.pk}/").json()["sections"]
    assert Decimal(read["net_value"]["last"]["net"]) == -100
    assert Decimal(read["net_value"]["to_date"]["run_cost"]) == 200


def test_a_confidential_one_is_not_there_for_strangers(item, running, stranger, voters):
    running.is_confidential = True
    running.save(update_fields=["is_confidential"])
    assert script(stranger).get(f"meetings/{item.meeting_id}/pre-read/{item.pk}/").status_code == 404


def _office():
    return make_person("Olga Office", "office_member")
