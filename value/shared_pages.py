"""What is told of rules and shared costs: the parts of initiatives that one sees, and how many others there are."""

from dataclasses import dataclass
from functools import cached_property

from aiso.accounts.models import User
from portfolio.models import Initiative

from .models import LedgerEntry, SharedCost, SharedCostPart, SharingPart, SharingRule, SharingVersion
from .permissions import can_share
from .sharing import UNREAD, parts_read


@dataclass(frozen=True)
class VersionTold:
    """A version of a rule as somebody sees it."""

    version: SharingVersion
    parts: list[SharingPart]
    unseen: int


def told_versions(rule: SharingRule, viewer: User) -> list[VersionTold]:
    """All versions, the latest first. Three queries."""
    versions = [*rule.versions.select_related("written_by").prefetch_related(parts_read())]
    ids = {part.initiative_id for version in versions for part in version.parts.all()}
    seen = {*Initiative.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True)}
    told = []
    for version in versions:
        parts = [part for part in version.parts.all() if part.initiative_id in seen]
        told.append(VersionTold(version, parts, len(version.parts.all()) - len(parts)))
    return told


def may_post_shared(rule: SharingRule, person: User) -> bool:
    """Whether the person may post by what the rule says last. The version of the cost's own date decides in the end."""
    last = rule.versions.prefetch_related(parts_read()).first()
    return last is not None and can_share(person, [part.initiative for part in last.parts.all()])


class CostTold:
    """A shared cost as somebody sees it: the parts whose entries they see. What it is whole, and the share of a part,
    by which that follows, they are told where they see all parts.
    """

    def __init__(self, cost: SharedCost, viewer: User) -> None:
        self.cost, self.viewer = cost, viewer

    @cached_property
    def _all(self) -> list[SharedCostPart]:
        related = ("entry__initiative", "entry__reversed_by", "part")
        rows = self.cost.parts.select_related(*related).order_by("entry__initiative_id")
        return [*rows.defer(*(f"entry__initiative__{name}" for name in UNREAD))]

    @cached_property
    def parts(self) -> list[SharedCostPart]:
        """Those whose entries the viewer sees."""
        ids = [part.entry_id for part in self._all]
        seen = {*LedgerEntry.objects.visible_to(self.viewer).filter(pk__in=ids).values_list("pk", flat=True)}
        return [part for part in self._all if part.entry_id in seen]

    @property
    def unseen(self) -> int:
        return len(self._all) - len(self.parts)

    @property
    def is_seen_whole(self) -> bool:
        return not self.unseen

    @property
    def initiatives(self) -> list[Initiative]:
        """Of all parts, seen or not."""
        return [part.entry.initiative for part in self._all]

    @property
    def is_reversed(self) -> bool:
        return any(hasattr(part.entry, "reversed_by") for part in self._all)

    @property
    def may_reverse(self) -> bool:
        return not self.is_reversed and can_share(self.viewer, self.initiatives)
