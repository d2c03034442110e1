"""Money outside a gate: asked for by an owner, and decided by the body that its sum needs (DESIGN §4). An expansion is
decided in the same way (stagegates/actions/expand.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from forums.models import Forum
from portfolio.models import Initiative, Stage, Workflow
from portfolio.models.stage import ENDED

from ..asked_money import FUNDING_OUTCOMES, Asked, blocks_of_request, body_of_request, can_decide_request
from ..deciding import gate_ahead, seat_alone, who_decides_on
from ..models import Decision, FundingRequest
from ..money import hold_envelope
from ..permissions import ASKING, can_ask_money
from .funding import released_now
from .record_decision import record
from .ruling import NewCondition, Ruling

Outcome, Way = Decision.Outcome, Decision.Way
DECIDING = "Those with a vote in the body that its sum needs or in a higher one decide, never a party."


@transaction.atomic
def ask_money(initiative: Initiative, *, actor: User, amount: Decimal, reason: str) -> FundingRequest:
    """Ask for money outside a gate. Raises PermissionDenied for all but its owners and the office, DomainError for an
    initiative that has not started, is paused or ended, while another request is open, or without amount or reason.
    """
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    if not can_ask_money(actor, initiative):
        raise PermissionDenied(ASKING)
    if refusal := why_not_ask(initiative):
        raise DomainError(refusal)
    if amount <= 0:
        raise DomainError("Ask for more than 0.", field="amount")
    if not reason.strip():
        raise DomainError("Say what it is for.", field="reason")
    request = FundingRequest.objects.create(
        initiative=initiative, amount=amount, reason=reason.strip(), asked_by=actor, asked_at=clock.now()
    )
    publish("funding.asked", actor=actor, initiative=initiative, request=request)
    return request


def why_not_ask(initiative: Initiative) -> str:
    """Why no money can be asked for outside a gate now, in a sentence; empty when it can."""
    if initiative.is_off_register or initiative.stage in ENDED:
        return "It has ended: no money is committed to it any more."
    if initiative.stage == Stage.PAUSED:
        return "It is paused. A decision to resume comes first."
    if initiative.stage == Stage.INTAKE:
        return "It has passed no gate yet: its first money is asked for at its first gate."
    if FundingRequest.objects.open().filter(initiative=initiative).exists():
        return "A request is open already."
    return ""


@transaction.atomic
def withdraw_request[A: Asked](request: A, *, actor: User) -> A:
    """Take a request back before it is decided. For the initiative's owners and the office."""
    request = lock_request(request)
    if not can_ask_money(actor, request.initiative):
        raise PermissionDenied(ASKING)
    _check_open(request)
    request.closed_at, request.was_withdrawn = clock.now(), True
    request.save(update_fields=["closed_at", "was_withdrawn"])
    publish(f"{request.told_as}.withdrawn", actor=actor, initiative=request.initiative_id, request=request)
    return request


@transaction.atomic
def decide_request(
    request: Asked,
    *,
    actor: User,
    outcome: str,
    rationale: str,
    conditions: Sequence[NewCondition] = (),
    hold_until: date | None = None,
    amount: Decimal | None = None,
    release_now: Decimal | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Decision:
    """Decide a request alone: as a delegate, or as the chair between meetings. Sending back refuses it outside a gate:
    what it is for is asked at the next one.

    Raises PermissionDenied for whoever may not decide or not alone, and what `rule_on_request` raises.
    """
    request = lock_request(request)
    if not can_decide_request(actor, request):
        raise PermissionDenied(DECIDING)
    least = body_of_request(request)
    assert least is not None  # can_decide_request found one
    body, way = seat_alone(actor, least)
    ruling = Ruling(outcome, rationale, conditions, hold_until, "", amount, overrides or {}, release_now)
    return rule_on_request(request, ruling, actor=actor, body=body, way=way)


@transaction.atomic
def rule_on_request(request: Asked, ruling: Ruling, *, actor: User, body: Forum, way: str) -> Decision:
    """Check a ruling of a body on a request, and record it. Whoever calls it has checked the actor's seat.

    Raises DomainError for a request that is closed, for a ruling that lacks what its outcome needs, for what is in the
    way of an approval, for a sum that a higher body decides, and where the envelope does not hold it.
    """
    request = lock_request(request)
    _check_open(request)
    ruling = _checked(request, ruling)
    if ruling.is_approving and request.initiative.workflow_id:
        # Two approvals in one workflow: the second counts what the first approved.
        Workflow.objects.select_for_update(no_key=True).get(pk=request.initiative.workflow_id)
    names = who_decides_on(request.initiative, ruling.amount or Decimal(0))
    needed = Forum.objects.filter(slug=names.body).first()
    if ruling.is_approving and needed and needed.rank > body.rank:
        raise DomainError(f"{needed} decides this: {names.says}.", field="amount")
    overridden = [*_override(request, ruling, body, needed), *request.exceptions] if ruling.is_approving else []
    if ruling.amount:
        hold_envelope(request.initiative, ruling.amount)
    decision = record(
        request.initiative,
        None,
        ruling,
        actor=actor,
        body=body,
        way=way,
        names=names,
        overridden=overridden,
        supersedes=request.decisions.first(),
    )
    request.answer(decision)
    if ruling.outcome != Outcome.HOLD:
        request.closed_at = decision.decided_at
        request.save(update_fields=["closed_at"])
    publish(
        f"{request.told_as}.decided", actor=actor, initiative=request.initiative_id, request=request, decision=decision
    )
    return decision


def _checked(request: Asked, ruling: Ruling) -> Ruling:
    """The ruling with what it needs, and without what its outcome does not ask. Raises DomainError."""
    outcome = ruling.outcome
    if outcome not in FUNDING_OUTCOMES:
        raise DomainError("Outside a gate it is approved, held, or sent back to a gate.", field="outcome")
    if not ruling.rationale.strip():
        raise DomainError("Say why: every decision has a rationale.", field="rationale")
    if outcome == Outcome.CONDITIONS and not ruling.conditions:
        raise DomainError("Name at least one condition, or approve without.", field="conditions")
    conditions = ruling.conditions if outcome == Outcome.CONDITIONS else ()
    for condition in conditions:
        condition.check(request.initiative)
    if outcome == Outcome.HOLD and (ruling.hold_until is None or ruling.hold_until <= clock.today()):
        raise DomainError("Say until which day it is held; a day to come.", field="hold_until")
    checked = Ruling(
        outcome,
        ruling.rationale.strip(),
        conditions,
        ruling.hold_until if outcome == Outcome.HOLD else None,
        _next_gate(request.initiative) if outcome == Outcome.SEND_BACK else "",
        _amount(request, ruling) if ruling.is_approving else None,
        ruling.overrides if ruling.is_approving else {},
        ruling.release_now if ruling.is_approving and request.amount else None,
    )
    if checked.amount:
        released_now(checked, checked.amount)
    return checked


def _amount(request: Asked, ruling: Ruling) -> Decimal | None:
    if request.amount is None:
        return None
    amount = request.amount if ruling.amount is None else ruling.amount
    if not 0 < amount <= request.amount:
        asked = figures.exact_money(request.amount)
        raise DomainError(f"More than 0 and at most the {asked} that was asked for is approved.", field="amount")
    return amount


def _next_gate(initiative: Initiative) -> str:
    gate = gate_ahead(initiative)
    if gate is None:
        raise DomainError("No gate is configured to which it could go back.", field="outcome")
    return gate.code


def _override(request: Asked, ruling: Ruling, body: Forum, needed: Forum | None) -> list[dict[str, str]]:
    """What stands in the way and is overridden, with its reason. DomainError names what is left."""
    blocks = blocks_of_request(request)
    reasons = {key: reason.strip() for key, reason in ruling.overrides.items() if reason.strip()}
    if reasons and not (needed and body.rank > needed.rank):
        raise DomainError("Only a higher body overrides what is in the way.", field="overrides")
    left = [each for each in blocks if not (each.can_be_overridden and each.key in reasons)]
    if left:
        raise DomainError(f"It cannot be approved yet. {'; '.join(each.what for each in left[:3])}.")
    return [{"what": each.what, "kind": each.kind, "key": each.key, "reason": reasons[each.key]} for each in blocks]


def lock_request[A: Asked](request: A) -> A:
    """The request with its initiative, both locked in their order."""
    initiative = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=request.initiative_id)
    rows: Any = type(request).objects.select_for_update(of=["self"])
    found: A = rows.get(pk=request.pk)
    found.initiative = initiative
    return found


def _check_open(request: Asked) -> None:
    """DomainError tells what was decided meanwhile."""
    if request.is_open:
        return
    latest = request.decisions.select_related("decided_by").first()
    if latest is None:
        raise DomainError("This request was withdrawn.")
    outcome = latest.get_outcome_display().lower()
    raise DomainError(f"{latest.decided_by} decided this on {figures.moment(latest.decided_at)}: {outcome}.")
