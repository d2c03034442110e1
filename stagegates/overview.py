"""What gates add to the initiative page: a tab, what the next gate lacks, and what the stage component says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from aiso.web import figures
from portfolio.gaps import Gap
from portfolio.models import Initiative
from portfolio.next_gate import NextGate
from portfolio.panels import Tab, count_of

from .actions.open_review import why_not_open
from .askings import gates_ahead_of, is_shown_again, told_of_passing
from .holds import held_until
from .kept import kept
from .lines import days_left
from .models import Evidence, GateReview, Requirement, SignOff
from .opening import open_review_of
from .rules import joined
from .standing import Standing, next_checklists, standings_of

State = SignOff.State
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
    """The open review, or else the gate that comes next; of what passed all gates the last one."""
    return kept("next-gate", initiative, lambda: _read(initiative))


def _read(initiative: Initiative) -> NextGate | None:
    review = open_review_of(initiative)
    if review is not None:
        standings = standings_of([review])[review.pk]
        sign_offs = [*review.sign_offs.select_related("function", "answer")]
        url = review.get_absolute_url()
        deed = Deed("Go to the review", url, for_editors=False)
        held = held_until(review)
        told = _told(review.title, url, standings, deed, None if held else _first_due(review, sign_offs))
        told = replace(told, note=_note(review, sign_offs, held))
        if held:
            told = replace(told, needs=f"held until {figures.day(held)}")
        return replace(told, gaps=[*told.gaps, *_sign_off_gaps(sign_offs, url)])
    gates = gates_ahead_of([initiative])[initiative.pk]
    if not gates:
        return None
    name = joined([gate.name for gate in gates])
    url = reverse("stagegates:initiative_gates", args=[initiative.reference])
    opening = reverse("stagegates:review_open", args=[initiative.reference])
    deed = Deed("" if why_not_open(initiative, gates) else "Open review", opening)
    told = _told(name, f"{url}#tab", next_checklists([initiative])[initiative.pk], deed)
    return (
        replace(told, needs="", note=told_of_passing(initiative, gates)) if is_shown_again(initiative, gates) else told
    )


def _note(review: GateReview, sign_offs: Sequence[SignOff], held: date | None) -> str:
    """What stands in the way although all requirements may be met: a hold, objections, sign-offs that lack."""
    if held:
        return f"Held until {figures.day(held)}"
    if objecting := [each.function.name for each in sign_offs if each.is_objection]:
        return f"{joined(objecting)} object{'s' if len(objecting) == 1 else ''}"
    waited = sum(1 for each in sign_offs if each.state != State.ANSWERED)
    return f"Submitted; {figures.plural(waited, 'sign-off')} open" if review.is_ready and waited else ""


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
        waived=sum(1 for each in standings if each.is_waived and not each.is_met),
    )


def _gaps(name: str, url: str, missing: Sequence[Standing]) -> Iterator[Gap]:
    for each in missing:
        why = f"{each.says[:1].lower()}{each.says[1:]}; asked at {name.lower()}"
        icon = ICONS[Requirement.Evidence(each.requirement.evidence)]
        yield Gap(each.requirement.text, why, each.verb or "See", each.url or url, icon, each.in_dialog)


def _sign_off_gaps(sign_offs: Sequence[SignOff], url: str) -> Iterator[Gap]:
    """Sign-offs that object, are outdated, or are waited for."""
    for each in sign_offs:
        if each.is_objection:
            why = "it objects; the review says why"
        elif each.state == State.OUTDATED:
            why = "outdated: something it rested on has changed"
        elif each.state == State.OPEN and each.due_on:
            left = days_left(each)
            late = f"{figures.plural(-left, 'working day')} late"
            why = late if left < 0 else f"waiting, {left} of {figures.plural(each.clock_days, 'day')} left"
        else:
            continue
        yield Gap(f"{each.function} sign-off", why, "See", f"{url}#sign-offs", "certificate", by="readers")


def _first_due(review: GateReview, sign_offs: Sequence[SignOff]) -> date | None:
    """The day on which the first clock of a review runs out."""
    running = [each.due_on for each in sign_offs if each.state in (State.OPEN, State.OUTDATED)]
    return min((day for day in (*running, review.decide_by) if day), default=None)
