"""Members vote for themselves, or by a proxy; whoever has a part in the item does not."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.errors import DomainError
from forums.actions.live import arrive, cast_item_vote, give_proxy, leave, put_to_vote, settle_item
from forums.votes import Chamber, count_votes
from tests.factories import make_initiative

from .conftest import add_item, come, events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]


def test_a_member_votes_and_changes_it_until_it_is_settled(running, pumps, chair, member):
    come(running, member)
    cast_item_vote(pumps, actor=member, choice="for", reason="It pays.")
    cast_item_vote(pumps, actor=member, choice="against")
    vote = pumps.votes.get()
    assert (vote.person, vote.choice, vote.reason, vote.cast_by) == (member, "against", "", member)
    assert [told["choice"] for told in events("meeting.voted")] == ["for", "against"]
    settle_item(pumps, actor=chair, result="Not now")
    with pytest.raises(DomainError, match="Carla Chair was first, at 09:00: Not now"):
        cast_item_vote(pumps, actor=member, choice="for")


def test_votes_count_for_what_was_put_to_the_vote(running, pumps, chair, member, other):
    come(running, member, other)
    cast_item_vote(pumps, actor=member, choice="for")
    cast_item_vote(pumps, actor=other, choice="recused")
    assert count_votes(pumps).tally.agree == 1

    put = put_to_vote(pumps, actor=chair, data={"result": "Buy  two of them"})

    assert put.motion == "Buy two of them"
    tally = count_votes(put).tally
    assert (tally.agree, tally.waiting) == (0, 2)
    cast_item_vote(pumps, actor=member, choice="for", motion=put.motion_number)
    assert count_votes(put).tally.agree == 1
    put_to_vote(pumps, actor=chair, data={"result": "Buy two of them"})
    assert count_votes(put).tally.agree == 1
    assert len(events("meeting.put_to_vote")) == 1
    with pytest.raises(DomainError, match="Meanwhile something else was put to the vote: Buy two of them"):
        cast_item_vote(pumps, actor=member, choice="against", motion=0)
    put_to_vote(pumps, actor=chair, data={"result": "Buy one of them"})
    again = put_to_vote(pumps, actor=chair, data={"result": "Buy two of them"})
    assert [voter.vote.choice for voter in count_votes(again).voters if voter.vote] == ["recused"]


def test_those_who_lead_put_something_to_the_vote_while_it_waits(running, pumps, chair, member):
    come(running, member)
    with pytest.raises(PermissionDenied):
        put_to_vote(pumps, actor=member, data={"result": "Buy them"})
    with pytest.raises(DomainError, match="Say first"):
        put_to_vote(pumps, actor=chair, data={"result": " "})
    settle_item(pumps, actor=chair, result="Not now")
    with pytest.raises(DomainError, match="was first"):
        put_to_vote(pumps, actor=chair, data={"result": "Buy them"})


def test_who_has_a_part_in_it_and_programs_put_nothing_to_the_vote(running, pumps, chair, recused, service_account):
    recused[chair.pk] = "Business owner"
    for actor in (chair, service_account):
        with pytest.raises(PermissionDenied):
            put_to_vote(pumps, actor=actor, data={"result": "Buy them"})


def test_what_a_holder_said_for_another_falls_with_their_own_part(running, pumps, secretary, member, other):
    come(running, member)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    cast_item_vote(pumps, actor=member, choice="for", person=other)
    assert count_votes(pumps).tally.agree == 1
    cast_item_vote(pumps, actor=member, choice="recused")
    assert count_votes(pumps).tally.agree == 0


def test_a_holder_does_not_change_what_a_member_said(running, pumps, secretary, member, other):
    come(running, member, other)
    cast_item_vote(pumps, actor=other, choice="against")
    leave(running, actor=secretary, person=other)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    with pytest.raises(DomainError, match="Mona Member voted on it themselves"):
        cast_item_vote(pumps, actor=member, choice="for", person=other)
    assert pumps.votes.get().choice == "against"


def test_only_members_with_a_vote_who_are_there(running, pumps, member, secretary, service_account, office_lead):
    come(running, secretary)
    for person in (secretary, office_lead, service_account):
        with pytest.raises(PermissionDenied):
            cast_item_vote(pumps, actor=person, choice="for")
    with pytest.raises(DomainError, match="you are there"):
        cast_item_vote(pumps, actor=member, choice="for")
    come(running, member)
    with pytest.raises(DomainError, match="Vote for, against"):
        cast_item_vote(pumps, actor=member, choice="perhaps")


def test_nobody_records_the_vote_of_another(running, pumps, chair, secretary, member):
    come(running, member, secretary)
    for actor in (chair, secretary):
        with pytest.raises(PermissionDenied):
            cast_item_vote(pumps, actor=actor, choice="for", person=member)


def test_the_holder_of_a_proxy_votes_for_who_is_away(running, pumps, secretary, member, other):
    come(running, member)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    with pytest.raises(DomainError, match="Abstain for them"):
        cast_item_vote(pumps, actor=member, choice="recused", person=other)
    vote = cast_item_vote(pumps, actor=member, choice="for", person=other)
    assert (vote.person, vote.cast_by) == (other, member)
    tally = count_votes(pumps).tally
    assert (tally.agree, tally.waiting) == (1, 2)
    # Who comes votes anew.
    arrive(running, actor=other, person=other)
    cast_item_vote(pumps, actor=other, choice="against")
    assert pumps.votes.get().cast_by == other


def test_who_is_recused_neither_votes_nor_lets_vote(running, pumps, secretary, member, other, recused):
    come(running, member)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    recused[other.pk] = "Business owner"
    with pytest.raises(DomainError, match="recused"):
        cast_item_vote(pumps, actor=member, choice="for", person=other)
    recused[member.pk] = recused.pop(other.pk)
    with pytest.raises(DomainError, match="You do not vote on this: Business owner"):
        cast_item_vote(pumps, actor=member, choice="for")
    with pytest.raises(DomainError, match="You do not vote on this"):
        cast_item_vote(pumps, actor=member, choice="for", person=other)
    assert (count_votes(pumps).tally.waiting, count_votes(pumps).voter(member).recused) == (1, "Business owner")


def test_who_recuses_themselves_votes_for_nobody_else(running, pumps, secretary, member, other):
    come(running, member)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    cast_item_vote(pumps, actor=member, choice="recused")
    with pytest.raises(PermissionDenied):
        cast_item_vote(pumps, actor=member, choice="for", person=other)
    assert count_votes(pumps).tally.waiting == 1


def test_many_items_are_counted_by_the_same_queries(running, member):
    def cost():
        items = [*running.items.all()]
        with CaptureQueriesContext(connection) as queries:
            Chamber(running).counts(items)
        return len(queries)

    come(running, member)
    add_item(running, "Trucks", 4, initiative=make_initiative())
    few = cost()
    for position in range(5, 40):
        add_item(running, f"Depot {position}", position, initiative=make_initiative())

    # What the votes need is four of them; who is recused, the rest.
    assert cost() == few <= 8
