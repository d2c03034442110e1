"""Choosing an initiative: by typing part of its name, or its reference."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy

from aiso.accounts.models import User

from ..models import Initiative

# `AI-0042`, alone or before the name as the list of suggestions writes it.
BEGINS = re.compile(r"ai-?([0-9]{1,9})\b", re.IGNORECASE)
# Characters of a chosen one: the reference and the longest name.
LONGEST = 320


class InitiativeInput(forms.TextInput):
    """An initiative, found by typing part of its name. Without script one types the reference."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        search = {"data-combobox-src": reverse_lazy("portfolio:initiative_search"), "spellcheck": "false"}
        super().__init__(search | {"placeholder": "Name or reference"} | (attrs or {}))


class InitiativeField(forms.CharField):
    """An initiative that the viewer sees, by its reference."""

    widget = InitiativeInput

    def __init__(self, viewer: User, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **options)
        self.viewer = viewer

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Initiative) else value

    def clean(self, value: Any) -> Initiative | None:
        text = super().clean(value).strip()
        if not text:
            return None
        named = BEGINS.match(text)
        known = Initiative.objects.visible_to(self.viewer).defer("search")
        initiative = known.filter(pk=int(named[1])).first() if named else None
        if initiative is None:
            raise forms.ValidationError("No initiative has this reference; it looks like AI-0042.")
        return initiative
