"""Parts of bodies and parameters that DRF has no field for, or reads too kindly."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from aiso.accounts.models import BusinessUnit, User

# What Postgres holds as an id.
LARGEST_ID = 2**63 - 1


class TextField(serializers.CharField):
    """A string. A number is none, as the schema says."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdField(serializers.Field[Any, int, int, Any]):
    """The id of a thing that there is. DRF's own field takes `true` and 1.5 for ids too."""

    default_error_messages = {"missing": "There is none with this id.", "wrong": "Give the id, a whole number."}

    def __init__(self, rows: "QuerySet[Any]", **options: Any) -> None:
        self.rows = rows
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        # In an address everything is text.
        if isinstance(data, str) and data.isascii() and data.isdecimal() and len(data) < 20:
            data = int(data)
        if type(data) is not int or not 0 < data <= LARGEST_ID:
            self.fail("wrong")
        try:
            return self.rows.all().get(pk=data)
        except ObjectDoesNotExist:
            self.fail("missing")

    def to_representation(self, value: Model) -> int:
        return int(value.pk)


def unit_field(**options: Any) -> IdField:
    """A business unit by its id."""
    return IdField(BusinessUnit.objects.select_related("parent"), **options)


def person_field(**options: Any) -> IdField:
    """A person by their id."""
    return IdField(User.objects.people(), **options)


@extend_schema_field(
    {"type": "array", "maxItems": 200, "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}}
)
class EntriesField(serializers.ListField):
    """Ids as the things they stand for."""

    def __init__(self, rows: "QuerySet[Any]", **options: Any) -> None:
        self.rows = rows
        super().__init__(child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), max_length=200, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        ids = {*super().to_internal_value(data)}
        found = [*self.rows.filter(pk__in=ids)]
        if missing := ids - {each.pk for each in found}:
            raise serializers.ValidationError(f"There is none with the id {min(missing)}.")
        return found
