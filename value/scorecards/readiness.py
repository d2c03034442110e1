"""*Ready to scale at a glance* and *Still a pilot?* (DESIGN §5): each question with its answer, evidence and mend."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.urls import reverse

from aiso.web import figures
from portfolio.models import Initiative, OwnerKind, Ownership, Stage, StageChange
from portfolio.models.initiative import STABLE_DAYS
from portfolio.models.stage import IN_PRODUCTION
from portfolio.permissions import can_assign_owners
from stagegates.family import family_seen
from stagegates.models import Condition, Decision, GateReview, SignOff
from stagegates.rules import Gate, gates_in_force
from stagegates.standing import standings_of

from ..cost_coverage import cost_coverage_of
from ..models.scorecard import Source
from ..worth import Window, worth_of
from .card import Scorecard
from .judged import Line, old_before
from .words import listed

# Words of a paragraph that can be read at a glance.
LEAST_WORDS, MOST_WORDS = 15, 150
METRICS = 3
FOR_MONEY = "for those who see its money"
WHO_SEES_MONEY = (
    "its owners and their deputies, the office, and finance, executives and auditors where their role reaches its unit"
)
ASSIGN = "Assign"
STAGES = (Stage.PILOT, *IN_PRODUCTION)
State = SignOff.State


@dataclass(frozen=True)
class Check:
    """One question. `is_met` is None where the answer is not for this reader; it then has no `url`."""

    name: str
    is_met: bool | None
    says: str
    url: str
    verb: str = "See"
    in_dialog: bool = False
    for_editors: bool = False


class Readiness:
    """Both panels of an initiative from pilot on, as one person reads them. A fixed number of queries."""

    def __init__(self, card: Scorecard, *, sees_money: bool, may_edit: bool) -> None:
        self.card, self.initiative, self.person = card, card.initiative, card.person
        self.sees_money, self.may_edit = sees_money, may_edit

    @property
    def is_asked(self) -> bool:
        return self.initiative.stage in STAGES

    @cached_property
    def ready(self) -> list[Check]:
        return [self._explained(), self._measured(), self._approved()] if self.is_asked else []

    @cached_property
    def survives(self) -> list[Check]:
        return [self._leadership(), self._budget(), self._audit()] if self.is_asked else []

    @property
    def is_ready(self) -> bool | None:
        """None before pilot, and where it rests on what this reader does not see."""
        return verdict_of(self.ready) if self.is_asked else None

    @property
    def would_survive(self) -> bool | None:
        return verdict_of(self.survives) if self.is_asked else None

    @property
    def ready_says(self) -> str:
        return _counted(self.ready, "Ready to scale", "Not ready to scale yet")

    @property
    def survives_says(self) -> str:
        return _counted(self.survives, "No pilot any more", "Still a pilot")

    def _explained(self) -> Check:
        text = self.initiative.summary.strip()
        words = len(text.split())
        paragraphs = len([part for part in text.replace("\r", "").split("\n\n") if part.strip()])
        told = figures.plural(words, "word")
        if not text:
            says = "Its summary is empty"
        elif paragraphs > 1:
            says = f"Its summary has {paragraphs} paragraphs: one says it"
        elif words < LEAST_WORDS:
            says = f"Its summary has {told}, fewer than {LEAST_WORDS}: what it does, for whom, and what gets better"
        elif words > MOST_WORDS:
            says = f"Its summary has {told}, more than {MOST_WORDS}"
        else:
            says = f"One paragraph of {told}"
        is_met = bool(text) and paragraphs == 1 and LEAST_WORDS <= words <= MOST_WORDS
        url = reverse("portfolio:initiative_edit_field", args=[self.initiative.reference, "summary"])
        return Check("Explained in one paragraph", is_met, says, url, "Edit" if text else "Write", True, True)

    def _measured(self) -> Check:
        metrics = [line for line in self.card.lines if line.source == Source.METRIC]
        whole = [line for line in metrics if self._is_whole(line)]
        reference = self.initiative.reference
        tab = f"{reverse('value:initiative_measurements', args=[reference])}#tab"
        name = "Measured in three outcome metrics"
        told = figures.plural(len(whole), "outcome metric")
        has = "has" if len(whole) == 1 else "have"
        if len(whole) >= METRICS:
            return Check(name, True, f"{told} have baseline, target and a current measurement", tab, "See measurements")
        says = f"{told} of {METRICS} {has} baseline, target and a current measurement"
        lacking = [line for line in metrics if line not in whole]
        if len(metrics) < METRICS:
            add = reverse("portfolio:metric_add", args=[reference])
            return Check(name, False, says, add, "Add a metric", True, True)
        first = lacking[0]
        lacks = self._lacks(first)
        if first.baseline is None or first.target is None:
            edit = reverse("portfolio:metric_edit", args=[reference, first.key])
            return Check(name, False, f"{says}; {first.name} lacks {lacks}", edit, "Complete", True, True)
        measure = reverse("value:measurement_record", args=[reference, first.key])
        return Check(name, False, f"{says}; {first.name} lacks {lacks}", measure, "Measure", False, True)

    def _is_whole(self, line: Line) -> bool:
        return not self._lacks(line)

    def _lacks(self, line: Line) -> str:
        lacks = ["a baseline"] * (line.baseline is None) + ["a target"] * (line.target is None)
        oldest = old_before(line.source, self.card.goals, self.card.today)
        lacks += ["a current measurement"] * (line.latest_on is None or line.latest_on < oldest)
        return listed(lacks)

    @cached_property
    def passed(self) -> list[Gate]:
        """The gates that lie behind where it stands."""
        return [*gates_in_force().up_to(self.initiative.stage)]

    @cached_property
    def approvals(self) -> dict[str, Decision]:
        """By gate, the approving decision that stands and let it pass last. One query."""
        rows = Decision.objects.approving().standing().filter(initiative=self.initiative, review__isnull=False)
        return {code: row for row in rows.select_related("review").order_by("pk") for code in _gates(row)}

    def _approved(self) -> Check:
        name, url = "Approved on the standard path", self._gates_tab
        never = [gate for gate in self.passed if gate.code not in self.approvals]
        if never:
            return Check(name, False, self._undecided(never), url, "See gates")
        forced = {row.pk: row for row in self.approvals.values() if row.overrides}
        if forced:
            first = next(iter(forced.values()))
            what = str(first.overrides[0].get("what", ""))
            return Check(name, False, f"An approval overrode what stood in the way: {what}", first.get_absolute_url())
        gates = figures.plural(len(self.passed), "gate")
        return Check(name, True, f"{gates} passed by decision, nothing overridden", url, "See gates")

    def _undecided(self, gates: list[Gate]) -> str:
        """Gates behind which no decision stands: passed before it came onto the register, or without one since."""
        opened = self.initiative.stage_changes.filter(source=StageChange.Source.OPENING).order_by("pk")
        rules = gates_in_force()
        before = {gate.code for stage in opened.values_list("stage", flat=True) for gate in rules.up_to(stage)}
        early = [gate.name.lower() for gate in gates if gate.code in before]
        late = [gate.name.lower() for gate in gates if gate.code not in before]
        told = []
        if early:
            was, them = ("was", "it") if len(early) == 1 else ("were", "them")
            told.append(
                f"{listed(early)} {was} passed before it came onto the register (opening position): "
                f"no decision stands behind {them}"
            )
        if late:
            told.append(f"no decision that stands let it pass {listed(late)}")
        says = "; ".join(told)
        return says[:1].upper() + says[1:]

    def _leadership(self) -> Check:
        rows = self.initiative.ownerships.current().select_related("person")
        lacks = [*_unowned([*rows], self.initiative, self.card.today)]
        says = listed([lack.says for lack in lacks]) if lacks else "Three owners who stay, each with a deputy"
        told = ("A leadership change", not lacks, says[:1].upper() + says[1:])
        may_assign = can_assign_owners(self.person, self.initiative)
        mended = next((lack for lack in lacks if lack.verb), None) if may_assign else None
        if mended and mended.verb == ASSIGN:
            url = reverse("portfolio:owner_assign", args=[self.initiative.reference, mended.kind])
            return Check(*told, url, ASSIGN, in_dialog=True)
        owners = reverse("portfolio:initiative_owners", args=[self.initiative.reference])
        if mended:
            return Check(*told, f"{owners}#owner-{mended.kind}", mended.verb)
        return Check(*told, f"{owners}#tab", "See owners")

    def _budget(self) -> Check:
        name = "A budget review"
        url = f"{reverse('value:initiative_value', args=[self.initiative.reference])}#tab"
        if not self.sees_money:
            return Check(name, None, f"Only they see it: {WHO_SEES_MONEY}", "")
        family = family_seen(self.initiative.pk, self.person).with_money_for(self.person).order_by()
        worth = worth_of(family, Window.to_date(self.card.today))
        if worth.is_empty:
            return Check(name, False, "Nothing is posted: it has no net value to show", url, "See value")
        coverage = cost_coverage_of(family, Window.to_date(self.card.today))
        net = f"Confirmed benefit less operating costs is {figures.money(worth.net)} to date"
        if worth.net <= 0:
            return Check(name, False, net, url, "See value")
        if not coverage.is_complete:
            return Check(name, False, f"{net}, but run costs are missing for {coverage.told}", url, "See value")
        return Check(name, True, f"{net}, with all run costs", url, "See value")

    def _audit(self) -> Check:
        name = "A compliance audit"
        lacking = [*self._unproven()]
        if not lacking:
            gates = figures.plural(len(self.passed), "gate")
            return Check(
                name, True, f"Evidence and sign-offs of {gates} hold, no condition is overdue", self._gates_tab
            )
        more = len(lacking) - 1
        says, url = lacking[0]
        return Check(name, False, f"{says}; {figures.plural(more, 'more finding')}" if more else says, url)

    def _unproven(self) -> Iterator[tuple[str, str]]:
        """What an auditor would find, each with the place where it is mended."""
        if never := [gate.name for gate in self.passed if gate.code not in self.approvals]:
            yield _never_reviewed(never), self._gates_tab
        for each in Condition.objects.overdue().filter(initiative=self.initiative):
            yield f"A condition is overdue since {figures.day(each.due_on)}: {each.text}", each.get_absolute_url()
        reviews = [*{row.review_id: row.review for row in self.approvals.values()}.values()]
        asked = GateReview.objects.filter(pk__in=[review.pk for review in reviews if review])
        standings = standings_of([*asked.select_related("initiative")]) if reviews else {}
        addresses = {review.pk: review.get_absolute_url() for review in reviews if review}
        for pk, found in standings.items():
            for standing in found:
                if not standing.is_settled:
                    yield f"{standing.requirement.text}: {standing.says}", standing.url or addresses[pk]
        sign_offs = SignOff.objects.filter(review__in=asked).select_related("function", "answer").order_by("pk")
        for sign_off in sign_offs:
            if sign_off.state != State.ANSWERED or sign_off.is_objection:
                how = (
                    "objects"
                    if sign_off.is_objection
                    else "is outdated"
                    if sign_off.state == State.OUTDATED
                    else "is open"
                )
                yield f"The sign-off of {sign_off.function} {how}", f"{addresses[sign_off.review_id]}#sign-offs"

    @property
    def _gates_tab(self) -> str:
        return f"{reverse('stagegates:initiative_gates', args=[self.initiative.reference])}#tab"


def _never_reviewed(names: list[str]) -> str:
    """All such gates as one finding."""
    if len(names) == 1:
        return f"{names[0]} was never reviewed"
    return f"{names[0]} and {figures.plural(len(names) - 1, 'more gate')} were never reviewed"


def _gates(decision: Decision) -> Iterable[str]:
    return decision.review.gates if decision.review else ()


@dataclass(frozen=True)
class Lack:
    """What would break when people go, with the deed that mends it, if any."""

    says: str
    kind: str
    verb: str = ""


def _unowned(rows: list[Ownership], initiative: Initiative, today: date) -> Iterator[Lack]:
    """An owner or deputy that lacks or has left, an owner who is new."""
    newest = today - timedelta(days=STABLE_DAYS - 1)
    for kind in OwnerKind:
        held = [row for row in rows if row.kind == kind and row.person.is_active]
        owner = next((row for row in held if not row.is_deputy), None)
        name = str(kind.label).lower()
        if owner is None:
            yield Lack(f"no {name}", kind.value, ASSIGN)
        elif owner.started_on > max(newest, initiative.began_on or newest):
            yield Lack(f"the {name} is new since {figures.day(owner.started_on)}", kind.value)
        if not any(row.is_deputy for row in held):
            yield Lack(f"no deputy of the {name}", kind.value, "Name a deputy")


def verdict_of(checks: list[Check]) -> bool | None:
    """Whether all are met: one that is not settles it, one that is not for this reader leaves it open otherwise."""
    answers = {check.is_met for check in checks}
    if False in answers or not answers:
        return False
    return None if None in answers else True


def _counted(checks: list[Check], all_met: str, otherwise: str) -> str:
    known = [check for check in checks if check.is_met is not None]
    told = f"{sum(1 for check in known if check.is_met)} of {len(known)}"
    # Only the budget review is for some readers alone.
    told = f"{told} met" if len(known) == len(checks) else f"{told} that you see met; one more is {FOR_MONEY}"
    verdict = verdict_of(checks)
    if verdict is None:
        return told
    return f"{all_met}: {told}" if verdict else f"{otherwise}: {told}"
