"""What of the register goes along when an initiative is merged: what is still worked on. Called when the app is ready.

Answers, plans, releases that are out, and files that evidence rests on stay for the record.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models

from .merging import Mover, register_mover
from .models import DecisionReading, Initiative, LevelChoice, Risk, StepDown

# What belongs to a decision class names the initiative, too.
OF_CLASSES = (LevelChoice, DecisionReading, StepDown)


def _move_classes(ids: Sequence[int], origin: Initiative, goal: Initiative) -> None:
    moved = CLASSES.shift(ids, origin, goal)
    for model in OF_CLASSES:
        model.objects.filter(decision_class__in=moved).update(initiative=goal)


def _new_tools(merged: Initiative, survivor: Initiative) -> "models.QuerySet[Any]":
    """Those that the survivor does not use yet."""
    return merged.tools.exclude(pk__in=survivor.tools.values("pk"))


def _share_tools(ids: Sequence[int], origin: Initiative, goal: Initiative) -> None:
    """The merged one keeps them for the record: it did use them."""
    goal.tools.add(*ids)


def _take_back_tools(ids: Sequence[int], origin: Initiative, goal: Initiative) -> None:
    origin.tools.remove(*ids)


def _bring_files_back(ids: Sequence[int], origin: Initiative, goal: Initiative) -> None:
    """All but those that became evidence meanwhile."""
    origin.attachments.filter(pk__in=ids, evidence=None).update(initiative=goal)


CLASSES = Mover(
    "decision_classes",
    "decision class",
    "decision classes",
    lambda one, other: one.decision_classes.all(),
    _move_classes,
    _move_classes,
    once_a_name=True,
)
METRICS = Mover(
    "outcome_metrics",
    "outcome metric",
    "outcome metrics",
    lambda one, other: one.outcome_metrics.all(),
    once_a_name=True,
)
RELEASES = Mover(
    "releases",
    "planned release",
    "planned releases",
    lambda one, other: one.releases.filter(released_on=None),
    once_a_name=True,
)
MOVERS = (
    CLASSES,
    METRICS,
    Mover("barriers", "open barrier", "open barriers", lambda one, other: one.barriers.filter(lifted_at=None)),
    Mover("risks", "risk", "risks", lambda one, other: one.risks.exclude(status=Risk.Status.CLOSED)),
    RELEASES,
    Mover("tools", "tool", "tools", _new_tools, _share_tools, _take_back_tools),
    Mover("comments", "comment", "comments", lambda one, other: one.comments.all()),
    Mover("links", "link", "links", lambda one, other: one.links.all()),
    Mover(
        "files",
        "file",
        "files",
        lambda one, other: one.attachments.filter(evidence=None),
        move_back=_bring_files_back,
    ),
)


def register_movers() -> None:
    for mover in MOVERS:
        register_mover(mover)
