"""The register as an address asks for it: what is filtered, in which order, with which columns."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web import figures
from aiso.web.keyset import Page, page_of

from .counts import Counts
from .filters import ALL_FILTERS, RegisterFilter, parameters
from .models import Initiative
from .models.initiative import InitiativeQuerySet
from .orders import order_of
from .search import CANDIDATES, Search, search_for
from .tables import COLUMNS, chosen_columns, fetch_for

PAGE_SIZE = 50
# Characters of a search that are read.
LONGEST_TEXT = 200
# What an address holds about the place in the list, which a change of filters leaves behind.
PLACE = ("after", "before", "edit")


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, with the addresses that change and remove it."""

    name: str
    label: str
    text: str
    edit: str
    remove: str


class Register:
    """One person's view of the register by the query string of an address."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.query = query
        self.text = query.get("q", "").strip()[:LONGEST_TEXT]
        if len(query.get("q", "")) > LONGEST_TEXT:
            # Each link of the page repeats the address.
            self.query = query.copy()
            self.query["q"] = self.text
        self.columns = chosen_columns(query.getlist("col"))

    @cached_property
    def visible(self) -> InitiativeQuerySet:
        """What the person may see; without those that never came onto the register, unless requests are asked for."""
        visible = Initiative.objects.visible_to(self.user)
        return visible if any(self.query.getlist("intake")) else visible.on_register()

    @cached_property
    def filter(self) -> RegisterFilter:
        editing = self.query.get("edit", "")
        return RegisterFilter(self.query, user=self.user, queryset=self.visible, editing=editing)

    @cached_property
    def search(self) -> Search | None:
        return search_for(self.text) if self.text else None

    @cached_property
    def matching(self) -> InitiativeQuerySet:
        """All that the filters and the search let through. A filter that makes no sense lets nothing through."""
        found = self.visible
        if self.is_broken:
            return found.none()
        if self.filter.filters:
            found = self.filter.qs
        return self.search.narrow(found) if self.search else found

    @cached_property
    def is_broken(self) -> bool:
        """Whether a filter names something that is not there, such as a tag that was deleted since."""
        return bool(self.filter.filters) and not self.filter.is_valid()

    @cached_property
    def ordered_by(self) -> str:
        """The order's name; empty while a search ranks by how well it matches."""
        asked = self.query.get("order", "")
        return "" if self.search and not asked else order_of(asked)[0]

    @cached_property
    def page(self) -> Page[Initiative]:
        page = self.page_of(self._fetched(self.matching), PAGE_SIZE)
        fetch_for(page.rows, self.columns)
        return page

    def page_of(self, rows: InitiativeQuerySet, size: int) -> Page[Initiative]:
        """The page that the address asks for, of rows that match."""
        if not self.ordered_by and self.search:
            return self._ranked_page(self.search.rank(rows), size)
        _, order = order_of(self.ordered_by)
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        return page_of(rows, order, size=size, **place)

    @cached_property
    def counts(self) -> Counts:
        return Counts(self.user)

    @cached_property
    def count(self) -> int:
        """How many match: of a search at most CANDIDATES."""
        if not self.is_narrowed:
            return self.counts.summary()["all"]
        return self.counts.of(self.narrowing, self.matching)

    @property
    def count_is_capped(self) -> bool:
        return bool(self.search) and self.count >= CANDIDATES

    @property
    def is_narrowed(self) -> bool:
        return bool(self.narrowing)

    @cached_property
    def narrowing(self) -> str:
        """The part of the address that says which initiatives, without order, columns and place."""
        kept = self.query.copy()
        for name in ("order", "col", *PLACE):
            kept.pop(name, None)
        for name in [name for name in kept if not any(kept.getlist(name))]:
            del kept[name]
        return kept.urlencode()

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in force. Their values were read when the filter was applied; this adds no query."""
        if not self.filter.filters or self.is_broken:
            return []
        data = self.filter.form.cleaned_data
        given = {name: data[name] for name in self.filter.filters if _is_given(data.get(name))}
        return [self._chip(name, value) for name, value in given.items()]

    @property
    def open_filters(self) -> list[tuple[str, str]]:
        """Filters that are not in force yet, with the address that opens each."""
        in_force = {chip.name for chip in self.chips}
        return [
            (str(each.label), self.address(edit=name)) for name, each in ALL_FILTERS.items() if name not in in_force
        ]

    def address(self, **changes: Any) -> str:
        """This address from its beginning with some parts changed; None takes one out."""
        query = self.query.copy()
        for name in PLACE:
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query.setlist(name, [value] if isinstance(value, str) else value)
        return f"?{query.urlencode()}"

    def order_address(self, sort: str) -> str:
        """The address that sorts by a column, the other way round when it does already."""
        first = sort if sort in ("name", "ref", "stage", "days", "rank") else f"-{sort}"
        return self.address(order=_reversed(self.ordered_by) if self.ordered_by.lstrip("-") == sort else first)

    @property
    def unsearched(self) -> str:
        """This address without the words that are searched for."""
        return self.address(q=None)

    def others(self, *without: str) -> list[tuple[str, str]]:
        """The other parts of the address, for hidden inputs of a form that changes the ones named."""
        left_out = {*without, *PLACE}
        return [(name, value) for name in self.query for value in self.query.getlist(name) if name not in left_out]

    def _ranked_page(self, ranked: InitiativeQuerySet, size: int) -> Page[Initiative]:
        """A page of what a search found, by number of the first row: a thousand at most, so skipping costs little."""
        start = _start(self.query.get("after") or self.query.get("before") or "")
        rows = list(ranked[start : start + size + 1])
        before = str(max(0, start - size)) if start else ""
        return Page(rows[:size], before, str(start + size) if len(rows) > size else "")

    def _chip(self, name: str, value: Any) -> Chip:
        field = self.filter.form.fields[name]
        removed = self.address(**dict.fromkeys(parameters(name)))
        return Chip(name, str(field.label), _in_words(value, field), self.address(edit=name), removed)

    def _fetched(self, rows: InitiativeQuerySet) -> InitiativeQuerySet:
        """The rows with what the chosen columns need."""
        needs = {need for name in self.columns for need in COLUMNS[name].needs} | {"unit"}
        sets = [need.removesuffix("*") for need in needs if need.endswith("*")]
        rows = rows.select_related(*sorted(need for need in needs if not need.endswith("*")))
        return rows.prefetch_related(*sorted(sets)).defer("search", "outcome", "notes")


def _start(text: str) -> int:
    return min(int(text), CANDIDATES) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _reversed(order: str) -> str:
    return order.removeprefix("-") if order.startswith("-") else f"-{order}"


def _is_given(value: Any) -> bool:
    if isinstance(value, QuerySet):
        return bool(value)
    return value not in (None, "", [], slice(None, None, None))


def _range_in_words(start: str, stop: str) -> str:
    if start and stop:
        return f"{start} to {stop}"
    return f"from {start}" if start else f"up to {stop}"


def _end(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return figures.measured(value)
    return figures.day(value) if isinstance(value, date) else str(value)


def _in_words(value: Any, field: Any) -> str:
    if isinstance(value, slice):
        return _range_in_words(_end(value.start), _end(value.stop))
    choices = dict(getattr(field, "choices", ())) if isinstance(value, str | list) else {}
    values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else value
    return ", ".join(str(each) if isinstance(each, Model) else str(choices.get(each, each)).lower() for each in values)
