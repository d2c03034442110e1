"""The history tables of a thing and of what hangs on it, read as one list, newest first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

# Fields that every history row has, beside those of the thing that changed.
NEVER_TOLD = {"id", "pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context"}


@dataclass(frozen=True)
class Place:
    """Where a page of history ended: a time, and within it a table and a row."""

    at: datetime
    table: int
    row: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.table}~{self.row}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """A place from an address; None for one that no page gave."""
        moment, _, rest = text.partition("~")
        table, _, row = rest.partition("~")
        try:
            at = parse_datetime(moment)
        except ValueError:
            return None
        digits = table.isdecimal() and row.isdecimal() and len(table) < 4 and len(row) < 19
        return cls(at, int(table), int(row)) if digits and at and at.tzinfo else None


@dataclass(frozen=True)
class Row:
    """One history row: the values after the change, and before it if there was a before, as JSON tells them."""

    table: int
    pk: int
    at: datetime
    label: str
    context_id: Any
    context: dict[str, Any] | None
    now: dict[str, Any]
    before: dict[str, Any] | None

    @property
    def place(self) -> Place:
        return Place(self.at, self.table, self.pk)


class ExactDecoder(json.JSONDecoder):
    """Decimals stay what they were."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"parse_float": Decimal})


class WholeRow(models.Expression):
    """The row itself as JSON: naming each column takes Django longer than Postgres takes to read it."""

    output_field = models.JSONField(decoder=ExactDecoder)
    alias = ""

    def resolve_expression(self, query: Any = None, *args: Any, **options: Any) -> "WholeRow":
        resolved: WholeRow = super().resolve_expression(query, *args, **options)
        # A subquery resolves a second time against the query around it.
        resolved.alias = self.alias or query.get_initial_alias()
        return resolved

    def relabeled_clone(self, change_map: Mapping[str, str]) -> "WholeRow":
        clone = self.copy()
        clone.alias = change_map.get(self.alias, self.alias)
        return clone

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return f"to_jsonb({compiler.quote_name(self.alias)})", ()


class Table:
    """The history of one model's rows, as far as they belong to `subject`; to all of `among`, told their ids."""

    def __init__(
        self,
        model: type[models.Model],
        subject: models.Model,
        number: int,
        unless: Q | None = None,
        among: Sequence[int] = (),
    ) -> None:
        self.model, self.subject, self.number, self.unless = model, subject, number, unless
        self.among = among
        self.events: type[models.Model] = model.pgh_event_model  # type: ignore[attr-defined]

    @cached_property
    def is_of_subject(self) -> bool:
        return self.model is type(self.subject)

    @cached_property
    def key(self) -> str:
        """The field by which a row belongs to the subject."""
        if self.is_of_subject:
            return "pgh_obj"
        keys = [each.name for each in self.fields if each.related_model is type(self.subject)]
        return keys[0]

    @cached_property
    def fields(self) -> "list[models.Field[Any, Any]]":
        """What a row tells of the thing that changed, in the model's order."""
        recorded = {each.name for each in self.events._meta.fields} - NEVER_TOLD
        return [each for each in self.model._meta.fields if each.name in recorded]

    @cached_property
    def links(self) -> "list[models.ForeignKey[Any, Any]]":
        """Those of the fields that name other things; the subject is known."""
        return [each for each in self.fields if isinstance(each, models.ForeignKey) and each.name != self.key]

    def subject_of(self, row: Row) -> Any:
        """The id of the thing that a row belongs to."""
        return row.now.get("id" if self.is_of_subject else f"{self.key}_id")

    def rows(self, place: Place | None, size: int, since: datetime | None = None) -> Any:
        """The newest rows as tuples, in the order of Row's fields."""
        belong = {f"{self.key}__in": self.among} if self.among else {self.key: self.subject.pk}
        told: models.QuerySet[Any] = models.QuerySet(self.events).filter(**belong)
        if since:
            told = told.filter(pgh_created_at__gt=since)
        if self.unless:
            told = told.exclude(self.unless)
        if place:
            told = told.filter(self._past(place))
        who = ("pgh_context", "pgh_context__metadata")
        named = told.annotate(table=Value(self.number), now=WholeRow(), before=self._before())
        values = named.values_list("table", "pgh_id", "pgh_created_at", "pgh_label", *who, "now", "before")
        return values.order_by("-pgh_created_at", "-pgh_id")[:size]

    def _past(self, place: Place) -> Q:
        earlier = Q(pgh_created_at__lt=place.at)
        if self.number > place.table:
            return earlier
        tied = Q(pgh_created_at=place.at)
        return earlier | (tied if self.number < place.table else tied & Q(pgh_id__lt=place.row))

    def _before(self) -> "Value | Subquery[Any]":
        """The row recorded just before for the same thing; things that only come and go have none."""
        if not hasattr(self.events, "pgh_obj"):
            return Value(None, models.JSONField())
        rows: models.QuerySet[Any] = models.QuerySet(self.events)
        earlier = rows.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
        return Subquery(earlier.order_by("-pgh_id").values_list(WholeRow())[:1])


class Facts(Table):
    """Rows that are written once and never edited: they are their own history. `at` and `by` name their columns of when
    and by whom, and `key` leads to the subject, also over other rows.
    """

    def __init__(self, model: type[models.Model], subject: models.Model, number: int, *, at: str, by: str, key: str):
        self.model, self.subject, self.number, self.at, self.by = model, subject, number, at, by
        self.unless, self.among = None, ()
        self.key = key

    @cached_property
    def fields(self) -> "list[models.Field[Any, Any]]":
        return [each for each in self.model._meta.fields if each.name not in NEVER_TOLD]

    def rows(self, place: Place | None, size: int, since: datetime | None = None) -> Any:
        told = (
            models.QuerySet(self.model)
            .filter(**{self.key: self.subject.pk})
            .annotate(
                table=Value(self.number),
                pgh_id=F("pk"),
                pgh_created_at=F(self.at),
                pgh_label=Value("insert"),
                context=Value(None, models.UUIDField()),
                who=JSONObject(user=F(self.by)),
                now=WholeRow(),
                before=Value(None, models.JSONField()),
            )
        )
        if since:
            told = told.filter(pgh_created_at__gt=since)
        if place:
            told = told.filter(self._past(place))
        values = told.values_list("table", "pgh_id", "pgh_created_at", "pgh_label", "context", "who", "now", "before")
        return values.order_by("-pgh_created_at", "-pgh_id")[:size]


def newest_rows(tables: Sequence[Table], place: Place | None, size: int, since: datetime | None = None) -> list[Row]:
    """Up to `size` rows of all tables, newest first, from a place on, or since a moment. One query."""
    first, *others = [table.rows(place, size, since) for table in tables]
    merged = first.union(*others, all=True).order_by("-pgh_created_at", "-table", "-pgh_id") if others else first
    return [Row(*values) for values in merged[:size]]
