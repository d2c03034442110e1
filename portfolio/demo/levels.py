"""Invented levels, readings and accepted maps, so that the demonstration shows each state."""

from datetime import date, timedelta
from random import Random

from aiso import clock
from aiso.accounts.models import User

from ..actions.accept_map import accept_map
from ..actions.choose_level import agree_to_level, choose_level
from ..actions.keep_decisions import edit_decision_class
from ..actions.record_readings import record_reading
from ..actions.step_down import answer_step_down
from ..autonomy_map import standing_of
from ..levels import LEVELS
from ..models import AutonomyLevel, DecisionClass, Initiative, OwnerKind, Workflow

# Workflows, and words in the name of an initiative that suggest them; the first that fits decides.
WORKFLOWS = {
    "Handle a claim": ("claim", "benefit", "eligib", "fraud", "payment"),
    "Answer a customer": ("chat", "call", "customer", "contact", "assist", "translat"),
    "Find a document": ("search", "document", "record", "text", "summar", "knowledge"),
    "Inspect and maintain": ("inspect", "image", "detect", "predict", "monitor", "sensor"),
}
OTHER = "Prepare a decision"
DATA = ("Case file and its attachments", "The last twelve months of orders", "Customer record, contract", "Sensor log")
LISTED = "The works agreement does not cover it yet."
SAFE = "Six weeks side by side with the team: 3 of 1,140 differed, see the trial report"


def workflow_for(initiative: Initiative) -> Workflow:
    """The workflow that its name suggests."""
    name = initiative.name.lower()
    fitting = (workflow for workflow, words in WORKFLOWS.items() if any(word in name for word in words))
    workflow, _ = Workflow.objects.get_or_create(name=next(fitting, OTHER))
    return workflow


def live_with(initiative: Initiative, office: User, chance: Random, place: int) -> None:
    """What people said of its decisions and how they went; the place in the line says which state it shows."""
    initiative.refresh_from_db()
    decisions = [*initiative.decision_classes.all()]
    for decision in decisions:
        reviewers = chance.choice((1, 2, 3, 6))
        facts = {"reviewers": reviewers, "required_data": chance.choice(DATA), "owner": initiative.business_owner}
        edit_decision_class(decision, actor=office, cost_of_delay=chance.choice(("low", "medium", "high")), **facts)
        _read(decision, office, chance, is_bad=False)
    if place % 10 == 4 and decisions:
        edit_decision_class(decisions[0], actor=office, not_automated_because=LISTED)
    if initiative.business_owner and initiative.risk_owner and decisions:
        _say(initiative, initiative.business_owner, initiative.risk_owner, place)
    if place % 8 == 2:
        _step_down(decisions, office, chance, initiative.risk_owner, is_answered=place % 16 == 2)


def _say(initiative: Initiative, business: User, risk: User, place: int) -> None:
    """A cautious level, a bolder one with evidence or without consent yet, and the map accepted or reopened."""
    decisions = [*initiative.decision_classes.filter(not_automated_because="", is_regulated=False)]
    bold = [each for each in decisions if each.autonomy == AutonomyLevel.SURFACE and each.cost_of_error != "very_high"]
    if place % 4 == 0 and bold:
        choice = choose_level(
            bold[0], actor=business, level=AutonomyLevel.DELEGATE_WITH_AUDIT, because="It holds the queue up.",
            evidence=SAFE, until=clock.today() + timedelta(days=180),
        )  # fmt: skip
        if place % 8 == 0:
            agree_to_level(choice, actor=risk)
    cautious = [each for each in decisions if each.autonomy == AutonomyLevel.DELEGATE]
    if place % 6 == 2 and cautious:
        choose_level(cautious[0], actor=business, level=AutonomyLevel.SURFACE, because="Until everybody is trained.")
    if place % 4 == 0:
        for role, person in ((OwnerKind.BUSINESS, business), (OwnerKind.RISK, risk)):
            accept_map(initiative, actor=person, role=role)
    if place % 20 == 8 and standing_of(initiative).is_accepted:
        moved = initiative.decision_classes.exclude(autonomy=AutonomyLevel.KEEP_HUMAN).first()
        if moved:
            edit_decision_class(moved, actor=business, cost_of_error="very_high")


def _step_down(
    decisions: list[DecisionClass], office: User, chance: Random, risk: User | None, *, is_answered: bool
) -> None:
    """One that people overrode too often; confirmed, or still waiting for an answer."""
    for decision in decisions:
        decision.refresh_from_db()
        if LEVELS.index(AutonomyLevel(decision.autonomy)) > 0 and (decision.volume_per_week or 0) >= 60:
            _read(decision, office, chance, is_bad=True)
            step = decision.step_downs.first()
            if is_answered and risk and step:
                answer_step_down(step, actor=risk, answer="confirmed", reason="The new form confuses it.")
            return


def _read(decision: DecisionClass, office: User, chance: Random, *, is_bad: bool) -> None:
    """A reading of the last whole month, or, for a bad one, of the days since."""
    first_of_month = clock.today().replace(day=1)
    first, last = (first_of_month - timedelta(days=1)).replace(day=1), first_of_month - timedelta(days=1)
    if is_bad:
        first, last = _days_since(first_of_month)
    volume = (decision.volume_per_week or 0) * 4
    overrides = volume * chance.choice((28, 34)) // 100 if is_bad else volume * chance.choice((2, 5, 9)) // 100
    errors = volume * chance.choice((0, 1, 2)) // 100
    record_reading(
        decision, actor=office, first_day=first, last_day=last, volume=volume, overrides=overrides, errors=errors
    )


def _days_since(first_of_month: date) -> tuple[date, date]:
    """This month up to yesterday; on its first day, that day."""
    return first_of_month, max(first_of_month, clock.today() - timedelta(days=1))
