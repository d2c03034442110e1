"""How items are decided in the live meeting: the form on the right, and what it records."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string

from aiso.accounts.models import User
from aiso.errors import DomainError
from forums.actions.live import in_words, words_of
from forums.models import AgendaItem

from ..actions.decide_in_meeting import decide_in_meeting, result_of, said_of
from ..actions.ruling import Ruling
from ..models import Decision, Expansion, FundingRequest, GateReview
from ..subjects import subject_of
from .panels import WORDS, MeetingPanel, Panel, RequestPanel, StandingPanel

Outcome = Decision.Outcome
# Fields whose content is put to the vote with the outcome.
PUT = ("condition-", "hold_until", "back_to", "survivor")
CHOOSE = "Choose an outcome first, then put it to the vote."


def panel_for(item: AgendaItem, person: User, data: Any = None) -> Panel | None:
    """The form for what an item asks to be decided; none where what comes of it is told in words alone."""
    subject = subject_of(item)
    if isinstance(subject, GateReview):
        return MeetingPanel(item, subject, person, data)
    if isinstance(subject, FundingRequest | Expansion):
        return RequestPanel(item, subject, person, data)
    if subject is None or not (panel := StandingPanel(item, subject, person, data)).may_record:
        return None
    return panel


def draw_decision(item: AgendaItem, person: User, data: QueryDict | None) -> str:
    """The form for who may record it; for others, and once it is decided, what there is to say."""
    panel = panel_for(item, person, data)
    return render_to_string(panel.template, {"panel": panel}) if panel else ""


def record_decision(item: AgendaItem, *, actor: User, data: Mapping[str, Any]) -> str:
    """Decide what an item asks; of what was decided or withdrawn before, or is not before this body, say what comes of
    the item in words.
    """
    panel = panel_for(item, actor, data)
    if panel is None or _is_over(panel, data):
        return words_of(data)
    form = panel.form
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    if isinstance(panel, StandingPanel) and panel.is_in_words:
        return words_of(data)
    told = {name: form.cleaned_data[name] for name in ("by_consent", "seen")}
    return result_of(decide_in_meeting(item, panel.ruling(), actor=actor, **told))


def motion_of(item: AgendaItem, actor: User, data: Mapping[str, Any]) -> str:
    """What the form would record, as members vote on it; why is told when it is recorded. Raises DomainError where no
    outcome is chosen, or one lacks what belongs to it.
    """
    panel = panel_for(item, actor, data)
    chosen = str(data.get("outcome", ""))
    if panel is None or chosen == WORDS or (not chosen and data.get("result")):
        return in_words(data)
    panel.form.is_valid()
    told = panel.form.cleaned_data
    wrong = [errors[0] for name, errors in panel.form.errors.items() if name.startswith(("outcome", *PUT))]
    if wrong or "outcome" not in told:
        raise DomainError(str(wrong[0]) if chosen and wrong else CHOOSE, field="outcome")
    if told["outcome"] == Outcome.HOLD and not told.get("hold_until"):
        raise DomainError("Say until which day it is held, then put it to the vote.", field="hold_until")
    put = {name: told[name] for name in ("hold_until", "back_to", "survivor") if name in told}
    conditions = [] if isinstance(panel, StandingPanel) else [*panel.form.conditions()]
    return said_of(Ruling(told["outcome"], "", conditions, **put))


def _is_over(panel: Panel, data: Mapping[str, Any]) -> bool:
    if isinstance(panel, StandingPanel):
        return "outcome" not in data
    return panel.asks_words and "outcome" not in data
