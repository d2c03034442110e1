"""What an office lead fills in for a function."""

from typing import Any

from django import forms

from aiso.accounts.forms import UnitField
from aiso.accounts.models import Role
from aiso.accounts.models.role import REVIEWERS
from aiso.web.attempts import SeenForm
from aiso.web.forms import PersonField

from ..models import ReviewFunction
from ..scopes import all_groups

FIELDS = ("name", "about", "role", "escalates_to", "order", "rests_on")
ROLES = (*REVIEWERS, Role.FINANCE_CONTROLLER)


def _roles() -> list[tuple[str, str]]:
    return [("", "None: only people by name"), *((role.value, str(role.label)) for role in ROLES)]


def _groups() -> list[tuple[str, str]]:
    return [(group.slug, group.label) for group in all_groups()]


class FunctionForm(SeenForm):
    name = forms.CharField(max_length=100)
    about = forms.CharField(label="What it looks at", required=False, max_length=300, help_text="In one sentence.")
    role = forms.ChoiceField(
        label="Role", required=False, choices=_roles, help_text="Whoever holds it reviews for the function, too."
    )
    escalates_to = PersonField(
        label="Late clocks are told to",
        required=False,
        help_text="Besides its own people and the office, who are told in any case.",
    )
    order = forms.IntegerField(min_value=0, max_value=1000, help_text="Its place among the functions.")
    rests_on = forms.MultipleChoiceField(
        label="Its sign-off rests on",
        required=False,
        choices=_groups,
        widget=forms.CheckboxSelectMultiple,
        help_text="A change of these makes it outdated, besides the requirements that name it. None chosen: all.",
    )

    def __init__(self, function: ReviewFunction, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(function, name) for name in FIELDS})


class MemberForm(forms.Form):
    """A person, and for which unit."""

    person = PersonField()
    unit = UnitField(label="Business unit", required=False, empty_label="The whole company")
