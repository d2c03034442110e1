"""Taking one's own last change back, for as long as its message stands."""

import secrets
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from aiso.accounts.models import User
from aiso.errors import DomainError

from .actions.answer_questions import answer_questions, split_reasons
from .actions.assign_owners import take_back_assignment
from .actions.discuss import add_link
from .actions.edit_initiative import Change, edit_initiative
from .actions.keep_decisions import add_decision_class, edit_decision_class, remove_decision_class
from .actions.measure_outcomes import add_outcome_metric
from .models import DecisionClass, Initiative, Ownership

# The message offers it for ten seconds; a page without script, for as long as somebody looks at it.
KEPT_SECONDS = 600


class Deed(Protocol):
    """What somebody did, and how it goes back."""

    def take_back(self, initiative: Initiative, actor: User) -> None: ...


@dataclass(frozen=True)
class Edited:
    changes: dict[str, Change]

    def take_back(self, initiative: Initiative, actor: User) -> None:
        back = {name: Change(change.to, change.was) for name, change in self.changes.items()}
        edit_initiative(initiative, actor=actor, changes=back)


@dataclass(frozen=True)
class Answered:
    """By question code the answers, and by `reason:` and the code the reasons, as they were and as they were given."""

    kind: str
    was: dict[str, str]
    to: dict[str, str]

    def take_back(self, initiative: Initiative, actor: User) -> None:
        answers, reasons = split_reasons(self.was)
        answer_questions(initiative, actor=actor, kind=self.kind, answers=answers, reasons=reasons, was=self.to)


@dataclass(frozen=True)
class Assigned:
    """By kind, the ownerships that an assignment ended and began."""

    rows: dict[str, tuple[int | None, int | None]]

    def take_back(self, initiative: Initiative, actor: User) -> None:
        for kind, (ended, began) in self.rows.items():
            take_back_assignment(initiative, actor=actor, kind=kind, began=began, ended=ended)


@dataclass(frozen=True)
class MetricRemoved:
    fields: dict[str, Any]

    def take_back(self, initiative: Initiative, actor: User) -> None:
        add_outcome_metric(initiative, actor=actor, **self.fields)


@dataclass(frozen=True)
class DecisionAdded:
    decision: int

    def take_back(self, initiative: Initiative, actor: User) -> None:
        remove_decision_class(_decision(initiative, self.decision), actor=actor)


@dataclass(frozen=True)
class DecisionEdited:
    decision: int
    was: dict[str, Any]
    to: dict[str, Any]

    def take_back(self, initiative: Initiative, actor: User) -> None:
        edit_decision_class(_decision(initiative, self.decision), actor=actor, seen=self.to, **self.was)


@dataclass(frozen=True)
class DecisionRemoved:
    fields: dict[str, Any]

    def take_back(self, initiative: Initiative, actor: User) -> None:
        add_decision_class(initiative, actor=actor, **self.fields)


@dataclass(frozen=True)
class LinkRemoved:
    name: str
    address: str

    def take_back(self, initiative: Initiative, actor: User) -> None:
        add_link(initiative, actor=actor, name=self.name, address=self.address)


def offer_undo(initiative: Initiative, actor: User, deed: Deed) -> str:
    """Remember a deed, and return the address that takes it back."""
    key = secrets.token_urlsafe(9)
    cache.set(_place(initiative, key), (actor.pk, deed), KEPT_SECONDS)
    return reverse("portfolio:initiative_undo", args=[initiative.reference, key])


@transaction.atomic
def undo(initiative: Initiative, actor: User, key: str) -> None:
    """Take a remembered deed back, once.

    Raises DomainError when it is not known any more, PermissionDenied for somebody else's.
    """
    place = _place(initiative, key)
    kept: tuple[int, Deed] | None = cache.get(place)
    if kept is None:
        raise DomainError("This can no longer be taken back.")
    doer, deed = kept
    if doer != actor.pk:
        raise PermissionDenied("Only the person who made a change takes it back.")
    deed.take_back(initiative, actor)
    cache.delete(place)


def ownerships_held(initiative: Initiative) -> dict[str, int]:
    """The ids of the present ownerships, by kind."""
    current = Ownership.objects.current().principals().filter(initiative=initiative)
    return dict(current.values_list("kind", "pk"))


def assigned(before: dict[str, int], after: dict[str, int]) -> Assigned:
    """What an assignment did, from the ownerships held before and after it."""
    kinds = [kind for kind in {*before, *after} if before.get(kind) != after.get(kind)]
    return Assigned({kind: (before.get(kind), after.get(kind)) for kind in kinds})


def _decision(initiative: Initiative, pk: int) -> DecisionClass:
    decision: DecisionClass | None = initiative.decision_classes.filter(pk=pk).first()
    if decision is None:
        raise DomainError("Somebody removed this decision since.")
    return decision


def _place(initiative: Initiative, key: str) -> str:
    return f"undo:{initiative.pk}:{key}"
