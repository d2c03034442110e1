"""Who is there, who has a vote, and who votes for whom."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.errors import DomainError
from forums.actions.live import arrive, end_proxy, give_proxy, leave
from forums.votes import Chamber
from tests.factories import make_person

from .conftest import NINE, come, events, seated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]


def test_a_member_says_that_they_are_there_and_the_secretary_lets_guests_in(running, member, secretary):
    guest = make_person("Gustav Guest")
    arrive(running, actor=member, person=member)
    arrive(running, actor=secretary, person=guest)

    rows = {row.person: (row.role, row.has_vote) for row in running.attendance.all()}
    assert rows[member] == ("member", True)
    assert rows[guest] == ("", False)
    assert {told["person"] for told in events("meeting.arrived")} == {member.pk, guest.pk}


def test_guests_do_not_let_themselves_in_nor_members_each_other(running, member, other):
    guest = make_person()
    for actor, person in ((guest, guest), (member, other)):
        with pytest.raises(PermissionDenied):
            arrive(running, actor=actor, person=person)


def test_nobody_comes_twice_and_who_comes_back_keeps_one_row(running, member, service_account, chair):
    come(running, member)
    with pytest.raises(DomainError, match="there already"):
        arrive(running, actor=member, person=member)
    with clock.fixed_at(NINE + timedelta(minutes=5)):
        assert leave(running, actor=member, person=member).left_at == clock.now()
    with pytest.raises(DomainError, match="not there"):
        leave(running, actor=chair, person=member)
    arrive(running, actor=chair, person=member)
    row = running.attendance.get(person=member)
    assert (row.left_at, row.arrived_at, row.noted_by) == (None, NINE, chair)
    with pytest.raises(DomainError, match="cannot be there"):
        arrive(running, actor=chair, person=service_account)


def test_the_quorum_counts_members_with_a_vote_and_proxies(running, chair, member, other, secretary):
    come(running, secretary)
    chamber = Chamber(running)
    assert (len(chamber.voting), chamber.able) == (3, 1)
    come(running, member)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    assert Chamber(running).able == 3
    leave(running, actor=member, person=member)
    assert Chamber(running).able == 1


def test_the_giver_gives_a_proxy_or_who_leads_notes_it_but_never_its_holder(running, chair, member, other, secretary):
    come(running, member)
    with pytest.raises(PermissionDenied):
        give_proxy(running, actor=member, giver=other, holder=member)
    with pytest.raises(PermissionDenied):
        give_proxy(running, actor=chair, giver=other, holder=chair)
    with pytest.raises(PermissionDenied):
        give_proxy(running, actor=make_person(), giver=other, holder=member)
    proxy = give_proxy(running, actor=other, giver=other, holder=member)
    assert events("meeting.proxy_given") == [{"meeting": running.pk, "giver": other.pk, "holder": member.pk}]
    with pytest.raises(PermissionDenied):
        end_proxy(proxy, actor=make_person())
    end_proxy(proxy, actor=secretary)
    assert events("meeting.proxy_ended") == [{"meeting": running.pk, "giver": other.pk, "holder": member.pk}]


def test_one_proxy_a_holder_and_a_giver_and_only_between_members(running, chair, member, other, secretary):
    third = make_person()
    come(running, member)
    with pytest.raises(DomainError, match="no vote"):
        give_proxy(running, actor=chair, giver=secretary, holder=member)
    with pytest.raises(DomainError, match="no vote"):
        give_proxy(running, actor=chair, giver=other, holder=third)
    with pytest.raises(DomainError, match="is there"):
        give_proxy(running, actor=secretary, giver=member, holder=chair)
    with pytest.raises(DomainError, match="not there"):
        give_proxy(running, actor=secretary, giver=other, holder=seated("Anna Away"))
    give_proxy(running, actor=secretary, giver=other, holder=member)
    with pytest.raises(DomainError, match="already"):
        give_proxy(running, actor=secretary, giver=other, holder=chair)


def test_a_proxy_ends_when_its_giver_comes_and_when_its_holder_leaves(running, secretary, member, other):
    come(running, member)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    come(running, other)
    assert not running.proxies.exists()
    leave(running, actor=other, person=other)
    give_proxy(running, actor=secretary, giver=other, holder=member)
    leave(running, actor=member, person=member)
    assert not running.proxies.exists()
    assert len(events("meeting.proxy_ended")) == 2
