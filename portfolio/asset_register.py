"""The register of assets as an address asks for it, on its page and as a file."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.keyset import Page, page_of

from .editable_lists import BY_NAME
from .models import Asset, Initiative
from .models.asset import AssetQuerySet

PAGE = 50


class AssetRegister:
    """One person's view of the assets by the query string of an address: by name, kind, and whether they are in use."""

    title = "Assets"
    headers = ["Asset", "Kind", "State", "Tool", "Supplier", "Initiatives", "What it is"]

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        kind = query.get("kind", "")
        self.kind = kind if kind in Asset.Kind.values else ""
        self.is_retired = query.get("state", "") == "retired"
        self.text = query.get("q", "").strip()[:200]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.kind or self.is_retired)

    @cached_property
    def matching(self) -> AssetQuerySet:
        rows: AssetQuerySet = Asset.objects.visible_to(self.viewer).filter(is_active=not self.is_retired)
        rows = rows.filter(kind=self.kind) if self.kind else rows
        for word in self.text.split():
            rows = rows.filter(name__icontains=word)
        return rows.select_related("tool", "supplier")

    @cached_property
    def page(self) -> Page[Asset]:
        """With how many initiatives use each, of those that the viewer sees."""
        seen = Q(initiatives__in=self._seen.values("pk"))
        rows = self.matching.annotate(uses=Count("initiatives", filter=seen, distinct=True))
        place = {"after": self.query.get("after", ""), "before": self.query.get("before", "")}
        found: Page[Asset] = page_of(rows, BY_NAME, size=PAGE, **place)
        return found

    @property
    def _seen(self) -> Any:
        return Initiative.objects.visible_to(self.viewer).on_register()

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, by name; of the initiatives, those that the viewer sees."""
        users = Prefetch("initiatives", self._seen.only("pk").order_by("pk"), to_attr="seen_users")
        for each in self.matching.prefetch_related(users).order_by("name", "pk").iterator(chunk_size=1000):
            seen = ", ".join(one.reference for one in each.seen_users)  # type: ignore[attr-defined]
            yield [
                *(each.name, each.get_kind_display(), "In use" if each.is_active else "Retired"),
                *(str(each.tool or ""), str(each.supplier or ""), seen, each.description),
            ]

    def address(self, **changes: str) -> str:
        """This address from its beginning, with some parts added."""
        query = QueryDict(mutable=True)
        told = {"q": self.text, "kind": self.kind, "state": "retired" if self.is_retired else ""} | changes
        query.update({name: value for name, value in told.items() if value})
        return f"?{query.urlencode()}"
