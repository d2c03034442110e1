"""What gates add to the initiative page: a tab, what the next gate lacks, and what the stage component says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from aiso.web import figures
from portfolio.gaps import Gap
from portfolio.models import Initiative
from portfolio.next_gate import NextGate
from portfolio.panels import Tab, count_of

from .actions.open_review import why_not_open
from .askings import next_gates
from .kept import kept
from .models import Evidence, GateReview, Requirement, SignOff
from .opening import open_review_of
from .rules import gates_in_force, joined
from .standing import Standing, next_checklists, standings_of

ICONS = {
    Requirement.Evidence.KNOWN: "list-check",
    Requirement.Evidence.ASSESSMENT: "clipboard-check",
    Requirement.Evidence.DOCUMENT: "file-upload",
    Requirement.Evidence.STATEMENT: "message-question",
}
GATES_TAB = Tab(
    "gates", "Gates and evidence", "stagegates:initiative_gates", order=28, count=count_of(Evidence, withdrawn_at=None)
)


@dataclass(frozen=True)
class Deed:
    """What to do next about a gate; no verb where nothing can be done."""

    verb: str
    url: str
    for_editors: bool = True


def next_gate_of(initiative: Initiative) -> NextGate | None:
    """The open review, or else the gate that comes next."""
    return kept("next-gate", initiative, lambda: _read(initiative))


def _read(initiative: Initiative) -> NextGate | None:
    review = open_review_of(initiative)
    if review is not None:
        standings = standings_of([review])[review.pk]
        url = review.get_absolute_url()
        deed = Deed("Go to the review", url, for_editors=False)
        return _told(review.title, url, standings, deed, _first_due(review))
    gates = next_gates(gates_in_force(), initiative)
    if not gates:
        return None
    name = joined([gate.name for gate in gates])
    url = reverse("stagegates:initiative_gates", args=[initiative.reference])
    opening = reverse("stagegates:review_open", args=[initiative.reference])
    deed = Deed("" if why_not_open(initiative, gates) else "Open review", opening)
    return _told(name, f"{url}#tab", next_checklists([initiative])[initiative.pk], deed)


def _told(name: str, url: str, standings: Sequence[Standing], deed: Deed, due: date | None = None) -> NextGate:
    missing = [each for each in standings if not each.is_settled]
    needs = f"{figures.number(len(missing))} missing" if missing else ""
    return NextGate(
        name,
        len(standings),
        len(missing),
        url,
        needs,
        due,
        [*_gaps(name, url, missing)],
        deed.verb,
        deed.url,
        deed.for_editors,
    )


def _gaps(name: str, url: str, missing: Sequence[Standing]) -> Iterator[Gap]:
    for each in missing:
        why = f"{each.says[:1].lower()}{each.says[1:]}; asked at {name.lower()}"
        icon = ICONS[Requirement.Evidence(each.requirement.evidence)]
        yield Gap(each.requirement.text, why, each.verb or "See", each.url or url, icon, each.in_dialog)


def _first_due(review: GateReview) -> date | None:
    """The day on which the first clock of a review runs out."""
    states = (SignOff.State.OPEN, SignOff.State.OUTDATED)
    running = review.sign_offs.filter(state__in=states).values_list("due_on", flat=True)
    return min((day for day in (*running, review.decide_by) if day), default=None)
