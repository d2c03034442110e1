"""Taking the full lane although the fast one is open, and lowering such a case again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.conclude_lanes import lower_lane, raise_lane
from ..models import Initiative
from ..page import visible_initiative
from ..permissions import can_edit, can_lower_lane
from .initiative_tab import go_on, target_of


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why", max_length=500, widget=forms.Textarea({"rows": 3}), help_text="Kept in the history."
    )


@dataclass(frozen=True)
class Move:
    """One of the two ways to change a lane by hand: who may, what it does, and the words of its page."""

    may: Callable[[User, Initiative], bool]
    refusal: str
    deed: Callable[..., Initiative]
    title: str
    consequence: str
    verb: str


RAISE = Move(
    can_edit,
    "Its owners and the office raise an initiative to the full lane.",
    raise_lane,
    "Take the full lane",
    "It then passes gate by gate, whatever its conditions say, until the risk function lowers it again.",
    "Take the full lane",
)
LOWER = Move(
    can_lower_lane,
    "Only the risk function lowers a case that was raised.",
    lower_lane,
    "Lower it again",
    "It then takes the lane that its conditions give: the fast one where all of them hold.",
    "Lower it",
)


@require_http_methods(["GET", "HEAD", "POST"])
def lane_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Why should it take the full lane?"""
    return _move(request, pk, RAISE)


@require_http_methods(["GET", "HEAD", "POST"])
def lane_lower(request: HttpRequest, pk: int) -> HttpResponse:
    """Why is the full lane not needed any more?"""
    return _move(request, pk, LOWER)


def _move(request: HttpRequest, pk: int, move: Move) -> HttpResponse:
    initiative, actor = visible_initiative(request, pk), signed_in(request)
    if not move.may(actor, initiative):
        raise PermissionDenied(move.refusal)
    form = ReasonForm(posted(request))
    if not form.is_bound:
        form.fields["reason"].widget.attrs["autofocus"] = True
    if moved := attempt(form, lambda: move.deed(initiative, actor=actor, **form.cleaned_data)):
        announce(request, f"{moved.reference} is in the {moved.get_lane_display().lower()} lane.")
        return go_on(request, initiative, "portfolio:initiative_detail")
    context: dict[str, Any] = {"form": form, "initiative": initiative, "address": request.path}
    context |= {"title": move.title, "consequence": move.consequence, "verb": move.verb}
    part = "#dialog" if target_of(request) == "dialog" else ""
    return render(request, f"portfolio/initiative_lane.html{part}", context, status=status_of(form))
