"""Whom each event of a sign-off concerns, and what they are told."""

from collections.abc import Callable, Iterable

from django.db.models import Q

from aiso.accounts.models import User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from portfolio.models import Initiative

from .models import Condition, SignOff, SignOffAnswer, SignOffQuestion
from .reviewers import office_of, reviewers_of_all

Kind = Notification.Kind


def messages_of(event: Event) -> list[Message]:
    """Whom to tell of an event; nobody of a sign-off that is gone."""
    rows = SignOff.objects.select_related("function__escalates_to", "review__initiative", "assigned_to", "answer")
    sign_off = rows.filter(pk=event.payload["sign_off"]).first()
    tell = _TELLS.get(event.name)
    return tell(event, sign_off) if sign_off and tell else []


def reviewers_for(sign_off: SignOff) -> list[User]:
    """Whoever it was passed to, or the people of its function; never a party, who may not answer."""
    return reviewers_of_all([sign_off])[sign_off.pk]


def owners_for(initiative: Initiative) -> list[User]:
    """Its owners and their deputies."""
    current = Q(ownerships__initiative=initiative, ownerships__ended_on=None)
    return [*User.objects.active().people().filter(current).distinct()]


def _started(event: Event, sign_off: SignOff) -> list[Message]:
    again = "again, because what it rests on changed" if event.name == "sign_off.reopened" else ""
    text = " ".join(filter(None, [f"{sign_off.function} is to sign off {_case(sign_off)}", again]))
    due = f", by {figures.day(sign_off.due_on)}" if sign_off.due_on else ""
    return [_to(reviewers_for(sign_off), Kind.REQUEST, text + due, sign_off)]


def _outdated(event: Event, sign_off: SignOff) -> list[Message]:
    answer = SignOffAnswer.objects.select_related("answered_by").get(pk=event.payload["answer"])
    fields = ", ".join(dict.fromkeys(each["label"] for each in answer.outdated_because))
    text = f"The sign-off of {sign_off.function} on {_case(sign_off)} is outdated: {fields or 'something'} changed"
    people = [answer.answered_by, *owners_for(sign_off.review.initiative)]
    if sign_off.review.is_open:
        return [_to(people, Kind.NEWS, text, sign_off)]
    # Nothing starts anew on a closed review, so that this asks for the answer, too.
    text = f"{text}; releases wait for it to be answered anew"
    return [_to(reviewers_for(sign_off), Kind.REQUEST, text, sign_off), _to(people, Kind.NEWS, text, sign_off)]


def _stands_again(event: Event, sign_off: SignOff) -> list[Message]:
    answer = SignOffAnswer.objects.select_related("answered_by").get(pk=event.payload["answer"])
    text = f"The sign-off of {sign_off.function} on {_case(sign_off)} stands again: all is as it was sealed"
    people = [answer.answered_by, *owners_for(sign_off.review.initiative)]
    return [_to(people, Kind.NEWS, text, sign_off)]


def _answered(event: Event, sign_off: SignOff) -> list[Message]:
    answer = SignOffAnswer.objects.get(pk=event.payload["answer"])
    said = {
        SignOffAnswer.Verdict.APPROVE: "approves",
        SignOffAnswer.Verdict.CONDITIONS: "approves with conditions",
        SignOffAnswer.Verdict.OBJECT: "objects to",
        SignOffAnswer.Verdict.NOT_APPLICABLE: "says that its sign-off does not apply to",
    }
    kind = Kind.REQUEST if answer.verdict == SignOffAnswer.Verdict.OBJECT else Kind.NEWS
    text = f"{sign_off.function} {said[SignOffAnswer.Verdict(answer.verdict)]} {_case(sign_off)}"
    return [_to(owners_for(sign_off.review.initiative), kind, text, sign_off)]


def _deviated(event: Event, sign_off: SignOff) -> list[Message]:
    text = f"{sign_off.function} is required on {_case(sign_off)} and says that it does not apply: a deviation"
    return [_to(office_of(sign_off.review.initiative), Kind.NEWS, text, sign_off)]


def _asked(event: Event, sign_off: SignOff) -> list[Message]:
    text = f"{sign_off.function} asks about {_case(sign_off)}; its clock stands still until you reply"
    return [_to(owners_for(sign_off.review.initiative), Kind.REQUEST, text, sign_off)]


def _replied(event: Event, sign_off: SignOff) -> list[Message]:
    question = SignOffQuestion.objects.select_related("asked_by").get(pk=event.payload["question"])
    text = f"Your question on {_case(sign_off)} has its reply; the clock goes on"
    return [_to([question.asked_by], Kind.REQUEST, text, sign_off)]


def _delegated(event: Event, sign_off: SignOff) -> list[Message]:
    if sign_off.assigned_to is None:
        text = f"The sign-off of {sign_off.function} on {_case(sign_off)} is back with the function"
        return [_to(reviewers_for(sign_off), Kind.REQUEST, text, sign_off)]
    text = f"The sign-off of {sign_off.function} on {_case(sign_off)} was passed to you: {sign_off.assigned_because}"
    return [_to([sign_off.assigned_to], Kind.REQUEST, text, sign_off)]


def _escalated(event: Event, sign_off: SignOff) -> list[Message]:
    late = f"The clock of {sign_off.function} on {_case(sign_off)} ran out"
    above = [sign_off.function.escalates_to] if sign_off.function.escalates_to else []
    people = [*above, *reviewers_for(sign_off), *office_of(sign_off.review.initiative)]
    return [_to(people, Kind.ESCALATION, late, sign_off)]


def _condition_set(event: Event, sign_off: SignOff) -> list[Message]:
    condition = Condition.objects.select_related("owner").get(pk=event.payload["condition"])
    text = f"A condition of {sign_off.function} on {_case(sign_off)} is yours, by {figures.day(condition.due_on)}"
    return [_to([condition.owner], Kind.REQUEST, text, sign_off)]


def _case(sign_off: SignOff) -> str:
    initiative = sign_off.review.initiative
    return f"{initiative.reference} {initiative.name}"


def _to(people: Iterable[User], kind: Notification.Kind, text: str, sign_off: SignOff) -> Message:
    return Message(people, text, sign_off.get_absolute_url(), kind)


_TELLS: dict[str, Callable[[Event, SignOff], list[Message]]] = {
    "sign_off.started": _started,
    "sign_off.reopened": _started,
    "sign_off.outdated": _outdated,
    "sign_off.stands_again": _stands_again,
    "sign_off.answered": _answered,
    "sign_off.deviated": _deviated,
    "sign_off.asked": _asked,
    "sign_off.replied": _replied,
    "sign_off.delegated": _delegated,
    "sign_off.handed_back": _delegated,
    "sign_off.escalated": _escalated,
    "condition.set": _condition_set,
}
TOLD = tuple(_TELLS)
