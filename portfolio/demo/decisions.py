"""Invented decision classes of the demonstration, from harmless ones to those that stay with people."""

from random import Random
from typing import Any

from aiso.accounts.models import User

from ..actions.keep_decisions import add_decision_class
from ..models import Initiative
from ..models.decision import Confidence, CostOfError, Reversibility, ReviewCapacity

# Name, how often a week, cost of error, can be undone, confidence, time to review.
HARMLESS = (
    ("Suggest a folder for a document", 420, "low", "easy", "high", "ample"),
    ("Pick the template of a reply", 310, "low", "easy", "high", "ample"),
    ("Order search results", 5400, "low", "easy", "high", "ample"),
    ("Propose a meeting time", 85, "low", "easy", "adequate", "ample"),
)
WEIGHTY = (
    ("Route a request to a team", 1240, "medium", "easy", "high", "ample"),
    ("Rank cases by urgency", 640, "medium", "moderate", "adequate", "tight"),
    ("Draft the answer to a complaint", 190, "medium", "moderate", "adequate", "ample"),
    ("Flag a payment for review", 86, "high", "hard", "adequate", "tight"),
    ("Order a spare part in advance", 31, "medium", "hard", "high", "ample"),
    ("Close a case without a person", 74, "high", "hard", "low", "tight"),
    ("Refuse an application", 12, "very_high", "hard", "adequate", "tight"),
    ("Stop a machine", 4, "very_high", "irreversible", "high", "insufficient"),
)
TESTS = {
    "cost_of_error": CostOfError,
    "reversibility": Reversibility,
    "confidence": Confidence,
    "review_capacity": ReviewCapacity,
}
REGULATED = "Refuse an application"


def decide(initiative: Initiative, actor: User, chance: Random, *, harmless: bool) -> None:
    """Give an initiative one to four decision classes."""
    kind = HARMLESS if harmless else HARMLESS + WEIGHTY
    for name, volume, *answers in chance.sample(kind, k=chance.randrange(1, 3 if harmless else 5)):
        fields: dict[str, Any] = dict(zip(TESTS, answers, strict=True))
        add_decision_class(
            initiative, actor=actor, name=name, volume_per_week=volume, is_regulated=name == REGULATED, **fields
        )
