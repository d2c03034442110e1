"""The sections of an item's page as the API tells them, in `meetings/{id}/pre-read/`: what pages draw, as data."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypedDict

from aiso.accounts.models import User
from aiso.api.history import EntryShape, drawn_entry
from aiso.api.shapes import Named, Person, named
from forums.models import AgendaItem
from portfolio.models import Initiative, Stage

from ..api.approved import ApprovedShape
from ..api.approved import drawn as drawn_approval
from ..models import Expansion, FundingRequest, GateReview, SignOff, SignOffAnswer
from ..sign_off_clock import Standing as ClockStanding
from ..standing import Standing
from . import readings


class PreReadAskShape(TypedDict):
    """What is asked: by a review, or outside a gate. One of the three ids is told."""

    review: Annotated[int | None, "Its review."]
    funding_request: Annotated[int | None, "Money asked for outside a gate."]
    expansion: Annotated[int | None, "A step further that it asks for."]
    title: str
    text: Annotated[str, "In the words of who asks; empty where that would tell of money that you do not see."]
    amount: Annotated[Decimal | None, "Null for none, and for those who do not see money."]
    from_stage: Annotated[str, Stage]
    to_stage: Annotated[str, "Where an approval leads; the same outside a gate.", Stage]
    asked_by: Annotated[Person | None, "Null at a gate."]
    asked_at: datetime | None
    skips: Annotated[list[str], "Steps that an expansion skips."]
    skip_because: str
    closed_at: datetime | None
    was_withdrawn: bool


class PreReadUnmetShape(TypedDict):
    """A requirement that is neither met nor waived."""

    code: str
    text: str
    says: Annotated[str, "What it lacks."]


class PreReadEvidenceShape(TypedDict):
    """The requirements of the review; without one, of the gate that comes next."""

    review: int | None
    settled: Annotated[int, "How many are met or waived."]
    requirements: Annotated[int, "How many there are."]
    unmet: list[PreReadUnmetShape]


class PreReadSignOffShape(TypedDict):
    """A function's answer, or how its clock stands."""

    id: int
    function: Annotated[str, "Its slug."]
    name: str
    state: Annotated[str, SignOff.State]
    verdict: Annotated[str | None, "Of the answer that stands or is outdated.", SignOffAnswer.Verdict]
    says: Annotated[str, "The same in words."]
    clock: Annotated[str, "Who answered when, or how much of its clock is left."]
    objection: Annotated[str, "Why it objects; empty where it does not."]


class PreReadEnvelopeShape(TypedDict):
    """The envelope that an approval would take from, on the meeting's day."""

    bucket: Named
    ends_on: date
    free: Decimal
    left: Annotated[Decimal, "Free once this is approved; negative where it does not hold it."]
    asked_by_all: Annotated[Decimal, "What all that waits asks of it."]


class PreReadMoneyShape(TypedDict):
    """What is asked, and what became of what was approved before."""

    asked: Decimal
    is_open: Annotated[bool, "Whether it waits for a decision; else it is what was asked for, or at intake."]
    envelope: Annotated[PreReadEnvelopeShape | None, "Null where none is set, or nothing waits."]
    committed: Decimal
    withheld: Decimal
    released: Decimal
    spent: Decimal
    overspent: Decimal


class PreReadPartShape(TypedDict):
    """A part of the priority."""

    name: str
    weight: Annotated[Decimal | None, "Percent; null before the first weights hold."]
    rated: Annotated[int | None, "1 to 5."]
    counts: Annotated[int | None, "What of it counts in the score, 1 to 5: of governance complexity what is left of 6."]


class PreReadPriorityShape(TypedDict):
    """The score with its parts, and the place in its bucket."""

    priority: Decimal | None
    parts: list[PreReadPartShape]
    bucket: Named | None
    place: Annotated[int | None, "Its rank in its bucket; null where it is not ranked."]
    among: int | None


class PreReadChangedShape(TypedDict):
    """What happened since the last decision on it, else since the body's last meeting."""

    since: datetime
    entries: Annotated[list[EntryShape], "The latest, without sums; its history has all."]
    more: Annotated[int, "How many more there were."]


def told_asks(items: Sequence[AgendaItem], person: User) -> Mapping[int, PreReadAskShape]:
    return {pk: _ask(each) for pk, each in readings.asked_of(items, person).items()}


def told_evidence(items: Sequence[AgendaItem], person: User) -> Mapping[int, PreReadEvidenceShape]:
    return {
        pk: {
            "review": each.review.pk if each.review else None,
            "settled": len(each.rows) - len(each.unmet),
            "requirements": len(each.rows),
            "unmet": [_unmet(row) for row in each.unmet],
        }
        for pk, each in readings.evidence_of(items).items()
    }


def told_sign_offs(items: Sequence[AgendaItem], person: User) -> Mapping[int, list[PreReadSignOffShape]]:
    return {pk: [_sign_off(*row) for row in rows] for pk, rows in readings.sign_offs_of(items).items()}


def told_money(items: Sequence[AgendaItem], person: User) -> Mapping[int, PreReadMoneyShape]:
    return {pk: _money(each) for pk, each in readings.money_of(items, person).items()}


def told_priorities(items: Sequence[AgendaItem], person: User) -> Mapping[int, PreReadPriorityShape]:
    return {pk: _priority(each) for pk, each in readings.priority_of(items).items()}


def told_approved(items: Sequence[AgendaItem], person: User) -> Mapping[int, ApprovedShape]:
    found = readings.approved_of(items, person)
    return {pk: drawn_approval(each.approval, sees_money=each.sees_money) for pk, each in found.items()}


def told_changes(items: Sequence[AgendaItem], person: User) -> Mapping[int, PreReadChangedShape]:
    return {
        pk: {"since": each.since, "entries": _entries(each.happened), "more": each.more}
        for pk, each in readings.changed_of(items).items()
    }


def _ask(asking: readings.Asking) -> PreReadAskShape:
    what, stage = asking.what, asking.initiative.stage
    told: PreReadAskShape = {
        "review": None,
        "funding_request": None,
        "expansion": None,
        "title": "",
        "text": "",
        "amount": what.amount if asking.sees_money else None,
        "from_stage": stage,
        "to_stage": stage,
        "asked_by": None,
        "asked_at": None,
        "skips": [],
        "skip_because": "",
        "closed_at": what.closed_at,
        "was_withdrawn": what.was_withdrawn,
    }
    match what:
        case GateReview():
            told |= {"review": what.pk, "title": what.title, "text": what.ask, "asked_at": what.submitted_at}
            told["to_stage"] = what.to_stage
        case FundingRequest():
            told |= {"funding_request": what.pk, "title": "Money outside a gate"}
            told["text"] = what.reason if asking.sees_money else ""
        case Expansion():
            told |= {"expansion": what.pk, "title": str(what), "text": what.reason}
            told |= {"skips": what.skips, "skip_because": what.skip_because}
    if not isinstance(what, GateReview):
        told |= {"asked_by": named(what.asked_by), "asked_at": what.asked_at}
    return told


def _unmet(row: Standing) -> PreReadUnmetShape:
    return {"code": row.requirement.code, "text": row.requirement.text, "says": row.says}


def _sign_off(row: SignOff, standing: ClockStanding) -> PreReadSignOffShape:
    answer = row.answer
    objects = answer is not None and answer.verdict == SignOffAnswer.Verdict.OBJECT
    return {
        "id": row.pk,
        "function": row.function.slug,
        "name": row.function.name,
        "state": row.state,
        "verdict": answer.verdict if answer else None,
        "says": standing.word,
        "clock": standing.told,
        "objection": answer.reason if answer and objects else "",
    }


def _money(money: readings.Money) -> PreReadMoneyShape:
    ask, funding = money.ask, money.funding
    envelope: PreReadEnvelopeShape | None = None
    if money.is_open and ask.asked and ask.envelope:
        envelope = {
            "bucket": {"id": ask.envelope.bucket_id, "name": str(ask.envelope.bucket)},
            "ends_on": ask.envelope.ends_on,
            "free": ask.envelope.free,
            "left": ask.left,
            "asked_by_all": ask.asked_by_all,
        }
    return {
        "asked": ask.asked,
        "is_open": money.is_open,
        "envelope": envelope,
        "committed": funding.committed,
        "withheld": funding.withheld,
        "released": funding.released,
        "spent": funding.spent,
        "overspent": funding.overspent,
    }


def _priority(priority: readings.Priority) -> PreReadPriorityShape:
    initiative: Initiative = priority.initiative
    place, among = priority.rank or (None, None)
    return {
        "priority": initiative.priority,
        "parts": [
            {
                "name": each.name,
                "weight": each.weight if priority.has_weights else None,
                "rated": each.rated,
                "counts": each.counts,
            }
            for each in priority.parts
        ],
        "bucket": named(initiative.bucket),
        "place": place,
        "among": among,
    }


def _entries(happened: Iterable[readings.Happened]) -> list[EntryShape]:
    """Of each change the lines that the page tells."""
    return [drawn_entry(each.entry, each.lines) for each in happened]
