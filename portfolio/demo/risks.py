"""Invented risks of the demonstration: one accepted, one whose acceptance ended, one past its day."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiso import clock
from aiso.accounts.models import User

from ..actions.accept_risks import accept_risk
from ..actions.keep_risks import raise_risk, treat_risk
from ..models import Initiative, Risk, RiskAcceptance

# Title, because of, there may be, which leads to; treatment and what is done; likelihood and impact before and after;
# the owner's address.
RISKS = (
    (
        ("Outdated answers", "Sources that are read once a month", "answers that no longer hold", "wrong advice"),
        ("reduce", "Sources are read each night, and answers name their day."),
        (4, 3, 2, 3),
        "technical-owner",
    ),
    (
        ("One group is judged worse", "Uneven past decisions", "a model that repeats them", "a regulator's finding"),
        ("reduce", "The widest gap between groups is measured at each release."),
        (4, 5, 3, 4),
        "grace.mbeki",
    ),
    (
        ("The supplier stops the model", "One supplier without a second", "an end of service", "weeks by hand"),
        ("transfer", "Notice of twelve months and an exit plan in the contract."),
        (3, 4, 2, 4),
        "jonas.weber",
    ),
    (
        ("Nobody notices drift", "No measurement after launch", "slowly worse results", "lost trust of users"),
        ("reduce", "Override rate read each week, with a threshold that alarms."),
        (4, 4, 2, 4),
        "technical-owner",
    ),
    (
        ("Reviewers agree without looking", "Long queues", "errors that nobody stops", "wrong decisions"),
        ("avoid", "At most forty cases a day for each reviewer."),
        (3, 4, 1, 4),
        "jonas.weber",
    ),
)
LEVELS = ("likelihood", "impact", "residual_likelihood", "residual_impact")


def endanger(initiatives: Sequence[Initiative], people: dict[str, User]) -> None:
    """Give each of five running initiatives a risk; with fewer the first have several."""
    open_to_all = [initiative for initiative in initiatives if not initiative.is_confidential]
    if not open_to_all:
        return
    made = [_raise(open_to_all[place % len(open_to_all)], people, place) for place in range(len(RISKS))]
    reviewer, today = people["risk-reviewer"], clock.today()
    accept_risk(
        treat_risk(made[0], actor=made[0].owner, reason="Read each night for two months."),
        actor=reviewer,
        reason="What is left is corrected by readers within a day.",
        until=today + timedelta(days=240),
    )
    _accepted_long_ago(made[2], reviewer)
    Risk.objects.filter(pk=made[3].pk).update(due_on=today - timedelta(days=18))


def _raise(initiative: Initiative, people: dict[str, User], place: int) -> Risk:
    (title, cause, event, effect), (treatment, measures), levels, owner = RISKS[place]
    told: dict[str, Any] = {"title": title, "cause": cause, "event": event, "effect": effect}
    told |= {"treatment": treatment, "measures": measures} | dict(zip(LEVELS, levels, strict=True))
    due_on = clock.today() + timedelta(days=5 + 20 * place)
    return raise_risk(initiative, actor=people["office-member"], owner=people[owner], due_on=due_on, **told)


def _accepted_long_ago(risk: Risk, by: User) -> None:
    """An acceptance that ended, which accepting today cannot say."""
    risk.acceptance = RiskAcceptance.objects.create(
        initiative=risk.initiative,
        risk=risk,
        reason="Until the second supplier is under contract.",
        until=clock.today() - timedelta(days=9),
        score=risk.score,
        residual_score=risk.residual_score,
        appetite=9,
        accepted_by=by,
        accepted_at=clock.now() - timedelta(days=190),
    )
    risk.save(update_fields=["acceptance"])
