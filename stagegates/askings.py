"""What the next gate of many initiatives asks, by the situation of each: requirements, sign-offs, duties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiso.once import once
from forums.models import Forum
from portfolio.models import Initiative, Lane, Stage
from portfolio.models.stage import ENDED, PATH
from standards.models import Standard

from .checklist import Required, requirements_of, sign_offs_of
from .matrix import Asked, Duties, Situation, duties_of
from .rules import Gate, Gates, Matrix


@dataclass(frozen=True)
class Asking:
    """What one initiative is asked at some gates: the requirements, the sign-offs, and the duties of the matrix."""

    gates: tuple[Gate, ...]
    required: Sequence[Required]
    sign_offs: Asked
    duties: Duties


def titles_of_standards() -> dict[str, str]:
    """By slug."""
    return once("titles of standards", lambda: dict(Standard.objects.values_list("slug", "title")))


def all_bodies() -> dict[str, Forum]:
    """By slug."""
    return once("bodies", lambda: {body.slug: body for body in Forum.objects.all()})


def next_gates(gates: Gates, initiative: Initiative) -> tuple[Gate, ...]:
    """The gates of its next review: one; before pilot in the fast lane all up to autonomy fit (DESIGN §4).

    None once it ended, is paused, never came onto the register, or has passed the last gate.
    """
    stage = Stage(initiative.stage)
    if initiative.is_off_register or stage in ENDED or stage not in PATH:
        return ()
    if initiative.lane == Lane.FAST and PATH.index(stage) < PATH.index(Stage.PILOT):
        return gates.up_to(Stage.PILOT, after=stage)
    gate = gates.after(stage)
    return (gate,) if gate else ()


def lane_to(stage: str, initiative: Initiative) -> str:
    """The lane of a review that leads to a stage: value fit is ordinary, also of what came by the fast lane
    (DESIGN §4).
    """
    return Lane.FULL if stage == Stage.SCALE else initiative.lane


def askings_of(
    asked: Mapping[int, tuple[Gate, ...]], situations: Mapping[int, Situation], gates: Gates, matrix: Matrix
) -> dict[int, Asking]:
    """What is asked at some gates, by the id of the initiative. Two queries; equal situations are worked out once."""
    ranks = {slug: body.rank for slug, body in all_bodies().items()}
    titles = titles_of_standards()
    functions = {rule.code: rule.functions for rule in matrix.rules}
    known: dict[tuple[tuple[str, ...], Situation], Asking] = {}
    found = {}
    for pk, at in asked.items():
        codes = tuple(gate.code for gate in at)
        key = codes, situations[pk]
        if key not in known:
            duties = duties_of(matrix, situations[pk], codes, ranks)
            required = requirements_of(gates, at, duties, functions, titles)
            known[key] = Asking(at, required, sign_offs_of(gates, at, duties), duties)
        found[pk] = known[key]
    return found
