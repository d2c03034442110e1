"""What the office says to a request, and what its requester replies."""

from typing import Any

from django import forms

from aiso.accounts.models import User

from ..models import Initiative
from ..references import ReferenceConverter


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


class InitiativeField(forms.CharField):
    """An initiative by its reference."""

    def __init__(self, viewer: User, **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.viewer = viewer

    def clean(self, value: Any) -> Initiative:
        text = super().clean(value).strip()
        number = text[3:] if text[:3].upper() == f"{ReferenceConverter.letters}-" else ""
        known = Initiative.objects.visible_to(self.viewer)
        initiative = known.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
        if initiative is None:
            raise forms.ValidationError("No initiative has this reference; it looks like AI-0042.")
        return initiative


class JoinForm(forms.Form):
    rationale = forms.CharField(label="Why this one?", required=False, max_length=5000, widget=_text(2))

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"] = InitiativeField(
            viewer, label="Which initiative?", help_text="Its reference, e.g. AI-0042.", widget=forms.TextInput()
        )
        self.order_fields(["to", "rationale"])
