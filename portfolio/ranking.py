"""Which initiative comes first, within its bucket and across all: by priority, highest first (DESIGN §5).

A rank is a place among what the person sees. Over the whole portfolio it would have gaps wherever a confidential
initiative stands, and so tell that there is one and how it is scored. The page says so to everybody who does not
oversee all, whether or not something is hidden from them: said only where something is, it would tell just that.

Those of equal priority share a place. Places follow from how many there are of each priority in each bucket, which is
one grouped query of a few thousand rows at most, kept until an initiative changes: a window over all rows would be
sorted anew for each page. Filters leave places alone: the best of a unit may stand twelfth.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import batched
from typing import Any

from django.db.models import Count
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.web.tabs import Tab

from .export import CHUNK
from .models import Bucket, Initiative
from .models.initiative import PRIORITY_PARTS, RANK_KEY, InitiativeQuerySet, oversight
from .models.stage import ENDED
from .orders import order_of
from .permissions import money_seen_among
from .register import Register
from .treasury import NOTHING, asked_by, treasury

# The order of the ranking; the columns for which rows are fetched.
BEST_FIRST = "rank"
HEADS = (
    ("Rank", "rank", "n"),
    ("In bucket", "", "n"),
    ("Initiative", "name", ""),
    ("Bucket", "", "opt-col roomy-col"),
    ("Stage", "stage", ""),
    ("Risk", "risk", ""),
    ("Lane", "", "opt-col"),
    ("Priority", "", "n"),
    ("Asked for", "", "n"),
    ("Committed", "", "n"),
)
COLUMNS = ["name", "bucket", "stage", "risk", "lane", "priority"]


def competing(rows: InitiativeQuerySet) -> InitiativeQuerySet:
    """Those that compete for attention and money: on the register, and neither closed nor merged."""
    return rows.on_register().exclude(stage__in=ENDED)


@dataclass(frozen=True)
class Place:
    """A place, 1 for the best, among how many that have a priority."""

    place: int
    among: int


class Places:
    """The places in each bucket and over all, from how many have each priority in each bucket."""

    def __init__(self, counted: Iterable[tuple[int | None, Decimal | None, int]]) -> None:
        self.of_bucket: dict[int | None, int] = {}
        overall: dict[Decimal, int] = {}
        within: dict[int | None, dict[Decimal, int]] = {}
        for bucket, priority, count in counted:
            self.of_bucket[bucket] = self.of_bucket.get(bucket, 0) + count
            if priority is not None:
                overall[priority] = overall.get(priority, 0) + count
                within.setdefault(bucket, {})[priority] = count
        self._overall = _placed(overall)
        self._within = {bucket: _placed(counts) for bucket, counts in within.items()}
        self.all = sum(self.of_bucket.values())
        self.ranked = sum(overall.values())

    def overall(self, priority: Decimal | None) -> Place | None:
        return self._overall.get(priority) if priority is not None else None

    def in_bucket(self, bucket: int | None, priority: Decimal | None) -> Place | None:
        """None without a priority, and for those in no bucket: they compete with nobody there."""
        return self._within[bucket].get(priority) if priority is not None and bucket in self._within else None


def _placed(counts: Mapping[Decimal, int]) -> dict[Decimal, Place]:
    among, before, placed = sum(counts.values()), 0, {}
    for priority in sorted(counts, reverse=True):
        placed[priority] = Place(before + 1, among)
        before += counts[priority]
    return placed


@dataclass(frozen=True)
class Ranked:
    """One initiative with its places and its money. Sums are None where the person may not see them."""

    initiative: Initiative
    overall: Place | None
    in_bucket: Place | None
    asked: Decimal | None
    committed: Decimal | None

    @property
    def hides_money(self) -> bool:
        return self.asked is None


class Ranking(Register):
    """One person's ranking by the query string of an address: filters, search and pages as in the register."""

    title = "Ranking"

    def __init__(self, user: User, query: QueryDict) -> None:
        super().__init__(user, query)
        self.columns = COLUMNS

    @cached_property
    def visible(self) -> InitiativeQuerySet:
        return competing(Initiative.objects.visible_to(self.user))

    @cached_property
    def places(self) -> Places:
        return places_for(self)

    @cached_property
    def count(self) -> int:
        return self.counts.of(f"ranking?{self.narrowing}", self.matching) if self.is_narrowed else self.places.all

    @cached_property
    def ordered_by(self) -> str:
        """The order's name: by rank unless another is asked for."""
        asked = self.query.get("order", "")
        return "" if self.search and not asked else order_of(asked or BEST_FIRST)[0]

    @cached_property
    def rows(self) -> list[Ranked]:
        """The page. Three queries for its money."""
        return self.ranked(self.page.rows)

    def ranked(self, rows: Sequence[Initiative]) -> list[Ranked]:
        """Initiatives with their places and their money."""
        asked, committed = sums_of(rows)
        sees_money = money_seen_among(self.user, rows)
        told = [(row, sees_money(row)) for row in rows]
        return [
            Ranked(
                row,
                self.places.overall(row.priority),
                self.places.in_bucket(row.bucket_id, row.priority) if row.bucket_id else None,
                asked[row.pk] if is_seen else None,
                committed[row.pk] if is_seen else None,
            )
            for row, is_seen in told
        ]

    @cached_property
    def buckets(self) -> list[Bucket]:
        """Those in use, and those that something stands in."""
        return [each for each in Bucket.objects.order_by("name") if each.is_active or each.pk in self.places.of_bucket]

    @cached_property
    def bucket(self) -> Bucket | None:
        """The one that the list is narrowed to, where it is one."""
        asked = [text for text in self.query.getlist("bucket") if text]
        return next((each for each in self.buckets if asked == [str(each.pk)]), None)

    @property
    def tabs(self) -> list[Tab]:
        """All of them, then each bucket; a tab leaves other filters behind, as its count does."""
        here = self.narrowing
        buckets = [(each.name, f"bucket={each.pk}", self.places.of_bucket.get(each.pk, 0)) for each in self.buckets]
        return [
            Tab(label, f"?{query}", count, query == here)
            for label, query, count in [("All buckets", "", self.places.all), *buckets]
        ]

    @cached_property
    def first(self) -> Initiative | None:
        """The one with the highest priority of all that the filters let through; ties go to the lower reference."""
        ranked = self.matching.filter(priority__isnull=False).defer("search", "outcome", "notes")
        return ranked.order_by(RANK_KEY, "pk").first()

    @property
    def heads(self) -> list[tuple[str, str, str, str]]:
        """Of each column its label, its class, the address that sorts by it, and how it is sorted now."""
        return [
            (label, css, *self._sorting(sort)) for label, sort, css in HEADS if label != "Bucket" or not self.bucket
        ]

    def _sorting(self, sort: str) -> tuple[str, str]:
        if not sort:
            return "", ""
        ways = {sort: "ascending", f"-{sort}": "descending"}
        return self.order_address(sort), ways.get(self.ordered_by, "")

    @property
    def hides_some(self) -> bool:
        """Whether the person is one from whom confidential initiatives may be hidden."""
        return may_lack_some(self.user)

    headers = [
        *("Rank", "Of", "Rank in bucket", "Of", "Reference", "Initiative", "Unit", "Bucket", "Stage", "Risk tier"),
        *("Lane", "Priority", *(part.replace("_", " ").capitalize() for part in PRIORITY_PARTS)),
        *("Money asked for", "Committed"),
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, best first."""
        rows = self.matching.select_related("unit", "bucket").defer("search", "summary", "outcome", "notes")
        for chunk in batched(rows.order_by(RANK_KEY, "pk").iterator(chunk_size=CHUNK), CHUNK, strict=False):
            for each in self.ranked(chunk):
                yield _line(each)


def _in_file(place: Place | None) -> tuple[int | None, int | None]:
    return (place.place, place.among) if place else (None, None)


def _line(each: Ranked) -> list[Any]:
    row = each.initiative
    return [
        *_in_file(each.overall),
        *_in_file(each.in_bucket),
        *(row.reference, row.name, row.unit.name, row.bucket.name if row.bucket else ""),
        *(row.get_stage_display(), row.get_risk_tier_display(), row.get_lane_display(), row.priority),
        *row.priority_parts,
        *(each.asked, each.committed),
    ]


def places_for(register: Register) -> Places:
    """The places among all that the person sees. One query, or none where they are kept."""

    def find() -> Places:
        rows = competing(Initiative.objects.visible_to(register.user)).order_by()
        return Places(rows.values_list("bucket", "priority").annotate(Count("pk")))

    return register.counts.kept("places", find)


def sums_of(rows: Sequence[Initiative]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What each asks for, and what is committed to it, by id. Three queries. Whom it may be shown to is not asked."""
    keys = [row.pk for row in rows]
    waiting, held = treasury().waiting(keys), treasury().held(keys)
    ever = {each.initiative for each in held}
    committed = dict.fromkeys(keys, NOTHING)
    for each in held:
        committed[each.initiative] += each.committed
    return {row.pk: asked_by(row.pk, row.requested_amount, waiting, ever) for row in rows}, committed


def may_lack_some(user: User) -> bool:
    """Whether confidential initiatives may be hidden from the person: everybody who does not oversee all units."""
    return oversight(user) is not None
