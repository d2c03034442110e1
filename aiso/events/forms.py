from datetime import time
from typing import Any

from django import forms

from .models import MailPreference, Notification

Kind = Notification.Kind
TOLD = {
    Kind.REQUEST: ("Requests", "Somebody waits for your answer or your decision."),
    Kind.REMINDER: ("Reminders", "Something of yours is due soon."),
    Kind.ESCALATION: ("Escalations", "A clock ran out, and it reached you."),
    Kind.MENTION: ("Mentions", "Somebody named you in a discussion."),
    Kind.NEWS: ("News", "What happened to your requests, imports and initiatives."),
}


class MailForm(forms.Form):
    """How one wants mail, by kind, and when the digest comes."""

    digest_at = forms.TimeField(
        label="Time of the daily digest",
        widget=forms.TimeInput({"type": "time", "class": "w-number"}, format="%H:%M"),
        help_text="On working days, when there is something to tell.",
    )

    def __init__(self, preference: MailPreference, data: Any = None) -> None:
        names = [*Kind.values, "digest_at"]
        super().__init__(data, initial={name: getattr(preference, name) for name in names})
        for kind, (label, help_text) in TOLD.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=label, help_text=help_text, choices=MailPreference.How.choices, widget=forms.RadioSelect
            )
        self.order_fields([kind.value for kind in TOLD])

    def told(self) -> dict[str, str | time]:
        """What the action wants to know; times are to the minute."""
        return {**self.cleaned_data, "digest_at": self.cleaned_data["digest_at"].replace(second=0, microsecond=0)}
