"""The forms of the live meeting: what its body may rule on a review, on money outside a gate, on an initiative."""

from functools import cached_property
from typing import Any

from aiso.accounts.models import User
from forums.models import AgendaItem, Forum
from portfolio.models import Initiative

from ..actions.ruling import Ruling
from ..asked_money import blocks_of_request, body_of_request, parties_to_request
from ..blocks import Block
from ..deciding import is_body_or_higher
from ..decision_panel import Choice, DecisionPanel, outcomes_for
from ..forms.decisions import MeetingDecisionForm, MeetingStandingForm
from ..forms.expansions import MeetingExpansionForm
from ..forms.funding import MeetingRequestForm
from ..meeting_votes import Votes, votes_on
from ..models import Decision, Expansion, FundingRequest, GateReview
from ..permissions import can_record_in_meeting
from ..request_outcomes import choices_of, outcomes_of_request
from ..separation import kept_from_deciding, parties_to

Outcome = Decision.Outcome
# The outcome that is no decision: what came of the item is told in words.
WORDS = MeetingStandingForm.WORDS


class MeetingPanel(DecisionPanel):
    """The form of the chair and the secretary, for what their body decided on a review. A fixed number of queries."""

    template = "stagegates/agenda/_decide.html"
    # Whoever records a decision on money is shown it; nobody else is shown the form.
    sees_money = True

    def __init__(self, item: AgendaItem, review: GateReview, person: User, data: Any = None) -> None:
        super().__init__(review, person, data)
        self.item, self.subject = item, review

    @cached_property
    def may_record(self) -> bool:
        parties = kept_from_deciding(self.review)
        return self.review.is_ready and not self.other and can_record_in_meeting(self.person, self.item.forum, parties)

    @cached_property
    def other(self) -> Forum | None:
        """The body that decides instead of the one that meets."""
        return other_than(self.item, self.body)

    @property
    def asks_words(self) -> bool:
        """Whether nothing of it can be decided here and now, so that what comes of the item is told in words."""
        return self.other is not None or not self.review.is_ready

    @property
    def to_override(self) -> list[Block]:
        """What the body of the meeting is high enough to override."""
        deciding = [each.rank for each in (self.body, self.needed) if each]
        if not deciding or self.item.forum.rank <= max(deciding):
            return []
        return [block for block in self.blocks if block.can_be_overridden]

    @property
    def why_higher(self) -> str:
        return f"{self.why_this_body} It waits for {self.body}, which cannot approve it any more."

    @cached_property
    def form(self) -> MeetingDecisionForm:
        seen = self.latest.pk if self.latest else None
        return MeetingDecisionForm(self.review, self.to_override, self.data, viewer=self.person, seen=seen)

    def ruling(self) -> Ruling:
        return Ruling(**self.form.ruling())

    @cached_property
    def votes(self) -> Votes:  # type: ignore[override]
        """Those of the meeting; ballots in writing are another matter."""
        return votes_on(self.item)


class ItemPanel[Subject: (FundingRequest | Expansion, Initiative)]:
    """The form for what an item asks beside a gate."""

    def __init__(self, item: AgendaItem, subject: Subject, person: User, data: Any = None) -> None:
        self.item, self.person, self.data = item, person, data
        self.subject: Subject = subject

    @cached_property
    def votes(self) -> Votes:
        return votes_on(self.item)

    @cached_property
    def latest(self) -> Decision | None:
        return self.subject.decisions.first()

    @property
    def seen(self) -> int | None:
        """The latest decision on it when the form was drawn."""
        return self.latest.pk if self.latest else None


class RequestPanel(ItemPanel[FundingRequest | Expansion]):
    """The same for money or an expansion that is asked for outside a gate."""

    template = "stagegates/agenda/_decide.html"

    @cached_property
    def may_record(self) -> bool:
        parties = parties_to_request(self.subject)
        is_able = self.other is None and can_record_in_meeting(self.person, self.item.forum, parties)
        return self.subject.is_open and is_able

    @cached_property
    def other(self) -> Forum | None:
        """The body that decides instead of the one that meets."""
        return other_than(self.item, self.body)

    @property
    def asks_words(self) -> bool:
        """Whether nothing of it can be decided here and now, so that what comes of the item is told in words."""
        return self.other is not None or not self.subject.is_open

    @cached_property
    def body(self) -> Forum | None:
        return body_of_request(self.subject)

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of_request(self.subject)

    @property
    def to_override(self) -> list[Block]:
        is_higher = bool(self.body and self.item.forum.rank > self.body.rank)
        return [block for block in self.blocks if block.can_be_overridden] if is_higher else []

    @cached_property
    def form(self) -> MeetingRequestForm | MeetingExpansionForm:
        form: MeetingRequestForm | MeetingExpansionForm
        if isinstance(self.subject, Expansion):
            form = MeetingExpansionForm(self.subject, self.to_override, self.data)
        else:
            form = MeetingRequestForm(self.subject, self.to_override, self.data)
        form.initial["seen"] = self.seen
        return form

    def ruling(self) -> Ruling:
        return Ruling(**{name: value for name, value in self.form.ruling().items() if name != "back_to"})

    @property
    def outcomes(self) -> list[Choice]:
        return outcomes_of_request(self.subject, self.blocks, self.form["outcome"].value())


class StandingPanel(ItemPanel[Initiative]):
    """The same for an initiative without either: it is paused, resumed or ended, or nothing of it is decided."""

    template = "stagegates/agenda/_decide_standing.html"

    @cached_property
    def may_record(self) -> bool:
        """Others who lead the meeting tell what came of the item in words."""
        is_able = can_record_in_meeting(self.person, self.item.forum, parties_to(self.subject))
        return is_able and bool(self._possible)

    @cached_property
    def _possible(self) -> dict[str, str]:
        return outcomes_for(self.subject)

    @cached_property
    def form(self) -> MeetingStandingForm:
        form = MeetingStandingForm(self._possible, self.data)
        form.initial["seen"] = self.seen
        return form

    @property
    def is_in_words(self) -> bool:
        return bool(self.form.cleaned_data["outcome"] == WORDS)

    def ruling(self) -> Ruling:
        return Ruling(**self.form.ruling())

    @property
    def outcomes(self) -> list[Choice]:
        chosen = self.form["outcome"].value()
        told = Choice(WORDS, "Result in words", "message", "nothing of it is decided", 1, chosen == WORDS)
        return [told, *choices_of(map(Outcome, self._possible), chosen, self._possible.__getitem__, first=2)]


def other_than(item: AgendaItem, body: Forum | None) -> Forum | None:
    """The body that decides what an item asks, where the item's forum may not."""
    return None if body is None or is_body_or_higher(item.forum, body) else body


type Panel = MeetingPanel | RequestPanel | StandingPanel
