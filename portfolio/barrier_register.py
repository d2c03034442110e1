"""Barriers over the whole portfolio as an address asks for them: what holds us up, and who sees to it?"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import DateField, DateTimeField, F

from aiso.accounts.models import BusinessUnit, User
from aiso.web.filtered import FilteredList
from aiso.web.keyset import Order

from .barriers import barrier_counts
from .forms.barriers import BarrierFilterForm
from .models import Barrier
from .models.barrier import BarrierQuerySet

BY_DAY = Order(F("wanted_by"), DateField())
ORDERS = {
    "": ("Due first", BY_DAY),
    "-due": ("Due last", Order(F("wanted_by"), DateField(), descending=True)),
    "age": ("Oldest first", Order(F("raised_at"), DateTimeField())),
    "-age": ("Newest first", Order(F("raised_at"), DateTimeField(), descending=True)),
}
# The tabs: their name in the address, and their label. The first shows unless another is asked for.
STATES = {"open": "Open", "late": "Late", "mine": "Mine", "lifted": "Lifted"}
FILTERS = ("owner", "kind", "unit")


class BarrierRegister(FilteredList[Barrier]):
    """One person's view of the barriers by the query string of an address."""

    title = "Barriers"
    states, filters, orders = STATES, FILTERS, ORDERS

    @cached_property
    def counts(self) -> dict[str, int]:
        return barrier_counts(self.viewer)

    @cached_property
    def form(self) -> BarrierFilterForm:
        owners = User.objects.people().filter(pk__in=Barrier.objects.visible_to(self.viewer).values("owner"))
        form = BarrierFilterForm(self.query, self.order_choices, owners)
        form.is_valid()
        return form

    @cached_property
    def matching(self) -> BarrierQuerySet:
        found = in_state(Barrier.objects.visible_to(self.viewer), self.state, self.viewer)
        for name in ("owner", "kind"):
            if name in self.chosen:
                found = found.filter(**{name: self.chosen[name]})
        if unit := self.chosen.get("unit"):
            found = found.filter(initiative__unit__in=BusinessUnit.objects.and_below([unit.pk]))
        return found.select_related("initiative__unit", "kind", "owner", "lifted_by")

    @property
    def by_day(self) -> str:
        """The address that sorts by the day, the other way round when it does already."""
        return self.address(order="" if self.order else "-due")

    @property
    def by_age(self) -> str:
        return self.address(order="-age" if self.order == "age" else "age")

    headers = [
        *("Initiative", "Name", "Unit", "Kind", "What holds it up", "Owner", "Owner e-mail", "Waiting for"),
        *("Raised", "To be lifted by", "Days", "Late", "Lifted", "Lifted by", "How it was lifted"),
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, due first."""
        for barrier in self.matching.order_by("wanted_by", "pk").iterator(chunk_size=1000):
            initiative = barrier.initiative
            yield [
                *(initiative.reference, initiative.name, initiative.unit.name, barrier.kind.name, barrier.what),
                *(barrier.owner.name, barrier.owner.email, barrier.waiting_on, barrier.raised_at, barrier.wanted_by),
                *(barrier.days, "Yes" if barrier.is_late else "No", barrier.lifted_at),
                *(barrier.lifted_by.name if barrier.lifted_by else "", barrier.how),
            ]


def in_state(barriers: BarrierQuerySet, state: str, viewer: User) -> BarrierQuerySet:
    """The barriers under one tab."""
    if state == "lifted":
        return barriers.filter(lifted_at__isnull=False)
    if state == "mine":
        return barriers.open().filter(owner=viewer)
    return barriers.late() if state == "late" else barriers.open()
