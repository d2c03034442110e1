"""Doing what a form asks, with the refusals of actions put where the person reads them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from aiso.errors import ConflictError, DomainError

from .htmx import announce


class SeenForm(forms.Form):
    """Carries the value that each field had when it was opened, so that a change made meanwhile shows."""

    is_conflict = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def seen(self) -> dict[str, Any]:
        """What the person saw; a field whose value cannot be read any more is left out."""
        seen = {}
        for name, field in self.fields.items():
            bound = self[name]
            raw = field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
            try:
                seen[name] = field.to_python(raw)
            except ValidationError:
                continue
        return seen

    def show_conflict(self, conflict: ConflictError) -> None:
        """Tell what somebody else wrote; the person has seen it now, so that saving again is their choice."""
        self.is_conflict = True
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, difference in conflict.changes.items():
            now = self.fields[name].prepare_value(difference.now)
            data[self[name].html_initial_name] = "" if now is None else str(now)
            told = f"“{difference.now}”" if difference.now not in (None, "") else "empty"
            self.add_error(name, f"Somebody else made this {told} meanwhile. Save again to keep yours, or take theirs.")
        self.data = data


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while it is only looked at."""
    return request.POST if request.method == "POST" else None


def attempt[T](form: forms.Form, deed: Callable[[], T]) -> T | None:
    """What `deed` returns, once the form is sent and valid. A rule that refused it stands as an error on the form."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return deed()
    except ConflictError as conflict:
        assert isinstance(form, SeenForm)  # an action compares only what such a form has seen
        form.show_conflict(conflict)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except ValidationError as error:
        _add(form, error)
    return None


def refused(request: HttpRequest, deed: Callable[[], Any]) -> bool:
    """Do what a button without a form asks; a rule that refuses it is told on the page that comes."""
    try:
        deed()
    except DomainError as error:
        announce(request, str(error), level=messages.ERROR)
        return True
    return False


def status_of(form: forms.Form) -> int:
    """How to answer with a form: 409 asks which value stays, 422 what was wrong, 200 shows it first."""
    if getattr(form, "is_conflict", False):
        return 409
    return 422 if form.is_bound and form.errors else 200


def _add(form: forms.Form, error: ValidationError) -> None:
    """A field's own refusal beside it, anything else on top."""
    told = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, refusals in told.items():
        for message in refusals:
            form.add_error(name if name in form.fields else None, message)
