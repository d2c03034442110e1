from datetime import date, datetime
from typing import Annotated, Any, TypedDict

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import BusinessUnit
from aiso.api.fields import IdField, person_field, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, PageQuery, answers, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import AS_MADE

from ..actions.clear_barriers import change_barrier, lift_barrier, raise_barrier, reopen_barrier
from ..barrier_register import BY_DAY, STATES, in_state
from ..models import Barrier, BarrierKind, Initiative
from ..models.barrier import BarrierQuerySet
from .below import BelowInitiative


class BarrierShape(TypedDict):
    """What holds an initiative up, with an owner and a clock."""

    id: int
    initiative: Annotated[str, "Its reference."]
    kind: Named | None
    what: str
    owner: Annotated[Person, "Sees to it that it is lifted."]
    waiting_on: Annotated[str, "A person, a team or a function."]
    wanted_by: Annotated[date, "The day by which it is to be lifted."]
    is_late: bool
    days: Annotated[int, "How long it has been there, or was."]
    raised_by: Person
    raised_at: datetime
    lifted_by: Named | None
    lifted_at: Annotated[datetime | None, "Null while it is open."]
    how: Annotated[str, "How it was lifted."]


class BarriersQuery(PageQuery):
    state = serializers.ChoiceField([*STATES], required=False, help_text="Open ones unless told; mine are open too.")
    owner = person_field(required=False)
    kind = IdField(BarrierKind.objects.all(), required=False, help_text="Of the list `barrier-kinds`.")
    unit = unit_field(required=False, help_text="Of initiatives in this unit and below.")


class BarrierFacts(Body):
    kind = IdField(BarrierKind.objects.all(), help_text="Of the list `barrier-kinds`.")
    what = serializers.CharField(max_length=300)
    owner = person_field()
    waiting_on = serializers.CharField(max_length=200, required=False, allow_blank=True)
    wanted_by = serializers.DateField(required=False, help_text="Ten working days from now unless told.")


class BarrierChanges(BarrierFacts):
    was = BarrierFacts(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class BarrierLift(Body):
    how = serializers.CharField(max_length=500, help_text="How it was lifted.")


class BarrierReopen(Body):
    wanted_by = serializers.DateField(required=False, help_text="Its day stays unless another is given.")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class AllBarriers(Noun):
    tag = "Barriers"

    @answers_page(BarrierShape, query=BarriersQuery)
    def list(self, request: Request) -> Response:
        """What holds the portfolio up, due first."""
        found = in_state(Barrier.objects.visible_to(self.person), self.asked.get("state", "open"), self.person)
        for name in ("owner", "kind"):
            if wanted := self.asked.get(name):
                found = found.filter(**{name: wanted})
        if unit := self.asked.get("unit"):
            found = found.filter(initiative__unit__in=BusinessUnit.objects.and_below([unit.pk]))
        return self.page(_fetched(found), BY_DAY, drawn)


class Barriers(BelowInitiative):
    tag = "Barriers"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(BarrierShape)
    def list(self, request: Request, initiative: int) -> Response:
        """What holds it up, and what did."""
        return self.page(self._rows(), AS_MADE, drawn)

    @answers(BarrierShape)
    def retrieve(self, request: Request, initiative: int, id: int) -> Response:
        """One barrier."""
        return self.answer(drawn(get_object_or_404(self._rows(), pk=id)))

    @answers(BarrierShape, status=201, takes=BarrierFacts)
    def create(self, request: Request, initiative: int) -> Response:
        """Raise a barrier. For its owners, the office and reviewers."""
        raised = raise_barrier(self.initiative(), actor=self.person, **self.sent)
        return self.answer(drawn(raised), status=201, location=self.address_of(raised.pk))

    @answers(BarrierShape, takes=BarrierChanges)
    def partial_update(self, request: Request, initiative: int, id: int) -> Response:
        """Change an open barrier. For those who lift it, and whoever raised it."""
        sent = dict(self.sent)
        return self._done(id, change_barrier, seen=sent.pop("was", {}), **sent)

    @action(detail=True, methods=["post"])
    @answers(BarrierShape, takes=BarrierLift)
    def lift(self, request: Request, initiative: int, id: int) -> Response:
        """Say how it was lifted. For its owner, the initiative's owners and the office."""
        return self._done(id, lift_barrier, **self.sent)

    @action(detail=True, methods=["post"])
    @answers(BarrierShape, takes=BarrierReopen)
    def reopen(self, request: Request, initiative: int, id: int) -> Response:
        """Open it again. For those who raise barriers."""
        return self._done(id, reopen_barrier, **self.sent)

    def _done(self, pk: int, deed: Any, **how: Any) -> Response:
        with transaction.atomic():
            # The initiative is locked first, as actions do.
            Initiative.objects.select_for_update().get(pk=self.initiative().pk)
            with self.held(self._rows(), pk, drawn) as barrier:
                return self.answer(drawn(deed(barrier, actor=self.person, **how)))

    def _rows(self) -> BarrierQuerySet:
        return _fetched(Barrier.objects.filter(initiative=self.initiative()))


def _fetched(rows: BarrierQuerySet) -> BarrierQuerySet:
    return rows.select_related("initiative", "kind", "owner", "raised_by", "lifted_by")


def drawn(barrier: Barrier) -> BarrierShape:
    return {
        "id": barrier.pk,
        "initiative": barrier.initiative.reference,
        "kind": named(barrier.kind),
        "what": barrier.what,
        "owner": {"id": barrier.owner_id, "name": str(barrier.owner)},
        "waiting_on": barrier.waiting_on,
        "wanted_by": barrier.wanted_by,
        "is_late": barrier.is_late,
        "days": barrier.days,
        "raised_by": {"id": barrier.raised_by_id, "name": str(barrier.raised_by)},
        "raised_at": barrier.raised_at,
        "lifted_by": named(barrier.lifted_by),
        "lifted_at": barrier.lifted_at,
        "how": barrier.how,
    }
