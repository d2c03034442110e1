"""Cost centres as an address asks for them, and their mappings as somebody sees them."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, F, Q
from django.http import QueryDict
from django.utils.http import urlencode

from aiso import clock
from aiso.accounts.models import User
from aiso.web.keyset import Order, Page, page_of
from portfolio.models import Initiative

from .models import CostCentre, CostCentreMapping
from .models.sharing import CostCentreMappingQuerySet
from .sharing import UNREAD

PAGE = 50
BY_CODE = Order(F("code"), CharField())


@dataclass(frozen=True)
class MappingLine:
    """A mapping; its initiative only where the viewer sees it."""

    mapping: CostCentreMapping
    initiative: Initiative | None

    @property
    def is_unseen(self) -> bool:
        return bool(self.mapping.initiative_id) and self.initiative is None

    @property
    def is_to_come(self) -> bool:
        return self.mapping.starts_on > clock.today()


def mapping_lines(mappings: CostCentreMappingQuerySet, viewer: User) -> list[MappingLine]:
    """Two queries."""
    rows = [*mappings.select_related("rule", "mapped_by")]
    ids = {row.initiative_id for row in rows if row.initiative_id}
    seen = Initiative.objects.visible_to(viewer).defer(*UNREAD).in_bulk(ids)
    return [MappingLine(row, seen.get(row.initiative_id)) for row in rows]


class CentreList:
    """A page of cost centres with what holds today. Three queries."""

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.text = query.get("text", "").strip()[:100]

    @property
    def address(self) -> str:
        return f"?{urlencode({'text': self.text} if self.text else {})}"

    @cached_property
    def page(self) -> Page[CostCentre]:
        rows = CostCentre.objects.visible_to(self.viewer)
        if self.text:
            rows = rows.filter(Q(code__istartswith=self.text) | Q(name__icontains=self.text))
        place = {name: self.query.get(name, "") for name in ("after", "before")}
        return page_of(rows, BY_CODE, size=PAGE, **place)

    @cached_property
    def rows(self) -> list[tuple[CostCentre, MappingLine | None]]:
        mappings = CostCentreMapping.objects.filter(centre__in=self.page.rows).on(clock.today())
        lines = {line.mapping.centre_id: line for line in mapping_lines(mappings, self.viewer)}
        return [(centre, lines.get(centre.pk)) for centre in self.page.rows]
