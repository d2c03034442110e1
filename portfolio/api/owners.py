from datetime import date
from typing import Annotated, Any, TypedDict

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.etags import check_unchanged
from aiso.api.fields import person_field
from aiso.api.operations import Body, answers
from aiso.api.problems import Refusal
from aiso.api.shapes import Person, named_as

from ..actions.assign_owners import UNSEEN, add_deputy, assign_owner, remove_deputy
from ..models import Initiative, OwnerKind, Ownership
from ..permissions import can_assign_owners
from .below import BelowInitiative


class DeputyShape(TypedDict):
    """Somebody who stands in for an owner."""

    id: int
    person: Person | None
    since: date


class OwnerShape(TypedDict):
    """One of the three owners, with their deputies."""

    kind: Annotated[str, OwnerKind]
    person: Annotated[Person | None, "Null where nobody is it."]
    since: date | None
    deputies: list[DeputyShape]


class OwnerListShape(TypedDict):
    """All three owners."""

    results: list[OwnerShape]


class Assignment(Body):
    person = person_field(allow_null=True, help_text="Who it is from now on; null for nobody.")
    since = serializers.DateField(required=False, help_text="The day the hand-over took effect; today unless told.")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="For the history.")
    was = person_field(
        required=False, allow_null=True, help_text="Who you saw as the owner: somebody else there answers 409."
    )


class NewDeputy(Body):
    person = person_field()


class Owners(BelowInitiative):
    tag = "Owners"
    lookup_url_kwarg = "kind"
    lookup_value_converter = "owner_kind"

    @answers(OwnerListShape)
    def list(self, request: Request, initiative: int) -> Response:
        """The business, the technical and the risk owner, with their deputies."""
        return self.answer({"results": [*owners_of(self.initiative()).values()]})

    @answers(OwnerShape)
    def retrieve(self, request: Request, initiative: int, kind: str) -> Response:
        """One of the owners."""
        return self.answer(owners_of(self.initiative())[kind])

    @answers(OwnerShape, takes=Assignment)
    def partial_update(self, request: Request, initiative: int, kind: str) -> Response:
        """Make somebody the owner. For the office and the business owner."""
        with transaction.atomic():
            subject = self._held()
            check_unchanged(request, owners_of(subject)[kind])
            sent: dict[str, Any] = {"was": UNSEEN} | self.sent
            if "person" not in sent:
                raise serializers.ValidationError({"person": ["Say who it is; null for nobody."]})
            assign_owner(subject, actor=self.person, kind=kind, **sent)
            return self.answer(owners_of(subject)[kind])

    def _held(self) -> Initiative:
        """The initiative, locked, for somebody who may assign its owners."""
        subject = Initiative.objects.select_for_update().get(pk=self.initiative().pk)
        if not can_assign_owners(self.person, subject):
            raise Refusal("forbidden", "The office and the business owner assign owners.")
        return subject


class Deputies(BelowInitiative):
    tag = "Owners"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers(DeputyShape, status=201, takes=NewDeputy)
    def create(self, request: Request, initiative: int, kind: str) -> Response:
        """Name somebody who stands in for an owner. For the office and the business owner."""
        subject = self.initiative()
        if not can_assign_owners(self.person, subject):
            raise Refusal("forbidden", "The office and the business owner name deputies.")
        deputy = add_deputy(subject, actor=self.person, kind=kind, **self.sent)
        return self.answer(_deputy(deputy), status=201, location=self.address_of(deputy.pk))

    @answers(DeputyShape)
    def retrieve(self, request: Request, initiative: int, kind: str, id: int) -> Response:
        """One deputy."""
        return self.answer(_deputy(get_object_or_404(self._deputies(kind), pk=id)))

    @answers(None, status=204)
    def destroy(self, request: Request, initiative: int, kind: str, id: int) -> Response:
        """End a deputy's time today. For the office and the business owner."""
        with self.held(self._deputies(kind), id, _deputy) as deputy:
            remove_deputy(deputy, actor=self.person)
        return Response(status=204)

    def _deputies(self, kind: str) -> "QuerySet[Ownership]":
        current = self.initiative().ownerships.current()
        return current.filter(kind=kind, is_deputy=True).select_related("person")


def owners_of(initiative: Initiative) -> dict[str, OwnerShape]:
    """The present owners and deputies by kind, in one query."""
    found: dict[str, OwnerShape] = {
        kind.value: {"kind": kind.value, "person": None, "since": None, "deputies": []} for kind in OwnerKind
    }
    for each in initiative.ownerships.current().select_related("person").order_by("started_on", "pk"):
        owner = found[each.kind]
        if each.is_deputy:
            owner["deputies"].append(_deputy(each))
        else:
            owner["person"], owner["since"] = named_as(each.person_id, each.person.name), each.started_on
    return found


def _deputy(ownership: Ownership) -> DeputyShape:
    person = named_as(ownership.person_id, ownership.person.name)
    return {"id": ownership.pk, "person": person, "since": ownership.started_on}
