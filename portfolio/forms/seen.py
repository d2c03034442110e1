"""Forms that remember what a person saw, so that two people who edit the same thing both decide."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.errors import ConflictError
from aiso.web.forms import ADDRESS_AT_END, PersonField

from ..actions.edit_initiative import Change, same

THEIRS, MINE = "theirs", "mine"
CHOICE = "choice-"
# Names the fields of which somebody else changed the value while this form was open.
CONFLICT = "conflict"
NUMBERS = re.compile(r"\d+")


class JoinedHiddenInput(forms.HiddenInput):
    """A set in one hidden control, which is there for an empty set too."""

    def format_value(self, value: Any) -> str:
        entries: Iterable[Any] = [] if value in (None, "") else [value] if isinstance(value, str) else value
        return ",".join(str(getattr(entry, "pk", entry)) for entry in entries)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return NUMBERS.findall(data.get(name, ""))


class EntriesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several entries of a list."""

    hidden_widget = JoinedHiddenInput


@dataclass(frozen=True)
class Choice:
    """A field that somebody else changed: their value and ours, as they read."""

    name: str
    theirs: str
    yours: str
    chosen: str


class SeenForm(forms.Form):
    """Every field carries the value it was opened with; `changes()` states both."""

    # Shown for the first time with its choices: that they are open is no mistake yet.
    is_asking = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def changes(self) -> dict[str, Change]:
        """What the person changed, each with what they saw before."""
        kept = {name for name in self._conflicting() if self._choice(name) == THEIRS}
        changed = [name for name in self.changed_data if name in self.cleaned_data and name not in kept]
        stated = {name: Change(self.seen(name), self._stated(name)) for name in changed}
        return {name: change for name, change in stated.items() if not same(change.was, change.to)}

    def _stated(self, name: str) -> Any:
        """What is to be, as changes state it: sets as lists."""
        value = self.cleaned_data[name]
        return [*value] if isinstance(value, QuerySet) else value

    def seen(self, name: str) -> Any:
        """The value of a field when the form was opened."""
        field, raw = self.fields[name], self._raw_seen(name)
        if isinstance(field, forms.ModelMultipleChoiceField):
            return list(field.queryset.model._default_manager.filter(pk__in=raw))  # type: ignore[union-attr]
        if isinstance(field, forms.ModelChoiceField):
            key = NUMBERS.fullmatch(raw or "")
            return field.queryset.model._default_manager.filter(pk=raw).first() if key else None  # type: ignore[union-attr]
        if isinstance(field, PersonField):
            address = ADDRESS_AT_END.search((raw or "").replace("\0", ""))
            return User.objects.filter(email=address[1].lower()).first() if address else None
        try:
            if isinstance(field, forms.TypedChoiceField):
                return field.coerce(raw) if raw else field.empty_value
            return field.to_python(raw)
        except (ValidationError, ValueError):
            return None

    def clean(self) -> dict[str, Any]:
        for name in () if self.is_asking else self._conflicting():
            if self._choice(name) not in (THEIRS, MINE):
                self.add_error(name, "Choose which value stays: theirs or yours.")
        return self.cleaned_data

    def after(self, conflict: ConflictError) -> Self:
        """The same form once more: it has now seen the other's values, and asks which are to stay."""
        data = cast(QueryDict, self.data).copy()
        conflicting = [*self._conflicting(), *(name for name in conflict.changes if name in self.fields)]
        data.setlist(CONFLICT, list(dict.fromkeys(conflicting)))
        for name, difference in conflict.changes.items():
            if field := self.fields.get(name):
                now = field.prepare_value(difference.now)
                data[self[name].html_initial_name] = field.hidden_widget().format_value(now) or ""
                data.pop(f"{CHOICE}{name}", None)
        again = self.again(data)
        again.is_asking = True
        return again

    def again(self, data: QueryDict) -> Self:
        """This form with other data. Forms that take more arguments say how."""
        return type(self)(data)

    def rows(self) -> list[tuple[BoundField, Choice | None]]:
        """The visible fields, each with the choice it asks where somebody else changed it."""
        conflicting = {*self._conflicting()}
        return [
            (bound, self._asked(bound.name) if bound.name in conflicting else None) for bound in self.visible_fields()
        ]

    def focus_first(self) -> None:
        """Let writing begin in the first field, where the form opens at somebody's wish."""
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def written(self, name: str, value: Any) -> str:
        """A value of a field as a choice shows it."""
        return "Nothing" if value in (None, "", []) else str(value)

    def _asked(self, name: str) -> Choice:
        theirs, yours = self.written(name, self.seen(name)), self.written(name, self._sent(name))
        return Choice(name, theirs, yours, self._choice(name))

    def _conflicting(self) -> list[str]:
        names = self.data.getlist(CONFLICT) if isinstance(self.data, QueryDict) else []
        return [name for name in names if name in self.fields]

    def _sent(self, name: str) -> Any:
        raw = self[name].data
        try:
            return self.fields[name].clean(raw)
        except ValidationError:
            return raw

    def _choice(self, name: str) -> str:
        return str(self.data.get(f"{CHOICE}{name}", ""))

    def _raw_seen(self, name: str) -> Any:
        bound = self[name]
        return bound.field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
