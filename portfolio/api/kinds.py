"""Words in addresses that stand for one of a few kinds."""

from django.db.models import TextChoices
from django.urls import register_converter
from django.urls.converters import StringConverter

from ..editable_lists import LISTS
from ..models import Clearance, OwnerKind, QuestionSet


def _register(name: str, words: "list[str] | type[TextChoices]") -> None:
    values = words if isinstance(words, list) else words.values
    regex = f"(?:{'|'.join(values)})"
    register_converter(type(f"{name}_converter", (StringConverter,), {"regex": regex}), name)


_register("owner_kind", OwnerKind)
_register("question_kind", QuestionSet.Kind)
_register("clearing", Clearance.Function)
_register("list", [*LISTS])
