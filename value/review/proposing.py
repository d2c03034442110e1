"""How an item about a negative net value is settled in the live meeting: the forum proposes to hold or to terminate the
initiative, or says in words why it goes on. Where the decision rights let this very forum decide on it, it does.

The chair and the secretary record either, never a party to the initiative. Others who lead the meeting show the item
and put it off: what they wrote would keep it off the agendas of 90 days.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.errors import DomainError
from forums.actions.live import in_words, words_of
from forums.actions.live.writing import LONGEST
from forums.models import AgendaItem, Forum
from portfolio.models import Initiative
from portfolio.models.stage import ENDED
from stagegates.agenda.decider import draw_decision, motion_of, record_decision
from stagegates.deciding import is_body_or_higher, who_decides_on
from stagegates.decision_panel import Choice
from stagegates.forms.decisions import ConsentForm
from stagegates.meeting_votes import Votes, votes_on
from stagegates.permissions import can_record_in_meeting
from stagegates.separation import parties_to

from ..actions.propose import propose, said
from ..models import ReviewProposal

Outcome = ReviewProposal.Outcome
WORDS = "words"
CHOOSE = "Choose first what is proposed, then put it to the vote."
# What each leads to, and its icon.
OFFERED = {
    # Not the same as to pause, which takes an initiative out of its stage.
    Outcome.HOLD: ("clock", "the next portfolio review holds its gate until a day; where none waits, it may pause it"),
    Outcome.TERMINATE: ("circle-x", "the next portfolio review decides whether it ends"),
}


class ProposalForm(ConsentForm):
    """What the forum proposes, and why; or what came of the item in words."""

    outcome = forms.ChoiceField(
        choices=[(WORDS, "In words"), *Outcome.choices], error_messages={"required": "Choose what is proposed."}
    )
    result = forms.CharField(
        label="What came of it",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="In a few words: it stands on the agenda and in the minutes.",
    )
    rationale = forms.CharField(
        label="Why",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="The portfolio review reads it on its agenda, so leave sums out: not everybody sees them.",
    )
    # One of the two is always asked, so neither is marked as optional.
    result.is_asked = rationale.is_asked = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Words are asked where they are the outcome, a reason for a proposal."""
        cleaned = super().clean() or {}
        name = "result" if cleaned.get("outcome") == WORDS else "rationale"
        if "outcome" in cleaned and not cleaned.get(name) and name not in self.errors:
            told = "Say in a few words what came of it." if name == "result" else "Say why it is proposed."
            self.add_error(name, told)
        return cleaned


class ProposalPanel:
    """The form of the chair and the secretary."""

    def __init__(self, item: AgendaItem, initiative: Initiative, person: User, data: Any = None) -> None:
        self.item, self.initiative, self.person, self.data = item, initiative, person, data

    @cached_property
    def may_record(self) -> bool:
        return can_record_in_meeting(self.person, self.item.forum, parties_to(self.initiative))

    @property
    def why_not(self) -> str:
        """Who records it instead of the person, and why they do not."""
        forum = self.item.forum
        seats = (("chair", forum.chair_of()), ("secretary", forum.secretary_of()))
        told = " and ".join(f"{holder} ({seat})" for seat, holder in seats if holder)
        who = told or f"Nobody now: {forum} has neither a chair nor a secretary, who"
        is_party = self.person.pk in parties_to(self.initiative)
        why = "You have a part in it" if is_party else "You hold neither seat"
        return f"{who} may record what the forum proposes, or why it goes on; never a party to it. {why}."

    @cached_property
    def form(self) -> ProposalForm:
        return ProposalForm(self.data, initial={"outcome": WORDS})

    @cached_property
    def votes(self) -> Votes:
        return votes_on(self.item)

    @property
    def outcomes(self) -> list[Choice]:
        chosen = self.form["outcome"].value()
        words = Choice(WORDS, "It goes on", "message", "the minutes say why, in words", 1, chosen == WORDS)
        return [words, *(self._offered(each, key, chosen) for key, each in enumerate(OFFERED, start=2))]

    def _offered(self, each: Outcome, key: int, chosen: str) -> Choice:
        icon, leads_to = OFFERED[each]
        return Choice(each.value, said(each), icon, leads_to, key, chosen == each)


def decides_itself(item: AgendaItem) -> bool:
    """Whether decision rights give what becomes of the initiative to the forum of the item, or to a lower body."""
    if item.initiative is None:
        return False
    body = Forum.objects.filter(slug=who_decides_on(item.initiative).body).first()
    return is_body_or_higher(item.forum, body)


def draw_proposal(item: AgendaItem, person: User, data: QueryDict | None) -> str:
    """The form for who may record it; for others who does, and why they may not; nothing where it has ended: that is
    told in words.
    """
    initiative = item.initiative
    if initiative is None or initiative.stage in ENDED:
        return ""
    panel = ProposalPanel(item, initiative, person, data)
    if panel.may_record and decides_itself(item):
        return draw_decision(item, person, data)
    return render_to_string("value/review/_propose.html", {"panel": panel})


def record_proposal(item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> str:
    """Record what the forum proposes, or what came of the item in words. Of one that goes on for the chair and the
    secretary alone, in words too: PermissionDenied.
    """
    if item.initiative is None or item.initiative.stage in ENDED:
        return words_of(data)
    panel = ProposalPanel(item, item.initiative, actor)
    if not panel.may_record:
        raise PermissionDenied(panel.why_not)
    if "outcome" not in data:
        return words_of(data)
    if decides_itself(item):
        return record_decision(item, actor=actor, data=data)
    form = ProposalForm(data)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    told = form.cleaned_data
    if told["outcome"] == WORDS:
        return words_of(data)
    made = propose(item, actor=actor, proposes=told["outcome"], reason=told["rationale"], by_consent=told["by_consent"])
    return f"{said(made.proposes)}: to the next portfolio review, {made.carried_by}"


def motion_for(item: AgendaItem, actor: User, data: Mapping[str, Any]) -> str:
    """What is proposed, as members vote on it. Raises DomainError where nothing is chosen."""
    if decides_itself(item):
        return motion_of(item, actor, data)
    chosen = str(data.get("outcome", ""))
    if chosen == WORDS or (not chosen and data.get("result")):
        return in_words(data)
    if chosen not in Outcome.values:
        raise DomainError(CHOOSE, field="outcome")
    return said(chosen)
