"""Asking which value stays when two people changed the same field."""

from typing import Any

from ..forms.seen import SeenForm
from ..history import who_changed
from ..models import Initiative


def form_context(form: SeenForm, initiative: Initiative, *, of_initiative: bool = True) -> dict[str, Any]:
    """The form's rows, each with the choice it asks, and who changed the field where it is the initiative's own."""
    if not form.is_bound:
        form.focus_first()
    rows = [
        (bound, choice, who_changed(initiative, choice.name) if choice and of_initiative else None)
        for bound, choice in form.rows()
    ]
    return {"form": form, "initiative": initiative, "rows": rows, "is_conflict": any(row[1] for row in rows)}
