"""What waits for whom about autonomy levels: rows of My work, and who is told of what."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem

from .lane_facts import calibrated
from .level_bodies import bodies_spoken_for_by, may_speak_for_body, speakers_for
from .levels import LEGAL, chosen_of, lacking
from .models import AutonomyAcceptance, DecisionClass, Initiative, LevelChoice, OwnerKind, Ownership, StepDown
from .models.stage import ACTIVE
from .permissions import can_agree_as_legal, changes_nothing

# Rows of one kind at most.
MOST = 100


def autonomy_of(person: User) -> Iterator[WorkItem]:
    """Maps to accept, steps down to answer, bolder levels to agree to. Five queries, for legal six; for the chair of a
    body a few more for each level that waits for it.
    """
    if changes_nothing(person) or person.is_service_account:
        return
    yield from _maps_to_accept(person)
    yield from _steps_to_answer(person)
    yield from _levels_to_agree(person)


def message_of_autonomy(event: Event) -> Message | None:
    """Whom an event about levels concerns, and what they are told."""
    initiative = Initiative.objects.filter(pk=event.payload["initiative"]).first()
    if initiative is None:
        return None
    path, about = _decisions_of(initiative), {"initiative": initiative.pk}
    if event.name == "autonomy.reopened":
        people = _owners(initiative, *event.payload["roles"])
        text = f"The autonomy map of {initiative} changed: accept it again"
        return Message(people, text, f"{path}#map", Notification.Kind.REQUEST, about)
    if event.name == "autonomy.stepped_down":
        step = StepDown.objects.select_related("decision_class__owner").filter(pk=event.payload["step"]).first()
        return _stepped_down(initiative, step, path, about) if step else None
    choice = LevelChoice.objects.select_related("decision_class__owner").filter(pk=event.payload["choice"]).first()
    if choice is None:
        return None
    if event.name == "decision_class.level_asked":
        text = f"{choice.chosen_by} asks for “{choice.get_level_display().lower()}” in {choice.decision_class}"
        people = [*_owners(initiative, OwnerKind.RISK), *_legal_for(choice), *speakers_for(choice)]
        return Message(people, text, f"{path}#tab", Notification.Kind.REQUEST, about)
    text = f"{choice.decision_class} no longer has the level that was chosen: {choice.ended_because}"
    return Message(_owners(initiative, *OwnerKind), text, f"{path}#tab", about=about)


def _stepped_down(initiative: Initiative, step: StepDown, path: str, about: Mapping[str, int]) -> Message:
    people = {*_owners(initiative, *OwnerKind)}
    owner = step.decision_class.owner
    if owner and Initiative.objects.visible_to(owner).filter(pk=initiative.pk).exists():
        people.add(owner)
    text = f"{step} in {initiative.reference}: {step.because}"
    return Message(people, text, f"{path}{step.decision_class_id}/level/", Notification.Kind.ESCALATION, about)


def _owners(initiative: Initiative, *kinds: str) -> list[User]:
    """Those who own it in these ways, and their deputies."""
    held = Ownership.objects.current().filter(initiative=initiative, kind__in=kinds).select_related("person")
    return [*{each.person for each in held}]


def _legal_for(choice: LevelChoice) -> list[User]:
    """The legal reviewers whose consent a level lacks; nobody where the tests do not bar it."""
    if LEGAL not in lacking(chosen_of(choice), calibrated(choice.decision_class), clock.today()):
        return []
    reviewers = User.objects.active().people().filter(role_assignments__role=Role.LEGAL_REVIEWER).distinct()
    return [each for each in reviewers if can_agree_as_legal(each, choice.initiative)]


def _maps_to_accept(person: User) -> Iterator[WorkItem]:
    given = AutonomyAcceptance.objects.filter(initiative=OuterRef("initiative"))
    standing = Exists(given.standing().filter(Q(role=OuterRef("kind")) | Q(person=person)))
    before = Exists(given.exclude(reopened_at=None).filter(role=OuterRef("kind")))
    decides = Exists(DecisionClass.objects.filter(initiative=OuterRef("initiative")))
    roles = _held(person, *AutonomyAcceptance.Role.values).filter(decides, ~standing, initiative__stage__in=ACTIVE)
    seen = set()
    for held in roles.annotate(was_accepted=before).order_by("initiative")[:MOST]:
        if held.initiative_id not in seen:
            seen.add(held.initiative_id)
            verb = "changed: accept it again" if held.was_accepted else "waits for you"
            url = f"{_decisions_of(held.initiative)}#map"
            yield _item(held.initiative, f"The autonomy map {verb}", url, "Accept", "checklist")


def _steps_to_answer(person: User) -> Iterator[WorkItem]:
    own = _held(person, OwnerKind.RISK).values("initiative")
    steps = StepDown.objects.unanswered().filter(initiative__in=own).select_related("initiative", "decision_class")
    for step in steps.order_by("pk")[:MOST]:
        url = f"{_decisions_of(step.initiative)}{step.decision_class_id}/level/"
        what = f"{step}: confirm or lift it"
        since = figures.local_date(step.stepped_at)
        yield _item(step.initiative, what, url, "Answer", "trending-down", since=since, note=step.because)


def _levels_to_agree(person: User) -> Iterator[WorkItem]:
    own = _held(person, OwnerKind.RISK).values("initiative")
    wanted = Q(initiative__in=own, risk_agreed_at=None)
    is_legal = Role.LEGAL_REVIEWER in person.role_units
    if is_legal:
        wanted |= Q(legal_agreed_at=None)
    if bodies := bodies_spoken_for_by(person):
        wanted |= Q(body__in=bodies, body_agreed_at=None)
    waiting = (
        LevelChoice.objects.visible_to(person)
        .waiting()
        .filter(wanted)
        .select_related("initiative", "decision_class", "chosen_by")
    )
    owned = {*own.values_list("initiative", flat=True)} if is_legal or bodies else set()
    for choice in waiting.order_by("pk")[:MOST]:
        is_risks = not (is_legal or bodies) or choice.initiative_id in owned
        if not is_risks and not (is_legal and _lacks_legal(choice, person)) and not _lacks_body(choice, person):
            continue
        url = f"{_decisions_of(choice.initiative)}{choice.decision_class_id}/level/"
        what = f"{choice.decision_class}: “{choice.get_level_display().lower()}” waits for your consent"
        since = figures.local_date(choice.chosen_at)
        yield _item(choice.initiative, what, url, "Decide", "scale", since=since)


def _lacks_legal(choice: LevelChoice, person: User) -> bool:
    lacks = lacking(chosen_of(choice), calibrated(choice.decision_class), clock.today())
    units = person.role_units.get(Role.LEGAL_REVIEWER, frozenset())
    return LEGAL in lacks and (units is None or choice.initiative.unit_id in units)


def _lacks_body(choice: LevelChoice, person: User) -> bool:
    return choice.body_agreed_at is None and may_speak_for_body(person, choice)


def _held(person: User, *kinds: str) -> "QuerySet[Ownership]":
    on_register = Ownership.objects.current().filter(initiative__is_off_register=False)
    return on_register.filter(person=person, kind__in=kinds).select_related("initiative")


def _item(initiative: Initiative, what: str, url: str, verb: str, icon: str, **more: Any) -> WorkItem:
    return WorkItem(
        what, url, verb, icon=icon, initiative=str(initiative), initiative_url=initiative.get_absolute_url(), **more
    )


def _decisions_of(initiative: Initiative) -> str:
    return reverse("portfolio:initiative_decisions", args=[initiative.reference])
