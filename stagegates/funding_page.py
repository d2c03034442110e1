"""What the pages of money show: envelopes of a day, one envelope, one tranche, requests, the money of an initiative."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import BigIntegerField, F, Prefetch, QuerySet, Sum
from django.utils.dateparse import parse_date

from aiso import clock
from aiso.accounts.models import User
from aiso.web.keyset import Order, Page, page_of
from portfolio.models import Bucket, Initiative

from .actions.funding import may_override
from .actions.land_spending import may_upload
from .blocks import Block
from .forms.funding import ReleaseForm, SpendForm
from .models import Condition, Envelope, FundingEntry, FundingRequest, FundingRuling, GateReview, Merge, Tranche
from .money import NOTHING, SUMS, Funding, totals_of
from .permissions import can_record_spend, can_release, can_set_envelopes
from .release_blocks import blocks_of_release

PAGE = 50
AS_MADE = Order(F("pk"), BigIntegerField())
# The figures of an envelope that lead to its tranches, with what each is called.
SHOWN = {
    "committed": "Committed",
    "withheld": "Withheld",
    "released": "Released",
    "spent": "Spent",
    "unspent": "Unspent",
    "overspent": "Overspent",
}


@dataclass(frozen=True)
class Row:
    """One bucket on one day. `asked` is what open reviews and requests of its initiatives ask for."""

    bucket: Bucket
    envelope: Envelope | None
    asked: Decimal

    @property
    def sums(self) -> list[tuple[str, Decimal]]:
        """The figures that lead to tranches."""
        return [(name, getattr(self.envelope, name)) for name in SHOWN] if self.envelope else []


@dataclass(frozen=True)
class Ask:
    """Money that waits for a decision: at a gate, or outside one."""

    initiative: Initiative
    where: str
    amount: Decimal
    url: str


class FundingOverview:
    """The envelopes of a day by bucket, for those who see the money of every unit. Four queries; two more with what is
    asked for in one bucket.
    """

    def __init__(self, viewer: User, asked_day: str = "", bucket: str = "") -> None:
        self.viewer, self.asked_bucket = viewer, bucket
        self.day = _day(asked_day) or clock.today()
        self.is_today = self.day == clock.today()

    @cached_property
    def rows(self) -> list[Row]:
        """Buckets that are in use or have an envelope, by name."""
        envelopes = Envelope.objects.visible_to(self.viewer).on(self.day).with_figures()
        by_bucket = {each.bucket_id: each for each in envelopes}
        asked = self._asked()
        return [
            Row(bucket, by_bucket.get(bucket.pk), asked.get(bucket.pk, NOTHING))
            for bucket in Bucket.objects.order_by("name")
            if bucket.is_active or bucket.pk in by_bucket
        ]

    @cached_property
    def total(self) -> dict[str, Decimal]:
        found = [row.envelope for row in self.rows if row.envelope]
        return {name: sum((getattr(each, name) for each in found), NOTHING) for name in ("amount", "free", *SUMS)} | {
            "asked": sum((row.asked for row in self.rows), NOTHING)
        }

    @cached_property
    def bucket(self) -> Bucket | None:
        """The one of which the page shows what is asked for."""
        return next((row.bucket for row in self.rows if str(row.bucket.pk) == self.asked_bucket), None)

    @cached_property
    def asks(self) -> list[Ask]:
        """What initiatives of the bucket that the viewer sees ask for."""
        seen = Initiative.objects.visible_to(self.viewer).filter(bucket=self.bucket)
        reviews = GateReview.objects.open().filter(initiative__in=seen, amount__gt=0)
        requests = FundingRequest.objects.open().filter(initiative__in=seen)
        return [
            *(
                Ask(each.initiative, each.title, each.amount or NOTHING, each.get_absolute_url())
                for each in reviews.select_related("initiative", "gates_version").order_by("pk")
            ),
            *(
                Ask(each.initiative, "Outside a gate", each.amount, each.get_absolute_url())
                for each in requests.select_related("initiative").order_by("pk")
            ),
        ]

    @property
    def hidden_ask(self) -> Decimal:
        """What confidential initiatives ask for that the viewer does not see: as one sum."""
        whole = next((row.asked for row in self.rows if row.bucket == self.bucket), NOTHING)
        return whole - sum((each.amount for each in self.asks), NOTHING)

    @property
    def lacking(self) -> int:
        """How many buckets have no envelope on the day."""
        return sum(row.envelope is None for row in self.rows)

    @cached_property
    def has_any(self) -> bool:
        return any(row.envelope for row in self.rows)

    @property
    def may_set(self) -> bool:
        return can_set_envelopes(self.viewer)

    @property
    def may_import(self) -> bool:
        return may_upload(self.viewer)

    def _asked(self) -> dict[int, Decimal]:
        asked: dict[int, Decimal] = {}
        reviews = GateReview.objects.open().filter(amount__gt=0)
        for rows in (reviews, FundingRequest.objects.open()):
            grouped = rows.filter(initiative__bucket__isnull=False).order_by().values_list("initiative__bucket")
            for bucket, amount in grouped.annotate(total=Sum("amount")):
                asked[bucket] = asked.get(bucket, NOTHING) + amount
        return asked


class EnvelopePage:
    """One envelope with the tranches behind one of its figures."""

    def __init__(self, viewer: User, envelope: Envelope, query: "dict[str, str]") -> None:
        self.viewer, self.envelope, self.query = viewer, envelope, query
        self.shown = query.get("show", "") if query.get("show") in SHOWN else "committed"

    @property
    def tabs(self) -> list[tuple[str, str, Decimal, bool]]:
        address = self.envelope.get_absolute_url()
        return [
            (label, f"{address}?show={name}#tranches", getattr(self.envelope, name), name == self.shown)
            for name, label in SHOWN.items()
        ]

    @property
    def label(self) -> str:
        return SHOWN[self.shown]

    @cached_property
    def all_tranches(self) -> "QuerySet[Tranche]":
        tranches = Tranche.objects.filter(envelope=self.envelope)
        # Of an initiative that ended nothing may be committed any more, and its rows still are those of the period.
        return tranches if self.shown == "committed" else tranches.filter(**{f"{self.shown}__gt": 0})

    @cached_property
    def page(self) -> Page[Tranche]:
        seen = self.all_tranches.filter(initiative__in=Initiative.objects.visible_to(self.viewer))
        # History on the same page goes on by `after`.
        place = {"after": self.query.get("later", ""), "before": self.query.get("earlier", "")}
        return page_of(with_names(seen), AS_MADE, size=PAGE, **place)

    @cached_property
    def total(self) -> Funding:
        return totals_of(self.all_tranches)

    @cached_property
    def hidden(self) -> Funding:
        """What belongs to confidential initiatives that the viewer does not see: as one sum."""
        return totals_of(self.all_tranches.exclude(initiative__in=Initiative.objects.visible_to(self.viewer)))

    @property
    def may_set(self) -> bool:
        return can_set_envelopes(self.viewer)


class TranchePage:
    """One tranche as one person sees it, with what they may do."""

    def __init__(self, person: User, tranche: Tranche) -> None:
        self.person, self.tranche = person, tranche
        self.would_overspend: Decimal | None = None

    @cached_property
    def entries(self) -> list[FundingEntry]:
        """The latest first."""
        related = ("recorded_by", "decision", "reverses", "reversed_by")
        return [*self.tranche.entries.select_related(*related).order_by("-pk")]

    @cached_property
    def came_by(self) -> Merge | None:
        """The merge that brought it here, for those who see both initiatives."""
        if self.tranche.is_decided_here:
            return None
        rows = Merge.objects.visible_to(self.person).select_related("merged", "survivor")
        return rows.filter(decision=self.tranche.decision_id).first()

    @cached_property
    def settled(self) -> list[Condition]:
        """The conditions of its approval that hold it back no more; open ones stand among the blocks."""
        if not self.tranche.is_held_back:
            return []
        conditions = self.tranche.approval.conditions.visible_to(self.person).select_related("owner")
        return [each for each in conditions if not each.is_open]

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of_release(self.tranche) if self.tranche.withheld else []

    @cached_property
    def may_release(self) -> bool:
        return self.tranche.withheld > 0 and can_release(self.person, self.tranche)

    @cached_property
    def to_override(self) -> list[Block]:
        if not (self.blocks and self.may_release and may_override(self.person, self.tranche.approval)):
            return []
        return [block for block in self.blocks if block.can_be_overridden]

    @property
    def can_release_now(self) -> bool:
        """Whether sending the form could do it."""
        return self.may_release and len(self.to_override) == len(self.blocks)

    @cached_property
    def release_form(self) -> ReleaseForm:
        return ReleaseForm(self.to_override)

    @cached_property
    def may_spend(self) -> bool:
        return can_record_spend(self.person, self.tranche.initiative)

    @property
    def envelope_url(self) -> str:
        sees = Envelope.objects.visible_to(self.person).filter(pk=self.tranche.envelope_id).exists()
        return self.tranche.envelope.get_absolute_url() if sees else ""

    @cached_property
    def spend_form(self) -> SpendForm:
        return SpendForm()


def with_names(tranches: "QuerySet[Tranche]") -> "QuerySet[Tranche]":
    """Tranches with what a row of them names."""
    hidden = ("search", "notes", "summary", "outcome")
    told = ("review__gates_version", "body")
    decided = (f"{decision}__{name}" for decision in ("decision", "approved_in") for name in told)
    related = ("initiative", "envelope__bucket", "condition", *decided)
    return tranches.select_related(*related).defer(*(f"initiative__{name}" for name in hidden))


def requests_of(initiative: Initiative) -> list[FundingRequest]:
    """What it asked for outside gates, the latest first, with what was decided."""
    return [*with_decisions(FundingRequest.objects.filter(initiative=initiative))]


def with_decisions(requests: "QuerySet[FundingRequest]") -> "QuerySet[FundingRequest]":
    rulings = FundingRuling.objects.select_related("decision__body").order_by("-pk")
    return requests.select_related("initiative", "asked_by").prefetch_related(Prefetch("rulings", rulings))


def _day(text: str) -> date | None:
    """A day written 2026-11-22; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None
