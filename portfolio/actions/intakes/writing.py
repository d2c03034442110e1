"""Writing a request: it is saved answer by answer, and its requester's alone until it is submitted."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...forms.intake import REASON, STEPS, TIER, USE
from ...forms.intake_decisions import DECISIONS, DecisionForm
from ...models import Intake
from ...permissions import can_answer_intake, can_request
from .standing import leave_register

# Characters of one answer, entries of a list, and rows of the table that are kept.
LONGEST, MOST_ENTRIES, MOST_ROWS = 20_000, 200, 100
# Requests that one person may have in writing: more is a script that went astray.
MOST_DRAFTS = 50
ASKED_BY_CODE = re.compile(rf"({TIER}|{USE})[-\w]{{1,60}}({REASON})?")
KNOWN = frozenset(name for step in STEPS for name in step.base_fields)
# Once submitted these say who sees, triages and owns the initiative: the office changes them there.
FROZEN = ("unit", "is_confidential", "business_owner")
OF_A_ROW = frozenset(DecisionForm.base_fields)


@transaction.atomic
def start_intake(*, actor: User, answers: Mapping[str, Any] | None = None) -> Intake:
    """Begin a draft. Raises PermissionDenied for auditors, DomainError with too many drafts or unknown answers."""
    if not can_request(actor):
        raise PermissionDenied("Auditors read requests and make none.")
    if Intake.objects.filter(requester=actor, state=Intake.State.DRAFT).count() >= MOST_DRAFTS:
        raise DomainError(f"You have {MOST_DRAFTS} drafts; submit or withdraw some first.")
    intake = Intake(requester=actor)
    _take(intake, answers or {})
    intake.save()
    publish("intake.started", actor=actor, intake=intake)
    return intake


@transaction.atomic
def save_answers(intake: Intake, *, actor: User, answers: Mapping[str, Any]) -> Intake:
    """Keep some answers as they were given, right or not; the others stay. A draft lacks what it lacks.

    An answer is a text, a list of texts, or under `decisions` a list of rows. Raises PermissionDenied for
    anybody but the requester, DomainError once the request is with the office, for a question that is not
    asked, or for an answer beyond any length.
    """
    locked = lock_intake(intake)
    if not can_answer_intake(actor, locked):
        raise PermissionDenied("Only its requester answers for a request.")
    if not locked.is_open:
        raise DomainError("This request is with the office; it can be changed when they ask.")
    if locked.submitted_answers is not None and (moved := _frozen(locked, answers)):
        raise DomainError("The office changes this once a request is submitted; say it in your reply.", field=moved)
    _take(locked, answers)
    locked.changed_at = clock.now()
    locked.save(update_fields=["answers", "unit", "changed_at"])
    return locked


@transaction.atomic
def withdraw_intake(intake: Intake, *, actor: User) -> Intake:
    """Take one's request back, before the office has decided on it."""
    locked = lock_intake(intake)
    if not can_answer_intake(actor, locked):
        raise PermissionDenied("Only its requester withdraws a request.")
    if locked.is_decided:
        raise DomainError(f"This request was {locked.get_state_display().lower()} already.")
    locked.state, locked.changed_at = Intake.State.WITHDRAWN, clock.now()
    locked.save(update_fields=["state", "changed_at"])
    leave_register(locked)
    publish("intake.withdrawn", actor=actor, intake=locked)
    return locked


def lock_intake(intake: Intake) -> Intake:
    """The request as it stands, held until the end of the transaction."""
    return Intake.objects.select_for_update(of=["self"]).select_related("initiative", "requester").get(pk=intake.pk)


def _frozen(intake: Intake, answers: Mapping[str, Any]) -> str:
    """The first of the answers that would change what only the office still changes."""
    submitted = intake.submitted_answers or {}
    given = {name: _kept(name, answers[name]) for name in FROZEN if name in answers}
    return next((name for name, value in given.items() if value != (submitted.get(name) or "")), "")


def _take(intake: Intake, answers: Mapping[str, Any]) -> None:
    """Put answers beside those that are there; the unit follows until the request is submitted."""
    intake.answers = intake.answers | {name: _kept(name, value) for name, value in answers.items()}
    if intake.submitted_answers is not None:
        return
    unit = str(intake.answers.get("unit") or "")
    is_number = unit.isascii() and unit.isdecimal() and len(unit) < 10
    intake.unit = BusinessUnit.objects.filter(pk=int(unit)).first() if is_number else None


def _kept(name: str, value: Any) -> Any:
    if name == DECISIONS:
        return _rows(value)
    if name not in KNOWN and not ASKED_BY_CODE.fullmatch(name):
        raise DomainError(f"“{name[:60]}” is not a question of the intake.", field=name[:60])
    if isinstance(value, list):
        if len(value) > MOST_ENTRIES:
            raise DomainError(f"At most {MOST_ENTRIES} entries.", field=name)
        return [_text(name, each) for each in value]
    text = _text(name, value)
    return " ".join(text.split()) if name == "name" else text


def _rows(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise DomainError("Decisions come as a list of rows.", field=DECISIONS)
    if len(value) > MOST_ROWS:
        raise DomainError(f"At most {MOST_ROWS} decisions.", field=DECISIONS)
    for row in value:
        if unknown := row.keys() - OF_A_ROW:
            raise DomainError(f"“{min(unknown)[:60]}” is not asked of a decision.", field=DECISIONS)
    return [{name: _text(DECISIONS, cell) for name, cell in row.items()} for row in value]


def _text(name: str, value: Any) -> str:
    """An answer as text: what a form would send for it."""
    if isinstance(value, dict | list):
        raise DomainError("This answer is one text.", field=name)
    text = "" if value is None or value is False else "on" if value is True else str(value).replace("\0", "")
    if len(text) > LONGEST:
        raise DomainError(f"This answer is longer than {LONGEST:,} characters; shorten it.", field=name)
    return text
