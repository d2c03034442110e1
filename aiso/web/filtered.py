"""A list as an address asks for it: under a tab, narrowed by filters, in an order, page by page.

A list of its own says what its tabs, filters and orders are, and how many stand under each tab:

    class BarrierRegister(FilteredList[Barrier]):
        states, filters, orders = STATES, FILTERS, ORDERS

        @cached_property
        def counts(self): ...
        @cached_property
        def form(self): ...
        @cached_property
        def matching(self): ...
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.http import QueryDict

from aiso.accounts.models import User

from .keyset import Order, Page, page_of
from .tabs import Tab

PAGE = 50


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, with the address that removes it."""

    label: str
    text: str
    remove: str


class FilteredList[M: Model]:
    """One person's view of it by the query string of an address."""

    # The tabs: their name in the address, and their label. The first shows unless another is asked for.
    states: ClassVar[Mapping[str, str]]
    filters: ClassVar[tuple[str, ...]]
    # By their name in the address, empty for the first: what they are called, and how they sort.
    orders: ClassVar[Mapping[str, tuple[str, Order]]]
    # What an address keeps beside tab, order and filters.
    kept: ClassVar[tuple[str, ...]] = ()

    # What a list of its own says, each once.
    counts: Any
    form: Any
    matching: Any

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.state = self._one_of(self.states, "state", next(iter(self.states)))
        self.order = self._one_of(self.orders, "order", "")

    def _one_of(self, names: Mapping[str, Any], parameter: str, otherwise: str) -> str:
        asked = self.query.get(parameter, "")
        return asked if asked in names else otherwise

    @property
    def tabs(self) -> list[Tab]:
        return [
            Tab(label, self.address(state=name), self.counts[name], self.state == name)
            for name, label in self.states.items()
        ]

    @property
    def order_choices(self) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in self.orders.items()]

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The filters that can be read of the address; the rest is as if it were not there."""
        given = {name: self.form.cleaned_data.get(name) for name in self.filters}
        return {name: value for name, value in given.items() if value}

    @property
    def chips(self) -> list[Chip]:
        return [Chip(*self.said(name, value), remove=self.address(**{name: ""})) for name, value in self.chosen.items()]

    def said(self, name: str, value: Any) -> tuple[str, str]:
        """A filter and what it narrows to, in words: of a choice its label."""
        field: forms.Field = self.form.fields[name]
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            known = {str(code): str(words) for code, words in field.choices}  # type: ignore[union-attr, misc]
            value = known.get(str(value), value)
        return str(field.label or name.capitalize()), str(value)

    @cached_property
    def page(self) -> Page[M]:
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        found: Page[M] = page_of(self.matching, self.sorting, size=PAGE, **place)
        return found

    @property
    def sorting(self) -> Order:
        return self.orders[self.order][1]

    @cached_property
    def count(self) -> int:
        """How many match; the tab has counted them already where nothing narrows it."""
        found: int = self.matching.order_by().count() if self.chosen else self.counts[self.state]
        return found

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts changed; empty takes one out."""
        query = QueryDict(mutable=True)
        names = ("state", *self.kept, "order", *self.filters)
        told = {name: self.query.get(name, "") for name in names} | changes
        query.update({name: value for name, value in told.items() if value})
        return f"?{query.urlencode()}"
