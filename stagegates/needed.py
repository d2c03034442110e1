"""What a request will need, as far as its answers say: assessments, documents, sign-offs, how long, and who decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string

from aiso.web import figures
from portfolio.intake_page import IntakePage
from portfolio.lane_facts import decision_facts
from portfolio.models import Intake, Stage

from .clocks import clocks_in_force
from .duties import LABELS, Item, What, rulebook_in_force
from .matrix import Situation
from .situations import LEVELS, situations_of

# What a requester should know of beforehand; the rest comes gate by gate.
TOLD: tuple[What, ...] = ("assessment", "document", "sign_off", "body")
ENDED = (Intake.State.DECLINED, Intake.State.WITHDRAWN, Intake.State.JOINED)


@dataclass(frozen=True)
class Needed:
    """One kind of thing that will be needed, and which ones."""

    label: str
    names: list[str]


def needed_panel(page: IntakePage) -> str:
    """Nothing once the request ended, or before anything is answered that the rules look at."""
    situation = situation_of(page)
    if page.intake.state in ENDED or situation == Situation():
        return ""
    context = {"needed": [*needed_in(situation)], "is_known": bool(situation.tier), "page": page}
    return render_to_string("stagegates/_needed.html", context)


def situation_of(page: IntakePage) -> Situation:
    """As the register has it once there is an initiative; until then as the answers give it."""
    if page.intake.initiative_id and not page.may_change:
        return situations_of([page.intake.initiative_id])[page.intake.initiative_id]
    told = page.sheet.cleaned
    levels = [LEVELS.index(decision_facts(each).level) for each in page.sheet.decisions]
    return Situation(
        tier=page.sheet.risk_tier[0],
        jurisdictions=frozenset(str(each.pk) for each in told.get("jurisdictions") or ()),
        autonomy=LEVELS[max(levels)] if levels else "",
    )


def needed_in(situation: Situation) -> Iterable[Needed]:
    """By kind, in the order of the gates; five queries."""
    book = rulebook_in_force()
    found: dict[What, list[Item]] = {}
    for item in book.items(situation, Stage.INTAKE):
        found.setdefault(item.what, []).append(item)
    for what in TOLD:
        items = found.get(what, [])
        if items and what == "sign_off":
            yield from _sign_offs({item.key: book.text(item) for item in items}, situation.tier)
        elif items:
            yield Needed(LABELS[what], [*dict.fromkeys(map(book.text, items))])


def _sign_offs(functions: Mapping[str, str], tier: str) -> Iterable[Needed]:
    """Who signs off and in how many working days; they all work at the same time, so the slowest tells how long."""
    clocks = clocks_in_force()
    days = {slug: clocks.of(slug).for_tier(tier) for slug in functions}
    told = [f"{name} ({figures.plural(days[slug], 'working day')})" for slug, name in functions.items()]
    longest = figures.plural(max(days.values()), "working day")
    if len(told) == 1:
        yield Needed(LABELS["sign_off"], told)
        return
    yield Needed("Sign-offs", told)
    yield Needed("How long", [f"Usually up to {longest} at a gate, as all sign off at the same time"])
