"""Sign-offs follow their review: they begin with it, start when their evidence is there, and become outdated when
something that they rest on changes.

Whoever calls these holds the initiative's lock, so that nothing changes in between; locks are taken in the order
initiative, review, sign-off.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from aiso import clock, workdays
from aiso.accounts.models import User
from aiso.events.outbox import publish

from .. import standing
from ..clocks import Clocks, clocks_in_force
from ..matrix import Asked
from ..models import GateReview, ReviewFunction, SignOff, SignOffAnswer
from ..scopes import copies_of
from ..seals import Changed, changes_between
from ..separation import parties_of, writers_of

State = SignOff.State
CLOCK = ("started_at", "due_on", "clock_days", "escalated_at")


@transaction.atomic
def begin_sign_offs(review: GateReview, asked: Asked, *, actor: User | None = None) -> list[SignOff]:
    """Let a review have the sign-offs that gates and matrix ask for, and start those whose evidence is there.

    Asked again because the situation changed, it adds what is new, renews who asks, and takes back only what no
    function has begun on: one that has asked or answered keeps its word. Functions that the office does not have, or
    has retired, are left out.
    """
    functions = ReviewFunction.objects.active().filter(slug__in=asked)
    there = {sign_off.function_id: sign_off for sign_off in review.sign_offs.select_for_update(of=["self"])}
    days = clocks_in_force()
    for function in functions:
        rules = [rule.stored() for rule in asked[function.slug]]
        sign_off = there.pop(function.pk, None)
        if sign_off is None:
            of_tier = days.of(function.slug).for_tier(review.initiative.risk_tier)
            review.sign_offs.create(function=function, asked_by=rules, clock_days=of_tier)
        elif sign_off.asked_by != rules:
            sign_off.asked_by = rules
            sign_off.save(update_fields=["asked_by"])
    for sign_off in there.values():
        _take_back(sign_off, actor)
    refresh_sign_offs(review, actor=actor)
    return [*review.sign_offs.select_related("function")]


@transaction.atomic
def refresh_sign_offs(review: GateReview, *, actor: User | None = None) -> list[SignOff]:
    """Bring the sign-offs of an open review up to date; returns those that changed. Repeating it changes nothing.

    Those that wait start when the requirements that name their function are met: with none at once. An answer whose
    sealed copy is not what is true now is outdated, and its clock begins anew; one that is true again, which nobody
    answered meanwhile, stands again. Each change leaves its event.
    """
    review = GateReview.objects.select_related("initiative").get(pk=review.pk)
    if not review.is_open:
        return []
    locked = SignOff.objects.select_for_update(of=["self"]).select_related("function", "answer").order_by("pk")
    sign_offs = [*locked.filter(review=review)]
    for sign_off in sign_offs:
        sign_off.review = review
    changed = _hand_back(review, sign_offs)
    changed += _compare(sign_offs, actor)
    changed += _start(review, sign_offs, actor)
    return [*dict.fromkeys(changed)]


def start_clock(sign_off: SignOff, clocks: Clocks) -> None:
    """Begin its clock now, by what its function has at the present tier. The caller saves CLOCK."""
    sign_off.clock_days = clocks.of(sign_off.function.slug).for_tier(sign_off.review.initiative.risk_tier)
    sign_off.started_at, sign_off.escalated_at = clock.now(), None
    sign_off.due_on = due_of(sign_off)


def due_of(sign_off: SignOff) -> date | None:
    """The day at whose end its clock runs out; None while a question keeps it from running out."""
    assert sign_off.started_at is not None
    pauses = sign_off.questions.values_list("asked_at", "replied_at") if sign_off.pk else ()
    return workdays.due_after_pauses(sign_off.started_at, sign_off.clock_days, pauses)


def changes_of(sign_offs: Sequence[SignOff]) -> dict[int, list[Changed]]:
    """What changed since each was answered, by id; of those that have an answer. A fixed number of queries."""
    answered = [each for each in sign_offs if each.answer]
    if not answered:
        return {}
    present = copies_of([(each, each.answer.groups) for each in answered if each.answer])
    return {each.pk: changes_between(each.answer.copy, present[each.pk]) for each in answered if each.answer}


def _compare(sign_offs: Sequence[SignOff], actor: User | None) -> list[SignOff]:
    changes = changes_of(sign_offs)
    return [each for each in sign_offs if each.pk in changes and _follow(each, changes[each.pk], actor)]


def _follow(sign_off: SignOff, changes: list[Changed], actor: User | None) -> bool:
    """Let one answer follow what changed, and its sign-off with it. True when something did."""
    was_outdated = sign_off.answer is not None and sign_off.answer.is_outdated
    if not mark_outdated(sign_off, changes, actor):
        return False
    if bool(changes) != was_outdated:
        sign_off.state = State.OUTDATED if changes else State.ANSWERED
        sign_off.started_at = sign_off.due_on = sign_off.escalated_at = None
        sign_off.save(update_fields=["state", *CLOCK])
    return True


def mark_outdated(sign_off: SignOff, changes: Sequence[Changed], actor: User | None) -> bool:
    """Write down what changed since its answer was sealed, with an event when that begins and when nothing is left of
    it. True when something is another.
    """
    answer = sign_off.answer
    assert answer is not None
    told, was_outdated = [each.stored() for each in changes], answer.is_outdated
    if told == answer.outdated_because and bool(told) == was_outdated:
        return False
    answer.outdated_because = told
    answer.outdated_at = (answer.outdated_at or clock.now()) if told else None
    answer.save(update_fields=["outdated_because", "outdated_at"])
    about = {"initiative": sign_off.review.initiative_id, "review": sign_off.review_id, "sign_off": sign_off}
    if not told:
        publish("sign_off.stands_again", actor=actor, answer=answer, **about)
    elif not was_outdated:
        publish("sign_off.outdated", actor=actor, answer=answer, fields=[each.key for each in changes], **about)
    return True


def _start(review: GateReview, sign_offs: Sequence[SignOff], actor: User | None) -> list[SignOff]:
    """Start those that wait, in parallel, each as soon as what it rests on is there."""
    waiting = [each for each in sign_offs if each.state != State.ANSWERED and each.started_at is None]
    if not waiting:
        return []
    lacking = _lacking(review)
    ready = [each for each in waiting if each.function.slug not in lacking]
    clocks = clocks_in_force() if ready else None
    for sign_off in ready:
        assert clocks is not None
        start_clock(sign_off, clocks)
        sign_off.state = State.OUTDATED if sign_off.answer else State.OPEN
        sign_off.save(update_fields=["state", *CLOCK])
        name = "sign_off.reopened" if sign_off.answer else "sign_off.started"
        publish(name, actor=actor, initiative=review.initiative_id, review=review, sign_off=sign_off)
    return ready


def _lacking(review: GateReview) -> set[str]:
    """The functions whose sign-offs rest on something that is not there yet."""
    lines = standing.standings_of([review])[review.pk]
    return {function for each in lines if not each.is_settled for function in each.requirement.functions}


def _hand_back(review: GateReview, sign_offs: Sequence[SignOff]) -> list[SignOff]:
    """Whoever became a party, or left, gives back what was passed to them."""
    assigned = [each for each in sign_offs if each.assigned_to_id]
    if not assigned:
        return []
    parties, writers = parties_of(review), writers_of(assigned)
    apart = {each.pk: parties | writers.get(each.pk, frozenset()) for each in assigned}
    lost = [each for each in assigned if each.assigned_to_id in apart[each.pk] or not each.assigned_to.is_active]  # type: ignore[union-attr]
    for sign_off in lost:
        person, sign_off.assigned_to, sign_off.assigned_because = sign_off.assigned_to, None, ""
        sign_off.save(update_fields=["assigned_to", "assigned_because"])
        about = {"initiative": review.initiative_id, "review": review, "sign_off": sign_off}
        publish("sign_off.handed_back", actor=None, person=person, **about)
    return lost


def _take_back(sign_off: SignOff, actor: User | None) -> None:
    """Drop one that is not asked for any more, unless its function has begun on it."""
    begun = SignOffAnswer.objects.filter(sign_off=sign_off).exists() or sign_off.questions.exists()
    if not begun:
        function, initiative, review = sign_off.function_id, sign_off.review.initiative_id, sign_off.review_id
        sign_off.delete()
        publish("sign_off.dropped", actor=actor, initiative=initiative, review=review, function=function)
