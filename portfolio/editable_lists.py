"""The lists that the office keeps, each with its address, its words and what it is good for."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import CharField, Count
from django.db.models.functions import Lower
from django.urls import reverse

from aiso.accounts.models import User
from aiso.web.keyset import Order, Page, page_of

from .models import BarrierKind, Bucket, Initiative, Jurisdiction, Tag, UseCaseType, Workflow
from .models.lists import NamedEntry

PAGE = 100
BY_NAME = Order(Lower("name"), CharField())


@dataclass(frozen=True)
class EditableList:
    """One list. `field` is the initiative's field that names its entries, `sift` the register's filter by them;
    `only` says which of several such rows count.
    """

    slug: str
    model: type[NamedEntry]
    one: str
    many: str
    about: str
    field: str
    sift: str
    only: Mapping[str, Any] = MappingProxyType({})

    @property
    def address(self) -> str:
        return reverse("portfolio:list_detail", args=[self.slug])


_ALL = [
    EditableList("buckets", Bucket, "bucket", "buckets", "What kind of work AI changes.", "bucket", "bucket"),
    EditableList(
        "workflows",
        Workflow,
        "workflow",
        "workflows",
        "Business processes; the critical ones count in the adoption figure.",
        "workflow",
        "workflow",
    ),
    EditableList(
        "use-case-types",
        UseCaseType,
        "use-case type",
        "use-case types",
        "What the AI does; governance rules name these.",
        "use_case_type",
        "type",
    ),
    EditableList(
        "jurisdictions",
        Jurisdiction,
        "jurisdiction",
        "jurisdictions",
        "Where the AI is used, as far as the law differs.",
        "jurisdictions",
        "jurisdiction",
    ),
    EditableList("tags", Tag, "tag", "tags", "Free words that group initiatives.", "tags", "tag"),
    EditableList(
        "barrier-kinds",
        BarrierKind,
        "kind of barrier",
        "kinds of barriers",
        "What holds initiatives up; figures are those held up now.",
        "barriers__kind",
        "held_up_by",
        {"barriers__lifted_at": None},
    ),
]
LISTS = {each.slug: each for each in _ALL}


def entries_page(kept: EditableList, *, text: str, after: str, before: str) -> Page[NamedEntry]:
    """One page of a list by name, the retired ones among them."""
    entries = kept.model._default_manager.all()
    if kept.model is Workflow:
        entries = entries.select_related("unit")  # type: ignore[misc]
    for word in text.split():
        entries = entries.filter(name__icontains=word)
    return page_of(entries, BY_NAME, size=PAGE, after=after, before=before)


def uses_of(kept: EditableList, viewer: User, entries: list[NamedEntry]) -> dict[int, int]:
    """How many initiatives that the viewer may see carry each of the entries."""
    visible = Initiative.objects.visible_to(viewer).on_register()
    visible = visible.filter(**{f"{kept.field}__in": [each.pk for each in entries]}, **kept.only)
    return dict(visible.order_by().values_list(kept.field).annotate(count=Count("pk", distinct=True)))


def sizes() -> dict[str, tuple[int, int]]:
    """How many entries of each list are in use, and how many retired."""
    counted = {}
    for kept in LISTS.values():
        by_state = dict(kept.model._default_manager.order_by().values_list("is_active").annotate(count=Count("pk")))
        counted[kept.slug] = (by_state.get(True, 0), by_state.get(False, 0))
    return counted
