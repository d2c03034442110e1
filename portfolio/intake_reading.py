"""A request as one person may read it: whose answers count, and to whom its money is told (DESIGN §8)."""

from typing import Any

from aiso.accounts.models import User

from .forms.intake import BENEFITS_ASKED
from .intake_sheet import Sheet
from .lane import LaneResult, without_money
from .lane_facts import lanes_of
from .lane_threshold import lane_threshold
from .models import Intake
from .permissions import can_answer_intake, can_see_money

# The answers that tell of money.
MONEY = ("requested_amount", "money_for", *BENEFITS_ASKED.values(), "build_cost", "run_cost")


def may_change(intake: Intake, viewer: User) -> bool:
    """Whether the answers are the viewer's to change now."""
    return intake.is_open and can_answer_intake(viewer, intake)


def sees_money_of(intake: Intake, viewer: User) -> bool:
    """Whoever asks for it, and whoever sees the money of the initiative."""
    if intake.requester_id == viewer.pk:
        return True
    return intake.initiative is not None and can_see_money(viewer, intake.initiative)


def answers_for(intake: Intake, viewer: User) -> dict[str, Any]:
    """To whoever may change them the answers as they are now, to others as they were handed over."""
    submitted = intake.submitted_answers
    answers = intake.answers if submitted is None or may_change(intake, viewer) else submitted
    if sees_money_of(intake, viewer):
        return dict(answers)
    return {name: answer for name, answer in answers.items() if name not in MONEY}


def lane_for(intake: Intake, viewer: User, sheet: Sheet) -> LaneResult:
    """As the register's facts give it once there is an initiative; while the answers are written, as they do."""
    if intake.initiative is None or may_change(intake, viewer):
        return sheet.lane
    (lane,) = lanes_of([intake.initiative], lane_threshold())
    return lane if sees_money_of(intake, viewer) else without_money(lane)
