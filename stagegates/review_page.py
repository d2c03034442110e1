"""The page of one gate review: what stands, what is missing, and who has it. A fixed number of queries (tests)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Prefetch
from django.utils.text import capfirst

from aiso import clock
from aiso.accounts.models import User
from aiso.web import figures
from portfolio.duplicates import Likeness
from portfolio.models import Initiative, Stage

from .approved_panel import drawn
from .decision_panel import DecisionPanel, panel_of
from .lessons import learnt_elsewhere
from .lines import Line, Part, days_left, lines_of, marks_of, parts_of, versions_of
from .models import Decision, GateReview, SignOff
from .permissions import can_give_evidence, can_open_review, can_waive
from .rules import gates_of, joined
from .sign_off_cards import Card, cards_of
from .standing import standings_of

State = SignOff.State
# What the page tells of people and bodies.
RELATED = (
    "initiative__unit",
    "body",
    "higher_body",
    "opened_by",
    "submitted_by",
    "gates_version",
    "matrix_version",
    "rights_version",
)


class ReviewPage:
    """One review as one person sees it."""

    def __init__(self, review: GateReview, person: User) -> None:
        self.review, self.person = review, person

    @property
    def initiative(self) -> Initiative:
        return self.review.initiative

    @cached_property
    def gate_names(self) -> dict[str, str]:
        return {gate.code: gate.name for gate in gates_of(self.review.gates_version).gates}

    @property
    def title(self) -> str:
        return self.review.title

    @cached_property
    def sign_offs(self) -> list[SignOff]:
        return [card.sign_off for card in self.cards]

    @cached_property
    def lines(self) -> list[Line]:
        standings = standings_of([self.review])[self.review.pk]
        versions = versions_of(self.review.initiative_id, (each.requirement.code for each in standings))
        return lines_of(standings, marks_of(self.sign_offs), versions)

    @cached_property
    def cards(self) -> list[Card]:
        """The sign-offs, each with what the person may do."""
        return cards_of(self.review, self.person)

    @cached_property
    def panel(self) -> DecisionPanel:
        """How it is decided, and what the person may do about it."""
        return panel_of(self.review, self.person)

    @property
    def parts(self) -> list[Part]:
        return parts_of(self.lines, self.gate_names)

    @property
    def unsettled(self) -> list[Line]:
        return [line for line in self.lines if not line.standing.is_settled]

    @property
    def waived(self) -> list[Line]:
        return [line for line in self.lines if line.standing.is_waived]

    @cached_property
    def decision(self) -> Decision | None:
        """The one that stands."""
        standing = self.review.decisions.standing().select_related("body", "decided_by")
        decision: Decision | None = standing.first()
        return decision

    @cached_property
    def may_open(self) -> bool:
        return can_open_review(self.person, self.initiative)

    @property
    def may_edit(self) -> bool:
        return self.may_open and self.review.is_open and not self.review.is_ready

    @property
    def may_withdraw(self) -> bool:
        return self.may_open and self.review.is_open

    @property
    def may_submit(self) -> bool:
        return self.may_edit and not self.person.is_service_account

    @cached_property
    def may_give(self) -> bool:
        return self.review.is_open and can_give_evidence(self.person, self.initiative)

    @cached_property
    def may_waive(self) -> bool:
        return self.review.is_open and can_waive(self.person, self.review)

    @cached_property
    def sees_money(self) -> bool:
        return self.may_open or self.panel.sees_money

    @cached_property
    def learnt(self) -> list[Likeness]:
        """At the first gate: similar initiatives that ended, with what was learnt there."""
        return learnt_elsewhere(self.review, self.person)

    @cached_property
    def approved(self) -> str:
        """The plan as approved against now, where an earlier gate approved one."""
        return drawn(self.initiative, sees_money=self.sees_money)

    @property
    def leads_to(self) -> str:
        return str(Stage(self.review.to_stage).label)

    @property
    def answer(self) -> str:
        """What stands, in one sentence."""
        review = self.review
        if review.was_withdrawn:
            return f"Withdrawn on {figures.day(review.closed_at)}. What was given stays and counts again."
        if not review.is_open and self.decision is not None:
            told = self.decision.ruled
            return f"{told} on {figures.day(self.decision.decided_at)}, by {self.decision.body}."
        told = f"{standing_sentence(self.lines, self.sign_offs)}{self._submitted()}."
        return f"Held until {figures.day(self.held_until)}. {capfirst(told)}" if self.held_until else told

    @property
    def held_until(self) -> date | None:
        """The day to come to which the latest decision holds it."""
        latest = self.panel.latest
        day = latest.hold_until if latest and self.review.is_open else None
        return day if day and day > clock.today() else None

    def _submitted(self) -> str:
        review = self.review
        if not review.is_ready:
            return ""
        waits = f"; {self.panel.approver} decides" if review.body else "; it waits for its decision"
        by = f" by {figures.day(review.decide_by)}" if review.decide_by and not self.held_until else ""
        return f". Submitted on {figures.day(review.submitted_at)}{waits}{by}"


def standing_sentence(lines: Sequence[Line], sign_offs: Sequence[SignOff]) -> str:
    """`4 of 7 requirements are met, 1 is waived; security has 2 of 5 days left`. An objection comes first."""
    met = sum(1 for line in lines if line.standing.is_met)
    waived = sum(1 for line in lines if line.standing.is_waived and not line.standing.is_met)
    verb = "is" if 1 in (met, len(lines)) else "are"
    told = f"{met} of {figures.plural(len(lines), 'requirement')} {verb} met"
    if waived:
        told += f", {waived} {'is' if waived == 1 else 'are'} waived"
    signing = sign_off_sentence(sign_offs)
    if any(each.is_objection for each in sign_offs):
        return f"{capfirst(signing)}; {told}"
    return "; ".join(filter(None, [told, signing]))


def sign_off_sentence(sign_offs: Sequence[SignOff]) -> str:
    """Who objects, else who has least time left, else who waits for a reply, else how many have answered."""
    if not sign_offs:
        return ""
    if objecting := [each.function.name for each in sign_offs if each.is_objection]:
        return f"{joined(objecting).lower()} object{'s' if len(objecting) == 1 else ''}"
    running = [each for each in sign_offs if each.due_on and each.state in (State.OPEN, State.OUTDATED)]
    if running:
        first = min(running, key=lambda each: (each.due_on, each.pk))
        left, name = days_left(first), first.function.name.lower()
        if left < 0:
            return f"{name} is {figures.plural(-left, 'working day')} late"
        return f"{name} has {left} of {figures.plural(first.clock_days, 'day')} left"
    if asking := [each.function.name for each in sign_offs if each.state == State.OPEN and each.due_on is None]:
        return f"{joined(asking).lower()} wait{'s' if len(asking) == 1 else ''} for a reply of the owners"
    given = sum(1 for each in sign_offs if each.state == State.ANSWERED)
    verb = "is" if 1 in (given, len(sign_offs)) else "are"
    return f"{given} of {figures.plural(len(sign_offs), 'sign-off')} {verb} given"


@dataclass(frozen=True)
class Told:
    """A closed review with what came of it."""

    review: GateReview
    title: str
    outcome: str
    told: str


def earlier_reviews(initiative: Initiative) -> list[Told]:
    """Its closed reviews, the latest first, with the decisions that stand. Two queries."""
    closed = GateReview.objects.filter(initiative=initiative, closed_at__isnull=False).select_related("gates_version")
    decisions = Decision.objects.standing().select_related("body")
    reviews = closed.prefetch_related(Prefetch("decisions", decisions, to_attr="standing_decisions"))
    return [_told(review) for review in reviews]


def _told(review: GateReview) -> Told:
    decision = next(iter(review.standing_decisions), None)  # type: ignore[attr-defined]
    title = review.title
    if decision is not None:
        return Told(review, title, decision.ruled, decision.rationale)
    return Told(review, title, "Withdrawn" if review.was_withdrawn else "Closed", "")
