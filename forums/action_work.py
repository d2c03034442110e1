"""Action items where people work: in My work, as reminders, and on the initiative they are about."""

from collections.abc import Iterator
from datetime import timedelta

from django.template.loader import render_to_string

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.events.reminders import Due
from aiso.web import figures
from aiso.web.work import WorkItem
from aiso.workdays import due_after
from portfolio.merging import family_of
from portfolio.page import InitiativePage
from portfolio.permissions import changes_nothing

from .models import ActionItem, Addendum, Membership

# Working days before its day on which the owner is reminded.
REMIND_DAYS = 2
# Days after its day from which whoever gave it, the chair and the secretary are told too.
ESCALATE_DAYS = 5
# Rows of My work, and of the panel.
MOST = 100
SHOWN = 5


def actions_of(person: User) -> Iterator[WorkItem]:
    """My work: the open actions that a person owns."""
    rows = ActionItem.objects.visible_to(person).with_sight(person).open().filter(owner=person)
    for action in rows.select_related("forum", "item__initiative").order_by("due_on", "pk")[:MOST]:
        about = action.item.initiative if action.item and action.sees_item else None  # type: ignore[attr-defined]
        yield WorkItem(
            what=f"Action: {action.text}",
            url=action.get_absolute_url(),
            verb="Finish",
            icon="checkbox",
            note=action.forum.name,
            initiative=str(about or ""),
            initiative_url=about.get_absolute_url() if about else "",
            since=figures.local_date(action.given_at),
            due=action.due_on,
        )


def addenda_of(person: User) -> Iterator[WorkItem]:
    """My work: what waits for the signature of a chair."""
    if changes_nothing(person) or person.is_service_account:
        return
    chaired = Membership.objects.on(clock.today()).filter(role=Membership.Role.CHAIR, person=person)
    waiting = Addendum.objects.filter(signed_at=None, minutes__meeting__forum__in=chaired.values("forum"))
    for addendum in waiting.select_related("minutes__meeting__forum", "written_by").order_by("written_at", "pk")[:MOST]:
        yield WorkItem(
            what="Sign what was added to minutes",
            url=f"{addendum.minutes.get_absolute_url()}#addendum-{addendum.pk}",
            verb="Read",
            icon="certificate",
            note=f"{addendum.minutes.meeting}, by {addendum.written_by}",
            since=figures.local_date(addendum.written_at),
        )


def actions_due() -> Iterator[Due]:
    """Reminders: to the owner before the day and after it; then to who gave it, and to its forum's chair and secretary.

    A day that moves and another owner make a new key, so that each is reminded anew.
    """
    today = clock.today()
    soon = due_after(clock.now(), REMIND_DAYS)
    rows = ActionItem.objects.open().filter(due_on__lte=soon, owner__is_active=True)
    found = [*rows.select_related("owner", "given_by").order_by("due_on", "pk")]
    running = _who_run({action.forum_id for action in found})
    for action in found:
        if action.due_on >= today:
            yield _due(action, "before", [action.owner], f"is due on {figures.day(action.due_on)}")
            continue
        yield _due(action, "late", [action.owner], f"was due on {figures.day(action.due_on)}")
        if action.due_on + timedelta(days=ESCALATE_DAYS) < today:
            people = [action.given_by, *running.get(action.forum_id, [])]
            told = f"of {action.owner} is late since {figures.day(action.due_on)}"
            yield _due(action, "long late", people, told, Notification.Kind.ESCALATION)


def actions_panel(page: InitiativePage) -> str:
    """What is to be done about an initiative, and about those merged into it, as far as the reader sees it."""
    rows = ActionItem.objects.visible_to(page.person).open().filter(item__initiative__in=family_of(page.initiative.pk))
    found = [*rows.select_related("owner", "forum").order_by("due_on", "pk")[: SHOWN + 1]]
    if not found:
        return ""
    return render_to_string("forums/_actions_panel.html", {"actions": found[:SHOWN], "more": len(found) > SHOWN})


def _due(
    action: ActionItem,
    step: str,
    people: list[User],
    told: str,
    kind: Notification.Kind = Notification.Kind.REMINDER,
) -> Due:
    return Due(
        key=f"{action.pk}:{action.due_on}:{action.owner_id}",
        step=step,
        people=people,
        text=f"An action {told}: {action.text}",
        path=action.get_absolute_url(),
        kind=kind,
        about={"action_item": action.pk},
    )


def _who_run(forums: set[int]) -> dict[int, list[User]]:
    """Chair and secretary of today, by forum."""
    roles = (Membership.Role.CHAIR, Membership.Role.SECRETARY)
    seats = Membership.objects.on(clock.today()).filter(forum__in=forums, role__in=roles).select_related("person")
    found: dict[int, list[User]] = {}
    for seat in seats:
        found.setdefault(seat.forum_id, []).append(seat.person)
    return found
