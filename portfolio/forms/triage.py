"""What the office says to a request, and what its requester replies."""

from typing import Any

from django import forms

from aiso.accounts.models import User

from .picking import InitiativeField


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class AcceptForm(forms.Form):
    rationale = forms.CharField(
        label="A word to the requester", required=False, max_length=5000, widget=_text(2), help_text="What comes next."
    )


class AskForm(forms.Form):
    text = forms.CharField(
        label="What do you want to know?",
        max_length=5000,
        widget=_text(),
        help_text="The requester can change the answers until they reply.",
    )


class DeclineForm(forms.Form):
    rationale = forms.CharField(
        label="Why not?", max_length=5000, widget=_text(), help_text="The requester reads it, and it stays on record."
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        label="Your reply", max_length=10_000, widget=_text(), help_text="Say what you changed; the answers go with it."
    )


class JoinForm(forms.Form):
    rationale = forms.CharField(label="Why this one?", required=False, max_length=5000, widget=_text(2))

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"] = InitiativeField(
            viewer, label="Which initiative?", help_text="Part of its name, or its reference, e.g. AI-0042."
        )
        self.order_fields(["to", "rationale"])
