"""How two initiatives that are likely the same are settled in the live meeting: merged, or told apart."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.errors import DomainError
from forums.actions.live.writing import LONGEST
from forums.models import AgendaItem

from ..actions.decide_in_meeting import decide_in_meeting, result_of, said_of
from ..actions.ruling import Ruling
from ..forms.decisions import ConsentForm, survivor_field
from ..meeting_votes import votes_on
from ..merge_page import MergePanel
from ..models import Decision
from ..permissions import can_record_in_meeting
from ..separation import parties_to
from ..subjects import subject_of
from .alike import other_of

MERGE, APART = "merge", "apart"


class PairForm(ConsentForm):
    """What becomes of two that are likely the same."""

    settled = forms.ChoiceField(
        label="What becomes of them",
        choices=[(MERGE, "Merge"), (APART, "Both go on")],
        error_messages={"required": "Choose what becomes of them."},
    )
    rationale = forms.CharField(
        label="Rationale",
        max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why."},
    )

    def __init__(self, viewer: User, data: Any = None, **initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["survivor"] = survivor_field(viewer)


def draw_pair(item: AgendaItem, person: User, data: QueryDict | None) -> str:
    """The form for the chair and the secretary; for others what there is to say."""
    initiative = item.initiative
    if initiative is None:
        return ""
    other = other_of(item, person)
    subject = subject_of(item) or initiative
    latest = subject.decisions.first()
    context = {
        "item": item,
        "initiative": initiative,
        "may_record": can_record_in_meeting(person, item.forum, parties_to(initiative)),
        "form": PairForm(person, data, survivor=other, seen=latest and latest.pk),
        "panel": MergePanel(initiative, person, other),
        "votes": votes_on(item),
    }
    return render_to_string("stagegates/agenda/_pair.html", context)


def record_pair(item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> str:
    """Merge the item's initiative into the other, or keep why both go on."""
    form = PairForm(actor, data)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    told = form.cleaned_data
    if told["settled"] == APART:
        return f"Both go on: {' '.join(told['rationale'].split())}"[:LONGEST]
    ruling = Ruling(Decision.Outcome.MERGE, told["rationale"], survivor=told["survivor"])
    consent = {name: told[name] for name in ("by_consent", "seen")}
    return result_of(decide_in_meeting(item, ruling, actor=actor, **consent))


def motion_of(item: AgendaItem, actor: User, data: Mapping[str, Any]) -> str:
    """What becomes of them, as members vote on it. Raises DomainError where nothing is chosen."""
    form = PairForm(actor, data)
    form.is_valid()
    told = form.cleaned_data
    if told.get("settled") == APART:
        return "Both go on"
    if told.get("settled") != MERGE or told.get("survivor") is None:
        raise DomainError("Choose what becomes of them first, then put it to the vote.")
    return said_of(Ruling(Decision.Outcome.MERGE, "", survivor=told["survivor"]))
