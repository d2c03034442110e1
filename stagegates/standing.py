"""How each requirement of a review, or of an initiative's next gate, stands: met by what, or what to do.

standings_of([review])[review.pk]          # one Standing a requirement, in their order
next_checklists([initiative])[initiative.pk]  # the same for the gate that comes next, before a review is opened
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from aiso.once import once_each
from aiso.web import figures
from portfolio.models import Initiative
from standards.prefill import facts_of
from standards.state import ChecklistState, states_of

from .askings import Asking, askings_of, gates_ahead_of
from .checklist import Required
from .known import Known, read_known
from .matrix import Asked
from .models import Evidence, GateReview, Requirement
from .rules import gates_in_force, matrix_in_force
from .situations import situations_of

Shown = Requirement.Evidence


@dataclass(frozen=True)
class Standing:
    """How one requirement stands. `says` tells what meets it, or what lacks; `verb` and `url` lead to what mends it.

    A waived requirement need not be met: `is_settled` says that nothing more is asked.
    """

    requirement: Requirement | Required
    is_met: bool
    says: str
    evidence: Evidence | None = None
    url: str = ""
    verb: str = ""
    expires_on: date | None = None
    in_dialog: bool = False

    @property
    def is_waived(self) -> bool:
        return bool(getattr(self.requirement, "waived_because", ""))

    @property
    def is_settled(self) -> bool:
        return self.is_met or self.is_waived


def standings_of(reviews: Sequence[GateReview]) -> dict[int, list[Standing]]:
    """The requirements of reviews, by the id of the review, in a fixed number of queries."""
    return {review.pk: lines for review, lines in once_each("standings", reviews, _read).items()}


def _read(reviews: Sequence[GateReview]) -> dict[GateReview, list[Standing]]:
    rows = {row.pk: row for row in facts_of({review.initiative_id for review in reviews})}
    required: dict[int, list[Requirement]] = {review.pk: [] for review in reviews}
    for requirement in Requirement.objects.filter(review__in=reviews).select_related("waived_by"):
        required[requirement.review_id].append(requirement)
    ground = _ground([*rows.values()], [each for found in required.values() for each in found])
    return {
        review: [ground.standing(rows[review.initiative_id], each) for each in required[review.pk]]
        for review in reviews
    }


def next_checklists(initiatives: Iterable[Initiative]) -> dict[int, list[Standing]]:
    """What the next gate of each asks, by id; empty where it ended. A fixed number of queries."""
    rows = [*initiatives]
    askings = next_askings(rows)
    ground = _ground(rows, {line.code: line for each in askings.values() for line in each.required}.values())
    return {row.pk: [ground.standing(row, line) for line in askings[row.pk].required] for row in rows}


def next_asked(initiative: Initiative) -> tuple[list[Standing], Asked]:
    """What the next gate of one asks: its requirements, and the functions that sign off."""
    asking = next_askings([initiative])[initiative.pk]
    ground = _ground([initiative], asking.required)
    return [ground.standing(initiative, line) for line in asking.required], asking.sign_offs


def next_askings(initiatives: Sequence[Initiative]) -> dict[int, Asking]:
    """What the next gate of each asks, by id."""
    asked = gates_ahead_of(initiatives)
    return askings_of(asked, situations_of(initiatives), gates_in_force(), matrix_in_force())


@dataclass(frozen=True)
class _Ground:
    """All that requirements stand on, of some initiatives."""

    known: dict[tuple[int, str], Known]
    assessments: dict[tuple[int, str], ChecklistState]
    evidence: dict[tuple[int, str], Evidence]

    def standing(self, initiative: Initiative, requirement: Requirement | Required) -> Standing:
        if requirement.evidence == Shown.KNOWN:
            return _of_known(requirement, self.known.get((initiative.pk, requirement.subject)))
        if requirement.evidence == Shown.ASSESSMENT:
            state = self.assessments.get((initiative.pk, requirement.subject))
            return _of_assessment(initiative, requirement, state)
        return _of_evidence(initiative, requirement, self.evidence.get((initiative.pk, requirement.code)))


def _ground(initiatives: list[Initiative], requirements: Iterable[Requirement | Required]) -> _Ground:
    wanted = [*requirements]
    ids = [row.pk for row in initiatives]
    given = {each.code for each in wanted if each.evidence in (Shown.DOCUMENT, Shown.STATEMENT)}
    asked = {each.subject for each in wanted if each.evidence == Shown.ASSESSMENT}
    rows = Evidence.objects.filter(initiative__in=ids, code__in=given).current()
    return _Ground(
        known=read_known({each.subject for each in wanted if each.evidence == Shown.KNOWN}, initiatives),
        assessments=states_of(initiatives, asked) if asked else {},
        evidence={(each.initiative_id, each.code): each for each in rows.select_related("given_by", "attachment")},
    )


def _of_known(requirement: Requirement | Required, known: Known | None) -> Standing:
    if known is None:
        return Standing(requirement, is_met=False, says="Not known yet")
    return Standing(requirement, known.is_met, known.says, url=known.url, verb=known.verb, in_dialog=known.in_dialog)


def _of_assessment(
    initiative: Initiative, requirement: Requirement | Required, state: ChecklistState | None
) -> Standing:
    if state is None:
        return Standing(requirement, is_met=False, says="No checklist of this assessment is published yet")
    url = answering_url(initiative, state.standard)
    verb = "See answers" if state.is_complete else "Answer" if state.status == "open" else "Go on"
    return Standing(
        requirement, state.is_complete, _assessment_says(state), url=url, verb=verb, expires_on=state.expires_on
    )


def _assessment_says(state: ChecklistState) -> str:
    """Where the assessment stands, in words."""
    left = f"about {figures.plural(state.minutes, 'minute')}" if state.minutes else ""
    if state.is_complete:
        until = f", holds until {figures.day(state.expires_on)}" if state.expires_on else ""
        return f"Completed on {figures.day(state.completed_on)} by {state.completed_by}{until}"
    if state.status == "expired":
        return f"Expired on {figures.day(state.expires_on)}; complete it anew"
    if state.status == "reopened":
        changed = figures.plural(len(state.changed), "answer")
        return f"Reopened: {changed} changed since it was completed" if state.changed else "Reopened: more is asked now"
    answered = f"{state.answered} of {state.asked} questions answered"
    if not state.missing and state.status != "open":
        return f"{answered}; to be completed"
    return "; ".join(filter(None, [answered, left]))


def _of_evidence(initiative: Initiative, requirement: Requirement | Required, evidence: Evidence | None) -> Standing:
    is_answer = requirement.evidence == Shown.STATEMENT
    url = giving_url(initiative, requirement.code)
    if evidence is None:
        lacking = "Not answered yet" if is_answer else "No file or link yet"
        return Standing(requirement, is_met=False, says=lacking, url=url, verb="Answer" if is_answer else "Add")
    if evidence.has_expired:
        says = f"Expired on {figures.day(evidence.expires_on)}"
        verb = "Answer anew" if is_answer else "Add a new one"
        return Standing(requirement, False, says, evidence, url, verb, evidence.expires_on)
    return Standing(requirement, True, evidence.told, evidence, url, "Replace", evidence.expires_on)


def answering_url(initiative: Initiative, standard: str) -> str:
    """The page on which an assessment of an initiative is answered."""
    return reverse("standards:checklist_answer", args=[initiative.reference, standard])


def giving_url(initiative: Initiative, code: str) -> str:
    """Where evidence for a requirement is given."""
    return reverse("stagegates:evidence_give", args=[initiative.reference, code])
