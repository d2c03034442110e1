"""A function says what it thinks of a review, sealed with a copy of what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.models import Initiative
from portfolio.permissions import sees

from ..last_words import to_answer_anew
from ..models import Condition, GateReview, SignOff, SignOffAnswer
from ..permissions import can_sign_off
from ..scopes import copies_of, scope_of
from ..seals import Copy, seal_of, token_of
from ..separation import own_words, why_apart
from .sign_offs import CLOCK, State

Verdict = SignOffAnswer.Verdict
LONGEST = 10_000
# Minutes for one answer; more is a slip of the keyboard.
MOST_MINUTES = 10_000
MOST_CONDITIONS = 20


@dataclass(frozen=True)
class Demand:
    """A condition that an answer sets: what is to be done, by whom, until when."""

    text: str
    owner: User
    due_on: date


@transaction.atomic
def answer_sign_off(
    sign_off: SignOff,
    *,
    actor: User,
    verdict: str,
    reason: str,
    conditions: Sequence[Demand] = (),
    minutes: int | None = None,
    seen: str = "",
    replaces: int | None = None,
) -> SignOffAnswer:
    """Record what a function says. A later answer takes its place as long as the review is open, or as long as this one
    keeps releases in (stagegates/last_words.py); none is edited.

    `seen` is the token of what the actor was shown, and `replaces` the id of the answer that stood then: DomainError
    when something of it changed since or another answer stands, for a review that is closed, evidence that is not there
    yet, and where a reason lacks or a condition’s text, owner or day. PermissionDenied for whoever may not sign off.
    """
    locked = lock(sign_off)
    refuse_others(actor, locked, is_anew=locked.pk in to_answer_anew(locked.review.initiative))
    _refuse_too_early(locked)
    _refuse_unseen(locked, replaces)
    _check(verdict, reason, conditions, minutes, locked.review.initiative)
    groups = scope_of(locked)
    copy = copies_of([(locked, groups)])[locked.pk]
    if seen and seen != token_of(copy):
        raise DomainError("What this rests on changed since you opened it. Look at it again, then answer.")
    answer = locked.answers.create(
        initiative=locked.review.initiative,
        verdict=verdict,
        reason=reason.strip(),
        minutes=minutes,
        answered_by=actor,
        answered_at=clock.now(),
        deviates_from=locked.asked_by if verdict == Verdict.NOT_APPLICABLE else [],
        **_sealed(copy, groups),
    )
    _set_conditions(answer, conditions)
    _replace(locked, answer, actor)
    return answer


def lock(sign_off: SignOff) -> SignOff:
    """The sign-off, locked with its initiative and review, so that nothing it rests on changes meanwhile.

    Two members who answer at once: the second waits, then finds the first one's answer.
    """
    initiative = Initiative.objects.select_for_update(of=["self"]).get(pk=sign_off.review.initiative_id)
    review = GateReview.objects.select_for_update(of=["self"]).get(pk=sign_off.review_id)
    rows = SignOff.objects.select_for_update(of=["self"]).select_related("function", "answer__answered_by")
    locked = rows.get(pk=sign_off.pk)
    locked.review, review.initiative = review, initiative
    return locked


def refuse_others(actor: User, sign_off: SignOff, *, is_anew: bool = False) -> None:
    """Raise PermissionDenied for whoever may not rule on a sign-off, and DomainError when its review is closed, unless
    what was said there is answered anew.
    """
    if why := why_apart(own_words(actor, sign_off), sign_off):
        raise PermissionDenied(why)
    if not can_sign_off(actor, sign_off):
        raise PermissionDenied(
            f"{sign_off.function} answers this: its people, or whom they passed it to, but nobody who requested, "
            "submitted or owns the initiative."
        )
    if not (sign_off.review.is_open or is_anew):
        raise DomainError("This review is closed; its answers stay as they are.")


def _refuse_too_early(sign_off: SignOff) -> None:
    is_waiting = sign_off.state != State.ANSWERED and sign_off.started_at is None
    if is_waiting and sign_off.review.is_open:
        raise DomainError("The evidence that this rests on is not there yet.")


def _refuse_unseen(sign_off: SignOff, replaces: int | None) -> None:
    """Of two who answer at once the first one's answer stands until somebody who read it replaces it."""
    answer = sign_off.answer
    if answer and sign_off.state == State.ANSWERED and answer.pk != replaces:
        said = answer.get_verdict_display().lower()
        raise DomainError(f"{answer.answered_by} has answered: {said}. Read it, then answer anew if you must.")


def _check(
    verdict: str, reason: str, conditions: Sequence[Demand], minutes: int | None, initiative: Initiative
) -> None:
    if verdict not in Verdict.values:
        raise DomainError("Approve, approve with conditions, object, or say that it does not apply.", field="verdict")
    if not reason.strip():
        raise DomainError("Say why, in a sentence or more.", field="reason")
    if len(reason) > LONGEST:
        raise DomainError("That is too long; attach what is longer as evidence.", field="reason")
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise DomainError("Give the minutes that it took you.", field="minutes")
    _check_conditions(verdict, conditions, initiative)


def _check_conditions(verdict: str, conditions: Sequence[Demand], initiative: Initiative) -> None:
    if (verdict == Verdict.CONDITIONS) != bool(conditions):
        told = "Name at least one condition, or approve." if not conditions else "Only an approval has conditions."
        raise DomainError(told, field="conditions")
    if len(conditions) > MOST_CONDITIONS:
        raise DomainError(f"At most {MOST_CONDITIONS} conditions; with more, send it back.", field="conditions")
    for each in conditions:
        if not each.text.strip():
            raise DomainError("Say what each condition demands.", field="conditions")
        if each.due_on < clock.today():
            raise DomainError("Each condition is due on a day to come.", field="conditions")
        if each.owner.is_service_account or not each.owner.is_active:
            raise DomainError("Each condition has an owner who works here.", field="conditions")
        if not sees(each.owner, initiative):
            told = f"{each.owner} does not see this initiative. Choose somebody who does."
            raise DomainError(told, field="conditions")


def _sealed(copy: Copy, groups: list[str]) -> dict[str, object]:
    return {"copy": copy, "seal": seal_of(copy), "groups": groups}


def _set_conditions(answer: SignOffAnswer, conditions: Sequence[Demand]) -> None:
    initiative = answer.sign_off.review.initiative
    for each in conditions:
        condition = answer.conditions.create(
            initiative=initiative,
            text=each.text.strip(),
            owner=each.owner,
            due_on=each.due_on,
            set_by=answer.answered_by,
            set_at=answer.answered_at,
        )
        about = {"initiative": initiative, "review": answer.sign_off.review_id, "sign_off": answer.sign_off_id}
        publish("condition.set", actor=answer.answered_by, condition=condition, person=each.owner, **about)


def _replace(sign_off: SignOff, answer: SignOffAnswer, actor: User) -> None:
    """Let the new answer stand. What an earlier one still demanded is lifted with it."""
    if sign_off.answer_id:
        lifted = f"Replaced by the later answer of {sign_off.function}."
        for condition in Condition.objects.open().filter(sign_off_answer=sign_off.answer_id):
            condition.waived_at, condition.waived_by, condition.waived_because = clock.now(), actor, lifted
            condition.save(update_fields=["waived_at", "waived_by", "waived_because"])
    sign_off.answer, sign_off.state = answer, State.ANSWERED
    sign_off.started_at = sign_off.due_on = sign_off.escalated_at = None
    sign_off.save(update_fields=["answer", "state", *CLOCK])
    about = {"initiative": sign_off.review.initiative, "review": sign_off.review, "sign_off": sign_off}
    publish("sign_off.answered", actor=actor, answer=answer, verdict=answer.verdict, **about)
    if answer.is_deviation:
        publish("sign_off.deviated", actor=actor, answer=answer, rules=answer.deviates_from, **about)
