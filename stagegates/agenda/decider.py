"""How a review is decided in the live meeting: the form on the right, and what it records."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string

from aiso.accounts.models import User
from forums.models import AgendaItem

from ..actions.decide_in_meeting import decide_in_meeting, result_of
from ..actions.ruling import Ruling
from ..blocks import Block
from ..decision_panel import DecisionPanel
from ..forms.decisions import MeetingDecisionForm
from ..meeting_votes import Votes, votes_on
from ..models import GateReview
from ..permissions import can_record_in_meeting
from ..separation import parties_of
from ..subjects import reviews_of


class MeetingPanel(DecisionPanel):
    """The form of the chair and the secretary, for what their body decided. A fixed number of queries."""

    # Whoever records a decision on money is shown it.
    sees_money = True

    def __init__(self, item: AgendaItem, review: GateReview, person: User, data: Any = None) -> None:
        super().__init__(review, person, data)
        self.item = item

    @cached_property
    def may_record(self) -> bool:
        parties = parties_of(self.review)
        return self.review.is_ready and can_record_in_meeting(self.person, self.item.forum, parties)

    @property
    def to_override(self) -> list[Block]:
        """What the body of the meeting is high enough to override."""
        deciding = [each.rank for each in (self.body, self.needed) if each]
        if not deciding or self.item.forum.rank <= max(deciding):
            return []
        return [block for block in self.blocks if block.can_be_overridden]

    @cached_property
    def form(self) -> MeetingDecisionForm:
        seen = self.latest.pk if self.latest else None
        return MeetingDecisionForm(self.review, self.to_override, self.data, viewer=self.person, seen=seen)

    @cached_property
    def votes(self) -> Votes:  # type: ignore[override]
        """Those of the meeting; ballots in writing are another matter."""
        return votes_on(self.item)


def draw_decision(item: AgendaItem, person: User, data: QueryDict | None) -> str:
    """The form for who may record it; for others, and once the review is decided, what there is to say."""
    review = reviews_of([item]).get(item.pk)
    if review is None:
        return ""
    panel = MeetingPanel(item, review, person, data)
    return render_to_string("stagegates/agenda/_decide.html", {"panel": panel, "review": review})


def record_decision(item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> str:
    """Decide the item's review; of one that was decided or withdrawn before, say what comes of the item in words."""
    review = reviews_of([item]).get(item.pk)
    if review is None or (not review.is_open and "outcome" not in data):
        return " ".join(str(data.get("result", "")).split())
    form = MeetingPanel(item, review, actor, data).form
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    seen, by_consent = form.cleaned_data["seen"], form.cleaned_data["by_consent"]
    decision = decide_in_meeting(item, Ruling(**form.ruling()), actor=actor, by_consent=by_consent, seen=seen)
    return result_of(decision)
