from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import EntriesField, IdField, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.problems import Refusal

from ..actions.edit_initiative import Change, current_value, edit_initiative
from ..actions.register_initiative import register_initiative
from ..models import Bucket, Initiative, Jurisdiction, Objective, Stage, Tag, Tool, UseCaseType, Workflow
from ..models.stage import PATH
from ..orders import ORDERS, order_of
from ..permissions import can_edit, can_register
from ..register import LONGEST_TEXT
from .filtering import filter_parameters, register_for
from .shapes import InitiativeRowShape, InitiativeShape, drawn, drawn_rows, told_columns, visible_one

# Stored as an empty text, told as null: what nobody has answered.
UNANSWERED = ("employee_effect", "data_sensitivity")


def _part(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, **options)


class InitiativeFacts(Body):
    """What an initiative says of itself."""

    summary = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    outcome = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    notes = serializers.CharField(required=False, allow_blank=True, max_length=100_000)
    workflow = IdField(Workflow.objects.all(), required=False, allow_null=True)
    bucket = IdField(Bucket.objects.all(), required=False, allow_null=True)
    objective = IdField(Objective.objects.all(), required=False, allow_null=True)
    use_case_type = IdField(UseCaseType.objects.all(), required=False, allow_null=True)
    jurisdictions = EntriesField(Jurisdiction.objects.all(), required=False)
    tools = EntriesField(Tool.objects.all(), required=False)
    tags = EntriesField(Tag.objects.all(), required=False)
    is_confidential = serializers.BooleanField(required=False)
    employee_effect = serializers.ChoiceField(Initiative.EmployeeEffect.choices, required=False, allow_null=True)
    data_sensitivity = serializers.ChoiceField(Initiative.DataSensitivity.choices, required=False, allow_null=True)
    is_customer_facing = serializers.BooleanField(required=False, allow_null=True)
    is_rights_impacting = serializers.BooleanField(required=False, allow_null=True)
    is_safety_impacting = serializers.BooleanField(required=False, allow_null=True)
    requested_amount = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="The money asked for until the next decision, in the reporting currency.",
    )
    value = _part(help_text="Worth to the business, 5 is most.")
    feasibility = _part(help_text="5 is surest.")
    data_readiness = _part(help_text="5 is ready now.")
    strategic_fit = _part(help_text="5 is most.")
    governance_complexity = _part(help_text="5 is most, and lowers the priority.")


class NewInitiative(InitiativeFacts):
    name = serializers.CharField(max_length=300)
    unit = unit_field()
    stage = serializers.ChoiceField(
        [(stage.value, stage.label) for stage in (*PATH, Stage.PAUSED)],
        default=Stage.INTAKE,
        help_text="Where it stands today. From then on the stage follows from decisions.",
    )
    since = serializers.DateField(required=False, help_text="The day it entered that stage; today unless told.")
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=100, help_text="The system it comes from."
    )
    external_id = serializers.CharField(required=False, allow_blank=True, max_length=200)


class InitiativeSeen(InitiativeFacts):
    name = serializers.CharField(required=False, max_length=300)
    unit = unit_field(required=False)


class InitiativeChanges(InitiativeSeen):
    was = InitiativeSeen(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="For the history.")


# The order in which a loop over all pages meets every initiative once, whatever changes meanwhile.
STEADY = "ref"


class InitiativesQuery(PageQuery):
    q = serializers.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        help_text="Words of name, summary and outcome; typos are forgiven, and the best come first unless ordered.",
    )
    order = serializers.ChoiceField(
        required=False,
        choices=[f"{sign}{name}" for name in ORDERS for sign in ("", "-")],
        help_text=f"`-` turns it round; {STEADY} unless told, which no change moves.",
    )


class Initiatives(Noun):
    tag = "Initiatives"
    lookup_url_kwarg = "reference"
    lookup_value_converter = "reference"

    @answers_page(InitiativeRowShape, query=InitiativesQuery, parameters=filter_parameters())
    def list(self, request: Request) -> Response:
        """The register: what is filtered, searched and ordered as on its page."""
        asked = self.asked
        query = request.query_params.copy()
        if not (query.get("q") or query.get("order")):
            query["order"] = STEADY
        register = register_for(self.person, query)
        if register.ordered_by:
            self.place_in(order_of(register.ordered_by)[1])
        page = register.page_of(told_columns(register.matching), asked["page_size"])
        return self.paged(page, drawn_rows(page.rows, self.person), lambda: register.count)

    @answers(InitiativeShape)
    def retrieve(self, request: Request, reference: int) -> Response:
        """One initiative."""
        return self.answer(drawn(get_object_or_404(visible_one(self.person, reference)), self.person))

    @answers(InitiativeShape, status=201, takes=NewInitiative)
    def create(self, request: Request) -> Response:
        """Enter an initiative that already runs, with the stage it is in. For the office."""
        if not can_register(self.person):
            raise Refusal("forbidden", "The office enters initiatives that already run.")
        _refuse_retired(self.sent)
        made = register_initiative(actor=self.person, **_stored(self.sent))
        told = drawn(visible_one(self.person, made.pk).get(), self.person)
        return self.answer(told, status=201, location=f"{self.request.path}{made.reference}/")

    @answers(InitiativeShape, takes=InitiativeChanges)
    def partial_update(self, request: Request, reference: int) -> Response:
        """Change what an initiative says of itself. For its owners and the office.

        Only the office moves it to another unit or makes it confidential. Stage, owners, risk tier, lane and
        priority follow from other things and are not changed here.
        """
        rows = visible_one(self.person, reference)
        with self.held(rows, reference, lambda held: drawn(held, self.person)) as initiative:
            if not can_edit(self.person, initiative):
                raise Refusal("forbidden", "Its owners and the office may edit this initiative.")
            _refuse_retired(self.sent, initiative)
            sent = _stored(self.sent)
            seen, reason = _stored(sent.pop("was", {})), sent.pop("reason", "")
            changes = _changes(initiative, sent, seen)
            edit_initiative(initiative, actor=self.person, changes=changes, reason=reason)
        # Whoever made it confidential or moved it may see it no longer.
        after = told_columns(Initiative.objects.filter(pk=reference), "notes").get()
        return self.answer(drawn(after, self.person))


def _stored(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent as the model keeps it."""
    return {name: "" if value is None and name in UNANSWERED else value for name, value in sent.items()}


def _refuse_retired(sent: Mapping[str, Any], initiative: Initiative | None = None) -> None:
    """What the office took out of use stays where it is, and is chosen nowhere anew."""
    for name, value in sent.items():
        chosen = value if isinstance(value, list) else [value]
        if not (retired := [each for each in chosen if getattr(each, "is_active", True) is False]):
            continue
        now = current_value(initiative, name) if initiative else None
        carried = now if isinstance(now, list) else [now]
        if new := [each for each in retired if each not in carried]:
            raise serializers.ValidationError({name: [f"{new[0]} is no longer in use; choose another."]})


def _changes(initiative: Initiative, sent: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Change]:
    """Each field against what the sender saw, or against what is there where they do not say."""
    return {
        name: Change(seen[name] if name in seen else current_value(initiative, name), to) for name, to in sent.items()
    }
