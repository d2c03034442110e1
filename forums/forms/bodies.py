"""Forms for forums and seats. They read what is typed; the rules are the actions'."""

from typing import Any

from django import forms

from aiso import clock
from aiso.accounts.forms import UnitField, units_to_choose
from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, PersonField

from ..models import Forum, Membership

FIELDS = (
    *("name", "about", "rank", "is_delegate", "quorum_share", "quorum_least"),
    *("majority", "most_members", "unit"),
)


class ForumForm(SeenForm):
    """What a forum is called and how it decides."""

    def __init__(self, forum: Forum, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(forum, name) for name in FIELDS})
        self.fields["unit"].queryset = units_to_choose(forum.unit_id)  # type: ignore[attr-defined]
        self.fields["unit"].initial = forum.unit_id

    name = forms.CharField(max_length=120)
    about = forms.CharField(
        label="What it decides",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
        help_text="In a sentence or two.",
    )
    rank = forms.IntegerField(
        min_value=0,
        max_value=1000,
        help_text="The higher the number, the higher the body: where two match, the higher one decides.",
    )
    is_delegate = forms.BooleanField(
        label="Decides alone",
        required=False,
        help_text="One person or a few decide without a meeting, e.g. on the fast lane.",
    )
    quorum_share = forms.DecimalField(
        label="Quorum: share of the members", min_value=0, max_value=1, decimal_places=2, help_text="0.5 is half."
    )
    quorum_least = forms.IntegerField(
        label="Quorum: at least",
        min_value=1,
        max_value=1000,
        help_text="How many must take part, however few members there are.",
    )
    majority = forms.ChoiceField(choices=Forum.Majority.choices)
    most_members = forms.IntegerField(
        label="Seats with a vote",
        required=False,
        min_value=1,
        max_value=1000,
        help_text="How many may sit in it at once. Empty: any number.",
    )
    unit = UnitField(label="Business unit", empty_label="The whole company")


class MemberForm(forms.Form):
    """A person, their part, and the day from which it counts."""

    person = PersonField()
    role = forms.ChoiceField(
        label="Part",
        choices=Membership.Role.choices,
        initial=Membership.Role.MEMBER,
        help_text="A secretary has no vote.",
    )
    started_on = forms.DateField(label="From", widget=DayInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"started_on": clock.today()})


class EndForm(forms.Form):
    """The first day on which a seat no longer counts, and why."""

    ended_on = forms.DateField(label="Ends on", widget=DayInput, help_text="The first day that no longer counts.")
    reason = forms.CharField(required=False, max_length=500, help_text="It stands in the history.")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"ended_on": clock.today()})
