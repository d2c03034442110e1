"""What the next gate of many initiatives asks, by the situation of each: requirements, sign-offs, duties."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiso.once import once
from forums.models import Forum
from portfolio.models import Initiative, Lane, Stage, StageChange
from portfolio.models.stage import ENDED, PATH
from standards.models import Standard

from .checklist import Required, requirements_of, sign_offs_of
from .matrix import Asked, Duties, Situation, duties_of
from .models import Decision
from .rules import Gate, Gates, Matrix, gates_in_force


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


def next_gates(gates: Gates, initiative: Initiative, before_pause: str = "") -> tuple[Gate, ...]:
    """The gates of its next review: one; before pilot in the fast lane all up to autonomy fit (DESIGN §4).

    A paused one goes on to the gate after the stage `before_pause`; where the last gate leads, that one is shown
    again. None once it ended, or where it never came onto the register.
    """
    if initiative.is_off_register or initiative.stage in ENDED:
        return ()
    stage = Stage(initiative.stage if initiative.stage in PATH else before_pause or Stage.INTAKE)
    if initiative.lane == Lane.FAST and PATH.index(stage) < PATH.index(Stage.PILOT):
        return gates.up_to(Stage.PILOT, after=stage)
    gate = gates.after(stage)
    return (gate,) if gate else gates.gates[-1:]


def gates_ahead_of(initiatives: Sequence[Initiative]) -> dict[int, tuple[Gate, ...]]:
    """The next gates of each, by id. One query where any is paused."""
    gates, before = gates_in_force(), stages_before_pause(initiatives)
    return {row.pk: next_gates(gates, row, before.get(row.pk, "")) for row in initiatives}


def stages_before_pause(initiatives: Sequence[Initiative]) -> dict[int, str]:
    """The stage that each paused one goes on from, by id, where one is known."""
    paused = [row.pk for row in initiatives if row.stage == Stage.PAUSED]
    if not paused:
        return {}
    earlier = StageChange.objects.filter(initiative__in=paused, stage__in=PATH)
    latest = earlier.order_by("initiative", "-changed_on", "-pk").distinct("initiative")
    return dict(latest.values_list("initiative", "stage"))


def is_shown_again(initiative: Initiative, gates: Sequence[Gate]) -> bool:
    """Whether it stands where the gates lead already, so that no review of them is opened."""
    return bool(gates) and initiative.stage == gates[-1].moves_to


def reviewed_at(initiatives: Iterable[int], gate: str) -> set[int]:
    """Those of some initiatives that a decision let pass a gate."""
    passed = Decision.objects.approving().filter(initiative__in=[*initiatives], review__gates__contains=[gate])
    return {*passed.order_by().values_list("initiative", flat=True)}


def told_of_passing(initiative: Initiative, gates: Sequence[Gate]) -> str:
    """`Value fit was never reviewed`, as of what the register was opened with; or that it is to be shown again."""
    was_reviewed = bool(reviewed_at([initiative.pk], gates[-1].code))
    return f"{gates[-1].name} {'was passed and is shown again' if was_reviewed else 'was never reviewed'}"


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
