"""Forms of incidents and assets. They read what is typed; the rules are the actions'."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from aiso import clock
from aiso.accounts.forms import units_to_choose
from aiso.accounts.models import User
from aiso.web.attempts import SeenForm
from aiso.web.forms import DayInput, LongSelect, MomentInput, PersonField

from ..incident_words import FIELDS
from ..models import (
    Asset,
    DecisionClass,
    Incident,
    IncidentReview,
    IncidentShare,
    Initiative,
    MessageTemplate,
    Severity,
    Supplier,
    Tool,
)
from .picking import InitiativeField

SEVERITIES = [("", "Choose"), *Severity.choices]
IN_BRACES = "In braces: " + ", ".join(f"{{{name}}} {told}" for name, told in FIELDS.items()) + "."


def _long(label: str, *, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows}), max_length=20_000, **options)


def _moment(label: str, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=MomentInput, **options)


def _key() -> forms.CharField:
    """It comes with the page, so that sending it twice does it once."""
    return forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)


class IncidentForm(SeenForm):
    """The facts of an incident."""

    title = forms.CharField(label="What went wrong, in a few words", max_length=200)
    what_happened = _long("What happened", help_text="Everybody who sees one of its initiatives reads this.")
    happened_at = _moment("It happened", help_text="In the office’s time zone.")
    detected_at = _moment("It was detected", help_text="Its clocks run from then.")
    detection = forms.ChoiceField(label="Detected by", choices=[("", "Choose"), *Incident.Detection.choices])
    detected_by = forms.CharField(
        label="Who or what detected it", required=False, max_length=200, help_text="A name, a team or an alarm."
    )
    asset: "forms.ModelChoiceField[Asset]" = forms.ModelChoiceField(
        None, required=False, empty_label="None, or not known", widget=LongSelect, help_text="What failed."
    )
    support_owner = PersonField(label="Support owner", help_text="Sees to it until it is closed.")

    def __init__(self, incident: Incident | None = None, data: Any = None, **initial: Any) -> None:
        known = {name: getattr(incident, name) for name in IncidentForm.base_fields} if incident else {}
        super().__init__(data, initial=initial | known)
        kept = incident.asset_id if incident else None
        chosen = self.fields["asset"]
        chosen.queryset = Asset.objects.filter(Q(is_active=True) | Q(pk=kept))  # type: ignore[attr-defined]


class ReportForm(IncidentForm):
    """The same with how bad it is, and which decisions of its initiative it concerns."""

    severity = forms.ChoiceField(
        choices=SEVERITIES,
        help_text="A severe one steps the decision classes named below down at once; where none is named, nothing.",
    )
    decisions: "forms.ModelMultipleChoiceField[DecisionClass]" = forms.ModelMultipleChoiceField(
        None, label="Decision classes concerned", required=False, widget=forms.CheckboxSelectMultiple
    )

    field_order = (
        *("title", "severity", "what_happened", "happened_at", "detected_at", "detection", "detected_by"),
        *("decisions", "asset", "support_owner"),
    )
    key = _key()

    def __init__(self, initiative: Initiative, data: Any = None) -> None:
        now = clock.now().replace(second=0, microsecond=0)
        super().__init__(None, data, detected_at=now, support_owner=initiative.technical_owner, key=str(uuid.uuid4()))
        classes = initiative.decision_classes.all()
        self.fields["decisions"].queryset = classes  # type: ignore[attr-defined]
        if not classes.exists():
            del self.fields["decisions"]


class WhichInitiativeForm(forms.Form):
    """Where an incident begins."""

    help_text = "The one that it hit first."

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["initiative"] = InitiativeField(viewer, label="Initiative", help_text=self.help_text)


class UsingInitiativeForm(WhichInitiativeForm):
    """An initiative that uses an asset."""

    help_text = "One that uses this asset."


class HowForm(forms.Form):
    how = _long("How", rows=3, help_text="It stands on the timeline.")
    at = _moment("When", required=False, help_text="Now, unless you say another moment.")


class ReasonForm(forms.Form):
    reason = _long("Why", rows=3)


class SeverityForm(forms.Form):
    severity = forms.ChoiceField(choices=SEVERITIES)
    reason = _long("Why", rows=3)


class RollbackForm(forms.Form):
    what = _long("What was rolled back, and to what", rows=3)
    at = _moment("When", required=False, help_text="Now, unless you say another moment.")


class NoteForm(forms.Form):
    text = _long("What happened", rows=3, help_text="It stays as it is said.")
    at = _moment("When", required=False, help_text="Now, unless you say another moment.")


class ShareForm(forms.Form):
    """What happened in one of its initiatives, and which decision classes there it concerns."""

    what = _long("What happened there", rows=3, required=False, help_text="Only who sees this initiative reads it.")
    decisions: "forms.ModelMultipleChoiceField[DecisionClass]" = forms.ModelMultipleChoiceField(
        None, label="More decision classes concerned", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, share: IncidentShare, data: Any = None) -> None:
        super().__init__(data, initial={"what": share.what})
        named = share.incident.decisions.values("decision_class")
        more = share.initiative.decision_classes.exclude(pk__in=named)
        self.fields["decisions"].queryset = more  # type: ignore[attr-defined]
        if not more.exists():
            del self.fields["decisions"]


class JoinForm(forms.Form):
    """Another initiative that an incident concerns."""

    what = _long("What happened there", rows=3, required=False, help_text="Only who sees this initiative reads it.")

    field_order = ("initiative", "what")

    def __init__(self, viewer: User, data: Any = None) -> None:
        super().__init__(data)
        self.fields["initiative"] = InitiativeField(viewer, label="Initiative")
        self.order_fields(self.field_order)


class EscalationForm(forms.Form):
    person = PersonField(label="Person", required=False, help_text="Is told in the product when it is their turn.")
    function = forms.CharField(
        label="Function", required=False, max_length=200, help_text="E.g. the head of service, or a hotline."
    )


class WhenForm(forms.Form):
    at = _moment("When they were told", required=False, help_text="Now, unless you say another moment.")


class MessageForm(forms.Form):
    """What people are told, made from a template and put right by hand."""

    subject = forms.CharField(max_length=200)
    body = _long("Text", rows=8, help_text=IN_BRACES)
    people: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        None,
        label="To",
        widget=forms.CheckboxSelectMultiple,
        help_text="Those who see every initiative that you see of it: the message may name them.",
        error_messages={"required": "Choose who is told, here or below."},
    )
    also = PersonField(label="Also to", required=False)
    key = _key()

    def __init__(self, concerned: "QuerySet[User]", template: MessageTemplate | None, data: Any = None) -> None:
        made = {"subject": template.subject, "body": template.body} if template else {}
        super().__init__(data, initial={**made, "people": concerned, "key": str(uuid.uuid4())})
        self.fields["people"].queryset = concerned  # type: ignore[attr-defined]
        if not concerned:
            # Nobody to tick: then the other field is the one to fill in.
            del self.fields["people"]
            self.fields["also"].label, self.fields["also"].required = "To", True
        elif data and data.get("also"):
            self.fields["people"].required = False

    def recipients(self) -> Iterable[User]:
        also = self.cleaned_data["also"]
        return [*self.cleaned_data.get("people", ()), *([also] if also else [])]


class ReviewForm(SeenForm):
    """What is learnt. Any part may be empty until the review is concluded."""

    what_failed = _long("What failed", required=False)
    why_late = _long("Why detection was late", required=False, help_text="Or that it was detected at once.")
    control = _long("Which control to add", required=False, help_text="Or why none is needed.")

    def __init__(self, review: IncidentReview | None, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(review, name, "") for name in self.base_fields})


class ActionForm(forms.Form):
    text = forms.CharField(label="What is to be done", max_length=500)
    owner = PersonField(label="Owner")
    due_on = forms.DateField(label="Due", widget=DayInput)


class ResultForm(forms.Form):
    result = _long("What was done", rows=3)


class IncidentFilterForm(forms.Form):
    """Which incidents to show."""

    severity = forms.ChoiceField(required=False, choices=[("", "Any"), *Severity.choices])
    support: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        User.objects.people(), label="Support owner", required=False, empty_label="Anybody", widget=LongSelect
    )
    unit = forms.ModelChoiceField(units_to_choose(), required=False, empty_label="Any unit", widget=LongSelect)
    order = forms.ChoiceField(label="Sort", required=False)

    def __init__(self, data: Any, orders: list[tuple[str, str]], people: Any) -> None:
        super().__init__(data)
        self.fields["support"].queryset = people  # type: ignore[attr-defined]
        self.fields["order"].choices = orders  # type: ignore[attr-defined]


class AssetForm(SeenForm):
    """What an asset is and where it comes from."""

    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=[("", "Choose"), *Asset.Kind.choices])
    description = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=str(Asset._meta.get_field("description").help_text),
    )
    tool: "forms.ModelChoiceField[Tool]" = forms.ModelChoiceField(
        None, required=False, empty_label="None", widget=LongSelect, help_text="The tool that it is a part of."
    )
    supplier: "forms.ModelChoiceField[Supplier]" = forms.ModelChoiceField(
        None, required=False, empty_label="None, or that of its tool", widget=LongSelect
    )

    def __init__(self, asset: Asset, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(asset, name) for name in self.base_fields})
        tools = Tool.objects.filter(Q(is_active=True) | Q(pk=asset.tool_id))
        suppliers = Supplier.objects.filter(Q(is_active=True) | Q(pk=asset.supplier_id))
        self.fields["tool"].queryset = tools  # type: ignore[attr-defined]
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]


class TemplateForm(SeenForm):
    """A template of what people are told."""

    name = forms.CharField(max_length=200)
    subject = forms.CharField(max_length=200)
    body = _long("Text", rows=8, help_text=IN_BRACES)
    is_active = forms.BooleanField(label="In use", required=False, help_text="A retired one is offered no more.")

    def __init__(self, template: MessageTemplate | None, data: Any = None) -> None:
        known = {name: getattr(template, name) for name in self.base_fields} if template else {"is_active": True}
        super().__init__(data, initial=known)
        if template is None:
            del self.fields["is_active"]
