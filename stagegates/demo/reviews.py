"""Gate reviews in the demonstration: just opened, half evidenced, waiting for sign-offs, submitted, withdrawn."""

from collections.abc import Mapping

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.models.risk import RiskTier
from portfolio.models.stage import ACTIVE, Stage

from ..actions.give_evidence import give_evidence
from ..actions.open_review import open_review
from ..actions.submit_review import submit_review, withdraw_review
from ..actions.waive_requirement import waive_requirement
from ..models import GateReview, Requirement
from ..standing import standings_of

Shown = Requirement.Evidence
# What is asked, and how far the review has come, for one initiative after the other, the riskiest first.
ASKS = (
    ("Let it prepare cases at one more office, with a person who decides each.", "given"),
    ("Pilot with twenty case workers who volunteered.", "given"),
    ("Let two more teams use it for three months, with their team leads looking at every answer.", "opened"),
    ("Go live in one region. Run cost comes from the unit’s own budget.", "given"),
    ("Replace the paper forms of the north first.", "half"),
    ("Take the supplier’s new model before the contract ends.", "withdrawn"),
    ("Move on with the second data source; the first is clean enough.", "given"),
    ("Scale to all regions once support has the second shift.", "submitted"),
    ("Let it answer simple requests without review.", "submitted"),
)
LINKS = "https://docs.example.org/evidence/"
ANSWERS = (
    "The data office owns both sources and agreed on 3 June; the note is in the team’s folder.",
    "The service desk of the unit, 7 to 19 h on working days; on-call through the platform team.",
)
WHY_WAIVED = (
    "Shown in the audit of this year; the report is with internal audit and not for this register.",
    "It changes nothing of that: the process stays as it is, and the pilot measures it anyway.",
    "Comes with the supplier’s certificate next month; until then it runs on test data alone.",
    "The same platform was checked in spring for another team; nothing of it has changed since.",
    "There is no supplier: the team runs the model itself.",
    "Twelve people use it, all of them in the pilot; it is asked again before the rollout.",
    "The works council has agreed in writing for this year; its letter lies with human resources.",
)
WHY_WITHDRAWN = "The supplier moved the change by half a year."


def tell_of_reviews(people: Mapping[str, User]) -> None:
    """Open reviews of initiatives with owners and a risk tier, each in another state."""
    # No member of a body: whoever waives does not decide.
    office = people["office-lead"]
    stages = [stage for stage in (Stage.INTAKE, *ACTIVE) if stage != Stage.SCALE]
    rows = Initiative.objects.filter(stage__in=stages, business_owner__isnull=False, is_off_register=False)
    chosen = rows.exclude(risk_tier__in=("", RiskTier.PROHIBITED)).select_related("business_owner").order_by("pk")
    riskiest = sorted(chosen[4:], key=lambda initiative: -(initiative.risk_rank or 0))
    for initiative, (ask, state) in zip(riskiest, ASKS, strict=False):
        _tell(initiative, ask, state, office)


def _tell(initiative: Initiative, ask: str, state: str, office: User) -> None:
    owner = initiative.business_owner
    assert owner is not None
    review = open_review(initiative, actor=owner, ask=ask, amount=initiative.requested_amount)
    if state != "opened":
        give_evidence_of(review, owner, all_of_it=state != "half")
    if state in ("given", "submitted"):
        settle_what_lacks(review, office)
    if state == "submitted":
        submit_review(review, actor=owner)
    if state == "withdrawn":
        withdraw_review(review, actor=owner, reason=WHY_WITHDRAWN)


def give_evidence_of(review: GateReview, owner: User, *, all_of_it: bool) -> None:
    """Give files’ places and answers; one link counts only two weeks more, so that a page can warn."""
    asked = [each for each in review.requirements.all() if each.evidence in (Shown.DOCUMENT, Shown.STATEMENT)]
    for number, requirement in enumerate(asked if all_of_it else asked[::2]):
        text, link = ANSWERS[number % len(ANSWERS)], ""
        if requirement.evidence == Shown.DOCUMENT:
            text, link = "", f"{LINKS}{requirement.code.partition('/')[2]}"
        ends = clock.days_ahead(14) if number == 1 and requirement.valid_months else None
        give_evidence(review.initiative, actor=owner, code=requirement.code, text=text, link=link, expires_on=ends)


def settle_what_lacks(review: GateReview, office: User) -> None:
    """Let what is still missing be waived by the office."""
    missing = [each for each in standings_of([review])[review.pk] if not each.is_settled]
    for number, standing in enumerate(missing, start=review.pk):
        if isinstance(standing.requirement, Requirement):
            reason = WHY_WAIVED[number % len(WHY_WAIVED)]
            waive_requirement(standing.requirement, actor=office, reason=reason)
