"""How the page of an item draws what `readings` read of it, by the item's id."""

from collections.abc import Sequence

from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.web import figures
from forums.models import AgendaItem

from ..models import Expansion, FundingRequest, GateReview, SignOff
from . import readings
from .readings import Asking

# The template that tells what is asked at a gate or outside one.
ASKED = {GateReview: "asked", FundingRequest: "asked_money", Expansion: "asked_expansion"}


def asked(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What the review asks for, in the words of who submitted it; or what is asked for outside a gate."""
    return {pk: _asked(each) for pk, each in readings.asked_of(items, person).items()}


def evidence(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What is met and what is not."""
    return {
        pk: _drawn(
            "evidence",
            told=f"{len(each.rows) - len(each.unmet)} of {len(each.rows)} met",
            unmet=each.unmet,
            review=each.review,
        )
        for pk, each in readings.evidence_of(items).items()
    }


def sign_offs(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """Each function's answer, or how its clock stands."""
    return {
        pk: _drawn("sign_offs", rows=rows, given=given, told=f"{given} of {len(rows)} in")
        for pk, rows in readings.sign_offs_of(items).items()
        for given in [sum(row.state == SignOff.State.ANSWERED for row, _ in rows)]
    }


def money(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What is asked for, what the envelope holds, and what was committed, released and spent so far."""
    return {pk: _drawn("money", money=each) for pk, each in readings.money_of(items, person).items()}


def priority(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The score with its parts and weights, and the place in its bucket. Where no weights hold yet it says so."""
    return {
        pk: _drawn("priority", priority=each, initiative=each.initiative)
        for pk, each in readings.priority_of(items).items()
    }


def approved(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """The plan as it was approved last against the plan as it is now."""
    told = {}
    for pk, each in readings.approved_of(items, person).items():
        changes = [row for row in each.rows if row.is_changed]
        same = len(each.rows) - len(changes)
        count = f"{figures.plural(len(changes), 'figure')} changed"
        told[pk] = _drawn("approved", approval=each.approval, changes=changes, same=same, told=count)
    return told


def changed(items: Sequence[AgendaItem], person: User) -> dict[int, str]:
    """What happened since the last decision on it, else since the body's last meeting."""
    return {
        pk: _drawn("changed", changed=each, initiative=each.initiative)
        for pk, each in readings.changed_of(items).items()
    }


def _asked(asking: Asking) -> str:
    context = {"sees_money": asking.sees_money, "initiative": asking.initiative}
    # Templates of requests call what asks `asked`, that of a review `review`.
    return _drawn(ASKED[type(asking.what)], asked=asking.what, review=asking.what, **context)


def _drawn(section: str, **context: object) -> str:
    return render_to_string(f"stagegates/agenda/_{section}.html", context)
