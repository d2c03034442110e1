"""Choosing a level in place of the calibrated one: a more cautious one freely, a bolder one with consent."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..lane_facts import calibrated
from ..level_bodies import body_asked_for, may_speak_for_body
from ..levels import BODY, LISTED, chosen_of, is_bolder, lacking
from ..models import AutonomyLevel, DecisionClass, Initiative, LevelChoice, OwnerKind
from ..permissions import acts_as, can_agree_as_legal, can_edit
from .keep_decisions import locked_to_edit, settle_levels

CONSENTING = (
    "Its risk owner consents to it; over a blocking test or a regulated decision also legal, and the chair of the body "
    "that the matrix asks for, who neither asked for it nor consented before and is no party."
)

ENDING = "Its owners, the office, legal and the chair of the body that it needs take a chosen level back or refuse it."


@transaction.atomic
def choose_level(
    decision: DecisionClass,
    *,
    actor: User,
    level: str,
    because: str = "",
    evidence: str = "",
    until: date | None = None,
) -> LevelChoice:
    """Choose a level. One that is not bolder than the tests say holds at once; a bolder one waits for consent.

    A bolder one needs evidence and the risk owner, over a blocking test or a regulated decision also an end, legal
    and the body that the matrix asks for (DESIGN §5). The risk owner who chooses consents by it. Raises DomainError
    for what is missing.
    """
    locked = locked_to_edit(decision.initiative, actor)
    decision = locked.decision_classes.select_for_update(of=["self"]).get(pk=decision.pk)
    choice = LevelChoice(
        initiative=locked,
        decision_class=decision,
        level=level,
        because=because.strip(),
        evidence=evidence.strip(),
        until=until,
        chosen_by=actor,
    )
    choice.clean_fields()
    _refuse_incomplete(choice, decision)
    if is_bolder(level, calibrated(decision).level) and acts_as(actor, locked, OwnerKind.RISK):
        choice.risk_agreed_by, choice.risk_agreed_at = actor, clock.now()
    _name_body(choice)
    _settle(choice, decision, actor)
    name = "decision_class.level_chosen" if choice.agreed_at else "decision_class.level_asked"
    publish(name, actor=actor, initiative=locked, decision_class=decision, choice=choice, level=level)
    return choice


@transaction.atomic
def agree_to_level(choice: LevelChoice, *, actor: User) -> LevelChoice:
    """Consent to a bolder level as its risk owner, for legal, or as the chair for its body; with the last it holds.

    Raises PermissionDenied for anybody else, DomainError where it waits for nobody, or not for the actor any more.
    """
    locked = Initiative.objects.select_for_update().get(pk=choice.initiative_id)
    choice = LevelChoice.objects.select_for_update(of=["self"]).select_related("decision_class").get(pk=choice.pk)
    choice.initiative = locked
    if choice.is_waiting:
        _name_body(choice)
    consents = consents_of(actor, choice)
    if not consents:
        raise PermissionDenied(CONSENTING)
    if not choice.is_waiting:
        raise DomainError("This level does not wait for consent any more.")
    waited_for = [each for each in consents if getattr(choice, f"{each}_agreed_at") is None]
    if not waited_for:
        raise DomainError("You consented to it before; it waits for somebody else.")
    setattr(choice, f"{waited_for[0]}_agreed_by", actor)
    setattr(choice, f"{waited_for[0]}_agreed_at", clock.now())
    _settle(choice, choice.decision_class, actor)
    publish(
        "decision_class.level_agreed", actor=actor, initiative=locked, choice=choice, holds=choice.agreed_at is not None
    )
    return choice


@transaction.atomic
def renew_bodies(initiatives: Iterable[int]) -> None:
    """Let levels that wait ask the body that follows from how things stand now. Repeating it changes nothing."""
    waiting = LevelChoice.objects.waiting().filter(initiative__in=[*initiatives])
    for choice in waiting.select_for_update(of=["self"]).select_related("initiative", "decision_class").order_by("pk"):
        was = choice.body
        _name_body(choice)
        if choice.body != was:
            choice.save(update_fields=["body"])


def may_end(person: User, choice: LevelChoice) -> bool:
    return can_edit(person, choice.initiative) or bool(consents_of(person, choice))


def consents_of(person: User, choice: LevelChoice) -> list[str]:
    """As whom a person may consent to a level: `risk`, `legal`, `body`."""
    able = {
        "risk": acts_as(person, choice.initiative, OwnerKind.RISK),
        "legal": can_agree_as_legal(person, choice.initiative),
        "body": may_speak_for_body(person, choice),
    }
    return [each for each, is_able in able.items() if is_able]


@transaction.atomic
def end_level(choice: LevelChoice, *, actor: User, because: str) -> LevelChoice:
    """Take a chosen level back, or refuse the consent it waits for: the tests set the level again.

    Its owners, the office and whoever consents may: legal, and who speaks for its body. Raises DomainError without a
    reason, or when it ended before.
    """
    locked = Initiative.objects.select_for_update().get(pk=choice.initiative_id)
    choice = LevelChoice.objects.select_for_update(of=["self"]).select_related("decision_class").get(pk=choice.pk)
    choice.initiative = locked
    if not may_end(actor, choice):
        raise PermissionDenied(ENDING)
    if choice.ended_at:
        raise DomainError("This choice ended before.")
    if not because.strip():
        raise DomainError("Say why it no longer holds.", field="because")
    _end([choice], because.strip())
    settle_levels(locked, [choice.decision_class], actor=actor)
    publish("decision_class.level_ended", actor=actor, initiative=locked, choice=choice, because=because.strip())
    return choice


def end_past_levels() -> int:
    """End the choices whose last day is past, and let the levels fall back. Repeating it finds none.

    Returns how many initiatives it concerned.
    """
    past = LevelChoice.objects.standing().filter(until__lt=clock.today())
    concerned = [*past.order_by("initiative").values_list("initiative", flat=True).distinct()]
    for pk in concerned:
        _end_past(pk)
    return len(concerned)


@transaction.atomic
def _end_past(pk: int) -> None:
    locked = Initiative.objects.select_for_update().get(pk=pk)
    past = locked.level_choices.standing().filter(until__lt=clock.today()).select_related("decision_class")
    ended = [*past]
    for choice in ended:
        because = f"Its last day was {figures.day(choice.until)}"
        _end([choice], because)
        publish("decision_class.level_ended", actor=None, initiative=locked, choice=choice, because=because)
    settle_levels(locked, [choice.decision_class for choice in ended], actor=None)


def _refuse_incomplete(choice: LevelChoice, decision: DecisionClass) -> None:
    """What the person who asks must bring; consents come later."""
    autonomy = calibrated(decision)
    if choice.until and choice.until < clock.today():
        raise DomainError("This day is past.", field="until")
    if not is_bolder(choice.level, autonomy.level):
        return
    name = AutonomyLevel(choice.level).label.lower()
    if LISTED in lacking(chosen_of(choice), autonomy, clock.today()):
        raise DomainError("It is on the not yet automated list. Take it off that first.", field="level")
    if not choice.evidence:
        raise DomainError(f"“{name.capitalize()}” is bolder than the tests say: show why it is safe.", field="evidence")
    if choice.until is None and (autonomy.is_blocked or autonomy.is_regulated):
        told = "a regulated decision" if autonomy.is_regulated else "a blocking test"
        raise DomainError(f"Over {told} it holds for a time only: say until when.", field="until")


def _settle(choice: LevelChoice, decision: DecisionClass, actor: User) -> None:
    """Store a choice; once nothing is lacking it takes the place of what was chosen before."""
    others = decision.choices.standing().exclude(pk=choice.pk)
    if not lacking(chosen_of(choice), calibrated(decision), clock.today()):
        choice.agreed_at = clock.now()
    else:
        # Asking for more takes nothing back: what holds goes on until all have agreed.
        others = others.filter(agreed_at=None)
    _end([*others], "Another level was chosen")
    choice.save()
    settle_levels(choice.initiative, [decision], actor=actor)


def _name_body(choice: LevelChoice) -> None:
    """Until its word is given, which body is asked follows from how things stand."""
    if choice.body_agreed_at is None:
        is_needed = BODY in lacking(chosen_of(choice), calibrated(choice.decision_class), clock.today())
        choice.body = body_asked_for(choice.initiative, choice.level) if is_needed else ""


def _end(choices: list[LevelChoice], because: str) -> None:
    for choice in choices:
        choice.ended_at, choice.ended_because = clock.now(), because[:200]
        choice.save(update_fields=["ended_at", "ended_because"])
