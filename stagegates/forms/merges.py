"""The forms with which initiatives are merged, and a merge is undone."""

from typing import Any

from django import forms

from aiso.accounts.models import User
from portfolio.models import Initiative

from .decisions import survivor_field

WHY = "Say why: every decision has a rationale."


def _rationale() -> forms.CharField:
    return forms.CharField(
        label="Rationale", max_length=10_000, widget=forms.Textarea({"rows": 4}), error_messages={"required": WHY}
    )


class SurvivorForm(forms.Form):
    """Which initiative it would go on in: asked by address, and changes nothing."""

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["into"] = survivor_field(viewer, required=True)


class MergeForm(forms.Form):
    rationale = _rationale()

    def __init__(self, viewer: User, survivor: Initiative | None, data: Any = None) -> None:
        super().__init__(data, initial={"survivor": survivor})
        self.fields["survivor"] = survivor_field(viewer, required=True, widget=forms.HiddenInput)


class UndoForm(forms.Form):
    rationale = _rationale()
