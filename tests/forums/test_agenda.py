"""What stands on an agenda: filled by sources, put there by people, moved, taken off, put off."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from aiso.errors import ConflictError, DomainError
from forums import sources
from forums.actions.agenda import (
    change_item,
    fill_agenda,
    move_item,
    put_back,
    put_in_backlog,
    put_off,
    put_on_agenda,
    reorder,
    take_in,
    take_off,
)
from forums.actions.agenda.order import moved_between
from forums.actions.meetings import open_meeting
from forums.models import AgendaItem
from forums.sources import Proposed, Source, register_source
from tests.factories import make_initiative, make_item, make_meeting

from .conftest import events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def later(review):
    return make_meeting(review.slug, starts_at=datetime(2026, 8, 6, 8, tzinfo=UTC))


def titles(meeting) -> list[str]:
    return [item.title for item in meeting.items.to_come()]


def started(meeting) -> None:
    meeting.state, meeting.started_at = "in_progress", meeting.starts_at
    meeting.save(update_fields=["state", "started_at"])


def test_sources_fill_an_agenda_each_key_once(meeting, chair, proposed):
    tied = []
    proposed += [Proposed("1", "One", "Ready", minutes=15, attach=tied.append), Proposed("2", "Two")]

    assert fill_agenda(meeting, actor=chair).put == 2
    assert fill_agenda(meeting).put == 0

    one, two = meeting.items.all()
    assert (one.source, one.key, one.why, one.minutes, one.put_by) == ("ready", "1", "Ready", 15, None)
    assert (tied, two.title) == ([one], "Two")
    assert events("agenda.filled") == [{"meeting": meeting.pk, "put": 2, "taken_off": 0}]


def test_a_source_fills_only_its_own_forum(meeting, proposed):
    register_source(Source("other", "Other", "standards-review", find=lambda forum, day: [Proposed("1", "Other")]))
    register_source(Source("all", "All", "", find=lambda forum, day: [Proposed("1", f"{forum.slug} {day}")]))

    fill_agenda(meeting)

    assert titles(meeting) == ["portfolio-review 2026-07-02"]


def test_refreshing_words_anew_and_takes_off_what_no_longer_holds(meeting, proposed):
    proposed += [Proposed("1", "One", "1 day late"), Proposed("2", "Two")]
    fill_agenda(meeting)

    proposed[:] = [Proposed("1", "One", "2 days late")]
    assert fill_agenda(meeting).taken_off == 1
    assert [(item.title, item.why) for item in meeting.items.to_come()] == [("One", "2 days late")]

    proposed.append(Proposed("2", "Two"))
    assert fill_agenda(meeting).put == 1
    assert titles(meeting) == ["One", "Two"]


def test_what_somebody_moved_edited_or_took_off_stays_as_it_is(meeting, chair, proposed):
    proposed += [Proposed(str(number), f"Item {number}") for number in range(4)]
    fill_agenda(meeting)
    moved, edited, removed, _ = meeting.items.all()
    reorder(meeting, [edited.pk, removed.pk, meeting.items.last().pk, moved.pk], actor=chair)
    change_item(edited, actor=chair, title="Better said")
    take_off(removed, actor=chair)

    proposed[:] = [Proposed("2", "Item 2")]
    fill_agenda(meeting)

    assert titles(meeting) == ["Better said", "Item 0"]


def test_an_agenda_that_was_sent_only_grows(meeting, chair, proposed):
    proposed.append(Proposed("1", "One"))
    fill_agenda(meeting)
    open_meeting(meeting, actor=chair)

    proposed[:] = [Proposed("2", "Two")]
    assert (fill_agenda(meeting, actor=chair).put, titles(meeting)) == (1, ["One", "Two"])


def test_what_stands_on_another_agenda_is_not_put_twice(meeting, later, proposed):
    proposed.append(Proposed("1", "One"))
    fill_agenda(meeting)

    assert fill_agenda(later).put == 0


def test_members_owners_and_the_office_put_items(meeting, member, office_member, business_owner):
    initiative = make_initiative("Pumps", owner=business_owner)

    put_on_agenda(meeting, actor=member, title=" A question ", why="Which one?", minutes=5)
    put_on_agenda(meeting, actor=business_owner, initiative=initiative)
    put_on_agenda(meeting, actor=office_member, title="Holidays")

    assert titles(meeting) == ["A question", "Pumps", "Holidays"]
    assert [told["initiative"] for told in events("agenda.item_put")] == [None, initiative.pk, None]


@pytest.mark.parametrize("who", ["auditor", "stranger", "business_owner"])
def test_nobody_else_puts_items(request, review, meeting, who):
    actor = request.getfixturevalue(who)

    for deed in (
        lambda: put_on_agenda(meeting, actor=actor, title="Mine"),
        lambda: put_on_agenda(meeting, actor=actor, initiative=make_initiative()),
        lambda: put_in_backlog(review, actor=actor, title="Mine"),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_a_member_puts_no_confidential_initiative_that_they_do_not_see(meeting, member):
    with pytest.raises(PermissionDenied):
        put_on_agenda(meeting, actor=member, initiative=make_initiative(is_confidential=True))


def test_the_same_initiative_stands_once(review, meeting, later, office_member):
    initiative = make_initiative("Pumps")
    put_on_agenda(meeting, actor=office_member, initiative=initiative)

    for deed in (
        lambda: put_on_agenda(meeting, actor=office_member, initiative=initiative),
        lambda: put_on_agenda(later, actor=office_member, initiative=initiative),
        lambda: put_in_backlog(review, actor=office_member, initiative=initiative),
    ):
        with pytest.raises(DomainError, match="2\xa0Jul"):
            deed()


def test_an_item_says_what_it_is_about(meeting, office_member):
    with pytest.raises(DomainError) as refused:
        put_on_agenda(meeting, actor=office_member, title="  ")
    assert refused.value.field == "title"


def test_from_the_backlog_onto_an_agenda(review, meeting, chair, member):
    item = put_in_backlog(review, actor=member, title="Later")
    with pytest.raises(PermissionDenied):
        take_in(item, meeting, actor=member)

    take_in(item, meeting, actor=chair)

    assert titles(meeting) == ["Later"]
    with pytest.raises(DomainError, match="no longer"):
        take_in(item, meeting, actor=chair)
    other = put_in_backlog(review, actor=member, title="Another")
    with pytest.raises(DomainError, match="another forum"):
        take_in(other, make_meeting("standards-review"), actor=_office())


def _office():
    from tests.factories import make_person

    return make_person("", "office_lead")


def test_whoever_put_an_item_takes_it_off_and_back(meeting, member, chair):
    own, other = put_on_agenda(meeting, actor=member, title="Mine"), make_item(meeting, "Other")
    with pytest.raises(PermissionDenied):
        take_off(other, actor=member)

    take_off(own, actor=member)
    assert titles(meeting) == ["Other"]
    with pytest.raises(DomainError, match="taken off"):
        take_off(own, actor=member)

    put_back(own, actor=member)
    assert {*titles(meeting)} == {"Mine", "Other"}
    with pytest.raises(DomainError):
        put_back(own, actor=chair)


def test_before_a_meeting_an_item_is_put_off_by_moving_it(meeting, later, chair, proposed):
    proposed.append(Proposed("1", "One"))
    fill_agenda(meeting)
    item = meeting.items.get()

    assert put_off(item, actor=chair, to=later) == item
    fill_agenda(meeting)
    assert (titles(meeting), titles(later)) == ([], ["One"])

    put_off(item, actor=chair)
    fill_agenda(meeting)
    assert (titles(later), [*meeting.forum.items.backlog()]) == ([], [item])


def test_during_a_meeting_the_record_stays_and_another_item_follows(meeting, later, chair, monkeypatch):
    carried = []
    monkeypatch.setattr(sources, "_sources", {})
    found = [Proposed("1", "One")]
    register_source(
        Source("ready", "Ready", "portfolio-review", lambda forum, day: found, carry=lambda *both: carried.append(both))
    )
    fill_agenda(meeting)
    item = meeting.items.get()
    started(meeting)

    follower = put_off(item, actor=chair)

    item.refresh_from_db()
    assert (item.state, item.result, item.settled_by) == ("deferred", "Put off to the backlog", chair)
    assert (follower.meeting, follower.key, carried) == (None, "1", [(item, follower)])
    assert fill_agenda(meeting).put == 0
    assert fill_agenda(later).put == 1
    follower.refresh_from_db()
    assert follower.meeting == later


def test_an_item_is_not_put_off_to_where_it_stands_or_to_another_forum(meeting, chair):
    item = make_item(meeting)
    for to in (meeting, make_meeting("standards-review")):
        with pytest.raises(DomainError) as refused:
            put_off(item, actor=chair, to=to)
        assert refused.value.field == "to"


def test_what_is_on_screen_is_not_taken_off(meeting, chair):
    item = make_item(meeting)
    started(meeting)
    meeting.current = item
    meeting.save(update_fields=["current"])

    with pytest.raises(DomainError, match="on screen"):
        take_off(item, actor=chair)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], set()),
        ([1, 2, 3, 4], [4, 1, 2, 3], {4}),
        ([1, 2, 3, 4], [2, 3, 4, 1], {1}),
        ([1, 2, 3, 4, 5], [1, 4, 2, 3, 5], {4}),
        ([], [], set()),
    ],
)
def test_the_fewest_items_count_as_moved(before, after, moved):
    assert moved_between(before, after) == moved


def test_reordering_names_strangers_and_keeps_what_was_not_named(meeting, chair, member):
    one, two, three = (make_item(meeting, name) for name in ("One", "Two", "Three"))

    reorder(meeting, [three.pk], actor=chair)
    assert titles(meeting) == ["Three", "One", "Two"]
    assert AgendaItem.objects.filter(is_kept=True).get() == three
    with pytest.raises(DomainError, match="not on this agenda"):
        reorder(meeting, [make_item(make_meeting("standards-review")).pk], actor=chair)
    with pytest.raises(PermissionDenied):
        reorder(meeting, [one.pk, two.pk], actor=member)


def test_an_item_moves_a_place_and_stays_at_the_ends(meeting, chair):
    one, two = make_item(meeting, "One"), make_item(meeting, "Two")

    move_item(two, actor=chair, places=-1)
    assert titles(meeting) == ["Two", "One"]
    move_item(two, actor=chair, places=-1)
    move_item(one, actor=chair, places=1)
    assert titles(meeting) == ["Two", "One"]


def test_the_order_of_an_agenda_that_was_sent_stands(meeting, chair):
    one, two = make_item(meeting), make_item(meeting)
    open_meeting(meeting, actor=chair)

    with pytest.raises(DomainError, match="order stands"):
        reorder(meeting, [two.pk, one.pk], actor=chair)
    assert put_on_agenda(meeting, actor=chair, title="One more").position > two.position


def test_editing_tells_of_what_somebody_else_wrote(meeting, chair, member):
    item = make_item(meeting, "One")
    change_item(item, actor=chair, seen={"minutes": 10}, minutes=20)

    with pytest.raises(ConflictError):
        change_item(item, actor=chair, seen={"minutes": 10}, minutes=5)
    with pytest.raises(PermissionDenied):
        change_item(item, actor=member, minutes=5)
    assert events("agenda.item_changed") == [{"item": item.pk, "initiative": None, "fields": ["minutes"]}]


def test_nothing_changes_once_a_meeting_is_over(meeting, later, chair, member):
    item = make_item(meeting)
    started(meeting)
    meeting.state, meeting.closed_at = "closed", meeting.starts_at + timedelta(hours=1)
    meeting.save(update_fields=["state", "closed_at"])

    for deed in (
        lambda: put_on_agenda(meeting, actor=member, title="Late"),
        lambda: take_off(item, actor=chair),
        lambda: put_off(item, actor=chair, to=later),
        lambda: change_item(item, actor=chair, minutes=3),
        lambda: fill_agenda(meeting),
    ):
        with pytest.raises(DomainError, match="closed"):
            deed()
    with pytest.raises(ProgrammingError, match="closed meeting"), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(minutes=3)
