"""How forms look everywhere: label, help, control, error beside it, and a summary of errors on top.

`{{ form }}` and `{{ field.as_field_group }}` use the templates in templates/aiso/forms/; forms need no
code for it. The widgets and fields here are for what plain Django has no control for.
"""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.urls import reverse_lazy

from aiso.accounts.models import User

from . import figures

CHECKED = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)
# A comma that parts no thousands, or a dot that seems to: 1,5 and 60.000 mean one thing here, another there.
AMBIGUOUS = re.compile(r",(?!\d{3}(?!\d))|\.\d{3}(?!\d)")
ADDRESS_AT_END = re.compile(r"<([^<>\s]+@[^<>\s]+)>\s*$")


class StyledField(BoundField):
    """Gives each control its class, so that no form repeats it."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        given = built.get("class") or widget.attrs.get("class", "")
        built["class"] = f"{self._class(widget)} {given}".strip()
        return built

    @staticmethod
    def _class(widget: forms.Widget) -> str:
        if isinstance(widget, CHECKED):
            return "form-check-input"
        if isinstance(widget, forms.Select):
            return "form-select"
        if isinstance(widget, forms.DateInput):
            return "form-control w-date"
        if isinstance(widget, forms.NumberInput):
            return "form-control w-number"
        return "" if widget.is_hidden else "form-control"

    @property
    def is_optional(self) -> bool:
        """Whether it may stay empty whatever else is chosen. A field whose `is_asked` is set depends on a choice."""
        return not self.field.required and not getattr(self.field, "is_asked", False)

    @property
    def is_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_options(self) -> bool:
        return isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


class FormRenderer(TemplatesSetting):
    """The project's FORM_RENDERER."""

    form_template_name = "aiso/forms/form.html"
    field_template_name = "aiso/forms/field.html"
    bound_field_class = StyledField


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and an hour."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "w-moment"} | (attrs or {}), format="%Y-%m-%dT%H:%M")


class MoneyInput(forms.TextInput):
    """An amount with its currency beside it, by default the reporting currency."""

    template_name = "aiso/forms/money.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, currency: str = "") -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off"} | (attrs or {}))
        self.currency = currency

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["currency"] = figures.symbol(self.currency)
        context["widget"]["attrs"]["class"] = f"{context['widget']['attrs'].get('class', '')} w-number".strip()
        return context


class MoneyField(forms.DecimalField):
    """Takes what people type: 1,200,000 or 1 200 000 or 1.2m."""

    def __init__(self, *, currency: str = "", **options: Any) -> None:
        options.setdefault("widget", MoneyInput(currency=currency))
        super().__init__(max_digits=16, decimal_places=2, **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            if AMBIGUOUS.search(value):
                raise ValidationError(
                    "Write thousands with commas and cents with a dot, e.g. 1,500.50.", code="ambiguous"
                )
            value = value.replace(",", "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "").lower()
            value = _written_out(value)
        return super().to_python(value)


def _written_out(text: str) -> str:
    """`1.2m` as `1200000`, `60k` as `60000`."""
    shift = {"k": 3, "m": 6}.get(text[-1:])
    if shift is None or not re.fullmatch(r"-?\d+(\.\d*)?.", text):
        return text
    whole, _, decimals = text[:-1].partition(".")
    return whole + decimals[:shift].ljust(shift, "0") + (f".{decimals[shift:]}" if decimals[shift:] else "")


class LongSelect(forms.Select):
    """A list too long to scroll: people type to find. Without script it is the plain list."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Iterable[Any] = ()) -> None:
        super().__init__({"data-combobox": ""} | (attrs or {}), choices)


class TagSelect(forms.SelectMultiple):
    """Several of a list, as chips. Without script it is the plain list."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Iterable[Any] = ()) -> None:
        super().__init__({"data-combobox": ""} | (attrs or {}), choices)


class PersonInput(forms.TextInput):
    """A person, found by typing part of a name. Without script one types the e-mail address."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        search = {"data-combobox-src": reverse_lazy("accounts:person_search"), "spellcheck": "false"}
        super().__init__(search | {"placeholder": "Name or e-mail address"} | (attrs or {}))


class PersonField(forms.Field):
    """One active person. Its text is `Name <address>`; the address decides."""

    widget = PersonInput
    default_error_messages = {
        "required": "Choose a person.",
        "unknown": "Nobody active has this name or address. Choose from the list, or ask an office lead to add them.",
        "several": "Several people are called that. Choose one from the list.",
    }

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = User.objects.filter(pk=value).first()
        return person_text(value) if isinstance(value, User) else value

    def to_python(self, value: Any) -> User | None:
        text = str(value or "").replace("\0", "").strip()
        if not text:
            return None
        people = User.objects.active().people()
        if address := ADDRESS_AT_END.search(text):
            found = people.filter(email=address[1].lower())
        else:
            found = people.filter(email=text.lower()) or people.filter(name__iexact=text)
        if len(found) > 1:
            raise ValidationError(self.error_messages["several"], code="several")
        if not found:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        person: User = found[0]
        return person

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((self.prepare_value(initial) or "") != (data or ""))


def person_text(person: User) -> str:
    """How the person picker writes somebody."""
    return f"{person.name} <{person.email}>"
