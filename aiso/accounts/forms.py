"""Forms for people, roles and units. They read what is typed; the rules are the actions'."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from aiso import clock
from aiso.web.attempts import SeenForm
from aiso.web.forms import LongSelect

from .models import BusinessUnit, Role, User

WHOLE_COMPANY = "The whole company"
PERSON_ROLES = [(role.value, role.label) for role in Role if role != Role.SERVICE_ACCOUNT]


def units_to_choose(keep: int | None = None) -> "QuerySet[BusinessUnit]":
    """Units in use, and `keep`, which somebody has although it is retired."""
    units: QuerySet[BusinessUnit] = BusinessUnit.objects.filter(Q(is_active=True) | Q(pk=keep))
    return units.select_related("parent")


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A business unit, told apart from its namesakes by the unit above it."""

    def __init__(self, **options: Any) -> None:
        given: dict[str, Any] = {"required": False, "widget": LongSelect} | options
        super().__init__(units_to_choose(), **given)

    def label_from_instance(self, unit: Any) -> str:
        return f"{unit.name} · {unit.parent.name}" if unit.parent_id else str(unit.name)


class PersonForm(SeenForm):
    """Who somebody is."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail address", help_text="They sign in with it, and mail goes there.")
    job_title = forms.CharField(max_length=200, required=False)
    unit = UnitField(label="Business unit", empty_label="None")

    def __init__(self, person: User, data: Any = None) -> None:
        fields = ("name", "email", "job_title", "unit")
        super().__init__(data, initial={name: getattr(person, name) for name in fields})
        self.fields["unit"].queryset = units_to_choose(person.unit_id)  # type: ignore[attr-defined]
        if person.is_service_account:
            self.fields["email"].help_text = "Where its keeper is reached."
            del self.fields["job_title"]


class InviteForm(forms.Form):
    """Somebody new, and the first role."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail address", help_text="A link to choose a password goes there.")
    job_title = forms.CharField(max_length=200, required=False)
    unit = UnitField(label="Business unit", empty_label="None")
    role = forms.ChoiceField(
        required=False,
        choices=[("", "None yet"), *PERSON_ROLES],
        help_text="More roles can be given on the person's page. Without one, people read the register and comment.",
    )
    role_unit = UnitField(label="Role reaches", empty_label=WHOLE_COMPANY)


class ServiceAccountForm(forms.Form):
    """A program that will use the API."""

    name = forms.CharField(max_length=200, help_text="What it does, e.g. Nightly sync with the project tool.")
    email = forms.EmailField(label="E-mail address", help_text="Where its keeper is reached. It signs in nowhere.")
    unit = UnitField(label="Business unit", empty_label="None")


class RoleForm(forms.Form):
    """One role, everywhere or in one unit."""

    role = forms.ChoiceField(choices=[("", "Choose a role"), *PERSON_ROLES])
    unit = UnitField(label="Reaches", empty_label=WHOLE_COMPANY, help_text="A unit, and all below it.")


class TokenForm(forms.Form):
    """A new API token."""

    LASTS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is revoked"))

    name = forms.CharField(max_length=80, help_text="Where it is used, e.g. Nightly sync.")
    lasts = forms.ChoiceField(label="Works for", required=False, choices=LASTS, initial="90")
    is_read_only = forms.BooleanField(label="Reads only", required=False, help_text="It changes nothing.")

    def told(self) -> dict[str, Any]:
        """What the action wants to know."""
        days = self.cleaned_data["lasts"]
        last_day = clock.today() + timedelta(days=int(days)) if days else None
        told = {name: self.cleaned_data[name] for name in ("name", "is_read_only")}
        return told | {"last_day": last_day}


class ReasonForm(forms.Form):
    """Why, for the history."""

    reason = forms.CharField(
        required=False, max_length=500, widget=forms.Textarea({"rows": 2}), help_text="It stands in the history."
    )


class UnitForm(SeenForm):
    """What a unit is called."""

    name = forms.CharField(max_length=200)
    short_name = forms.CharField(max_length=40, required=False, help_text="As people say it, e.g. HR.")

    def __init__(self, unit: BusinessUnit, data: Any = None) -> None:
        super().__init__(data, initial={"name": unit.name, "short_name": unit.short_name})


class NewUnitForm(forms.Form):
    """A new unit, and its place in the tree."""

    name = forms.CharField(max_length=200)
    short_name = forms.CharField(max_length=40, required=False, help_text="As people say it, e.g. HR.")
    parent = UnitField(label="Below", empty_label="At the top")


class MoveForm(forms.Form):
    """Another place in the tree. The unit itself and those below it are no places for it."""

    to = UnitField(label="New place", empty_label="At the top")
    reason = forms.CharField(required=False, max_length=500, help_text="It stands in the history.")

    def __init__(self, unit: BusinessUnit, inside: list[int], data: Any = None) -> None:
        super().__init__(data, initial={"to": unit.parent_id})
        self.fields["to"].queryset = units_to_choose().exclude(pk__in=inside)  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """Which people to show."""

    STATES = {"": "Active", "waiting": "Never signed in", "inactive": "Deactivated", "programs": "Service accounts"}

    q = forms.CharField(required=False, label="Name or e-mail address", widget=forms.SearchInput)
    role = forms.ChoiceField(required=False, choices=[("", "Any role"), *PERSON_ROLES])
    unit = UnitField(empty_label="Any unit")
    state = forms.ChoiceField(required=False, choices=list(STATES.items()))

    def chosen(self) -> dict[str, Any]:
        """What can be read of the address; the rest is as if it were not there."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
