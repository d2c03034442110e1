"""With this envelope, which are funded? Worked out from the address alone; nothing is changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from aiso.accounts.models import User

from .forms.what_if import WhatIfForm
from .funded import Candidate, Result, funded
from .models import Initiative, Stage
from .models.initiative import RANK_KEY, money_reach
from .models.risk import RiskTier
from .pots import Pot, pots_of
from .ranking import Place, Places, competing, may_lack_some, places_for
from .register import Register
from .treasury import NOTHING, Held, asked_by, treasury

# Rows drawn of those that are funded, and of those that are not; files hold all of them.
FUNDED_SHOWN, MISSED_SHOWN = 100, 25
# Names told of those that the change gains or loses.
NAMED = 12
# Initiatives that one address puts in or leaves out by hand.
BY_HAND = 100
REFERENCE = re.compile(r"AI-(\d{1,12})")


@dataclass(frozen=True)
class Asking:
    """One that asks for money, or holds some that is not spent, with its rank's key."""

    pk: int
    bucket: int | None
    priority: Decimal | None
    asked: Decimal
    unspent: Decimal

    @property
    def reference(self) -> str:
        return f"AI-{self.pk:04d}"

    def needs(self, *, anew: bool) -> Decimal:
        return self.asked + self.unspent if anew else self.asked


@dataclass(frozen=True)
class Line:
    """One row of the answer. `left` is what is left after it, `lacking` what it falls short of."""

    initiative: Initiative
    place: Place | None
    asked: Decimal
    amount: Decimal
    is_funded: bool
    left: Decimal
    lacking: Decimal
    by_hand: str
    against_today: str
    ways: Sequence[tuple[str, str]]


class WhatIf:
    """One person's question by the query string of an address, and its answer."""

    title = "What-if"

    def __init__(self, viewer: User, query: QueryDict) -> None:
        self.viewer, self.query = viewer, query
        self.first, self.without = _named(query.getlist("first")), _named(query.getlist("without"))
        self.without -= self.first

    @cached_property
    def pots(self) -> list[Pot]:
        return pots_of(self.viewer)

    @cached_property
    def pot(self) -> Pot:
        """The one that is asked about; all where the address names none that is there."""
        asked = self.query.get("envelope", "")
        return next((pot for pot in self.pots if pot.key == asked), self.pots[0])

    @cached_property
    def form(self) -> WhatIfForm:
        return WhatIfForm(self.query, self.pot.amount)

    @property
    def amount(self) -> Decimal:
        """What is in the envelope: as asked, else as it is."""
        return self.pot.amount or NOTHING if self.form.given is None else self.form.given

    @cached_property
    def fixed(self) -> Decimal:
        """What of it cannot be handed out: committed, or where all begins anew, what is spent or not theirs to move."""
        if not self.form.begins_anew:
            return self.pot.committed
        return self.pot.committed - sum((each.unspent for each in self.askings), NOTHING)

    @property
    def to_hand_out(self) -> Decimal:
        return max(self.amount - self.fixed, NOTHING)

    @property
    def beyond(self) -> Decimal:
        """By how much the envelope is too small for what is committed already."""
        return max(self.fixed - self.amount, NOTHING)

    @cached_property
    def all_askings(self) -> list[Asking]:
        """All that the person sees, and sees the money of, by rank. Four queries. Prohibited uses stop (DESIGN §5), and
        paused ones wait: they get none.
        """
        waiting, held = treasury().waiting(), treasury().held()
        ever, unspent = {each.initiative for each in held}, _unspent(held, self.pot)
        seen = competing(Initiative.objects.visible_to(self.viewer).with_money_for(self.viewer))
        seen = seen.exclude(risk_tier=RiskTier.PROHIBITED).exclude(stage=Stage.PAUSED)
        asking = seen.filter(Q(requested_amount__gt=0) | Q(pk__in={*waiting, *unspent})).order_by(RANK_KEY, "pk")
        found = []
        for pk, bucket, priority, requested in asking.values_list("pk", "bucket", "priority", "requested_amount"):
            each = Asking(pk, bucket, priority, asked_by(pk, requested, waiting, ever), unspent.get(pk, NOTHING))
            if each.asked or each.unspent:
                found.append(each)
        return found

    @cached_property
    def askings(self) -> list[Asking]:
        """Those that this pot is for, and that have a rank."""
        return [each for each in self.all_askings if each.priority is not None and self._is_of_pot(each)]

    @cached_property
    def unranked(self) -> list[Asking]:
        """Those of this pot that ask for money and have no priority, so no rank."""
        return [each for each in self.all_askings if each.priority is None and each.asked and self._is_of_pot(each)]

    @cached_property
    def elsewhere(self) -> list[Asking]:
        """Those that ask for money where no envelope is: of the whole pot alone."""
        if self.pot.key:
            return []
        return [each for each in self.all_askings if each.asked and not self._is_of_pot(each)]

    def _is_of_pot(self, asking: Asking) -> bool:
        return self.pot.buckets is None or asking.bucket in self.pot.buckets

    @cached_property
    def needs(self) -> dict[int, Decimal]:
        """What each would have to get, by id, best first."""
        anew = self.form.begins_anew
        return {each.pk: need for each in self.askings if (need := each.needs(anew=anew))}

    @cached_property
    def result(self) -> Result:
        candidates = [Candidate(pk, need) for pk, need in self.needs.items()]
        return funded(candidates, self.to_hand_out, stops=self.form.stops, first=self.first, without=self.without)

    @cached_property
    def today(self) -> frozenset[int]:
        """Who is funded with the envelope as it is: what is committed stays, and nobody is chosen by hand."""
        candidates = [Candidate(each.pk, each.asked) for each in self.askings if each.asked]
        free = (self.pot.amount or NOTHING) - self.pot.committed
        found = {*funded(candidates, free, stops=self.form.stops).funded}
        if self.form.begins_anew:
            found |= {each.pk for each in self.askings if each.unspent}
        return frozenset(found)

    @property
    def handed_out(self) -> Decimal:
        return sum((self.needs[pk] for pk in self.result.funded), NOTHING)

    @property
    def missing(self) -> Decimal:
        """What all that are not funded would need."""
        return sum((self.needs[pk] for pk in self.result.missed), NOTHING)

    @property
    def gained(self) -> list[int]:
        return [pk for pk in self.result.funded if pk not in self.today]

    @property
    def lost(self) -> list[int]:
        return [pk for pk in self.needs if pk in self.today and pk not in self.result.funded]

    @cached_property
    def shown(self) -> dict[int, Initiative]:
        """The initiatives that the page names. One query."""
        result = self.result
        wanted = {*[*result.funded][:FUNDED_SHOWN], *[*result.missed][:MISSED_SHOWN], *self._left_out}
        wanted |= {*self.gained[:NAMED], *self.lost[:NAMED]}
        rows = Initiative.objects.visible_to(self.viewer).select_related("bucket")
        return rows.defer("search", "summary", "outcome", "notes").in_bulk(wanted)

    @property
    def funded_lines(self) -> list[Line]:
        return [self._line(pk) for pk in [*self.result.funded][:FUNDED_SHOWN]]

    @property
    def missed_lines(self) -> list[Line]:
        return [self._line(pk) for pk in [*self.result.missed][:MISSED_SHOWN]]

    @property
    def left_out_lines(self) -> list[Line]:
        return [self._line(pk) for pk in self._left_out]

    @cached_property
    def answered(self) -> list[Asking]:
        """All of them: the funded by rank, then those that are not, then those left out by hand."""
        return [self.by_key[pk] for pk in (*self.result.funded, *self.result.missed, *self._left_out)]

    @property
    def more_funded(self) -> int:
        return max(0, len(self.result.funded) - FUNDED_SHOWN)

    @property
    def more_missed(self) -> int:
        return max(0, len(self.result.missed) - MISSED_SHOWN)

    @property
    def gained_named(self) -> list[Initiative]:
        return [self.shown[pk] for pk in self.gained[:NAMED]]

    @property
    def lost_named(self) -> list[Initiative]:
        return [self.shown[pk] for pk in self.lost[:NAMED]]

    @property
    def _left_out(self) -> list[int]:
        return [pk for pk in self.needs if pk in self.without]

    @cached_property
    def places(self) -> Places:
        return places_for(Register(self.viewer, QueryDict()))

    @property
    def hides_some(self) -> bool:
        return may_lack_some(self.viewer)

    @property
    def hides_money(self) -> bool:
        """Whether the person sees the money of some units only."""
        return money_reach(self.viewer) is not None

    @cached_property
    def by_key(self) -> dict[int, Asking]:
        return {each.pk: each for each in self.askings}

    def _line(self, pk: int) -> Line:
        row, asking, result = self.shown[pk], self.by_key[pk], self.result
        return Line(
            initiative=row,
            place=self.place_of(asking),
            asked=asking.asked,
            amount=self.needs[pk],
            is_funded=pk in result.funded,
            left=result.funded.get(pk, NOTHING),
            lacking=result.missed.get(pk, NOTHING),
            by_hand=self.by_hand(pk),
            against_today=self.against_today(pk),
            ways=self._ways(pk, row.reference),
        )

    def place_of(self, asking: Asking) -> Place | None:
        """Its rank: in the bucket where the pot is one bucket's, else over all."""
        bucket = self.pot.bucket
        return self.places.in_bucket(bucket, asking.priority) if bucket else self.places.overall(asking.priority)

    def by_hand(self, pk: int) -> str:
        return "first" if pk in self.first else "without" if pk in self.without else ""

    def against_today(self, pk: int) -> str:
        """Whether it gains or loses against the envelope as it is; empty where nothing differs for it."""
        if self.pot.amount is None or (pk in self.today) == (pk in self.result.funded):
            return ""
        return "lost" if pk in self.today else "gained"

    def _ways(self, pk: int, reference: str) -> list[tuple[str, str]]:
        """What can be done with a row by hand, each with its address."""
        if pk in self.first or pk in self.without:
            return [("Undo", self._with_hand(reference))]
        out = ("Leave out", self._with_hand(reference, "without"))
        return [out] if pk in self.result.funded else [("Put first", self._with_hand(reference, "first")), out]

    def _with_hand(self, reference: str, to: str = "") -> str:
        query = self.query.copy()
        for name in ("first", "without"):
            kept = [each for each in query.getlist(name) if each != reference]
            query.setlist(name, [*kept, reference] if name == to else kept)
        return f"?{query.urlencode()}"

    def address(self, **changes: str) -> str:
        """This address with some parts changed; empty takes one out."""
        query = self.query.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The pots. Another one brings its own amount, and nobody chosen by hand."""
        kept = {name: str(self.query.get(name, "")) for name in ("then", "held")}
        return [(pot.label, _address({"envelope": pot.key} | kept), pot == self.pot) for pot in self.pots]

    @property
    def reset(self) -> str:
        """The address of the envelope as it is."""
        return _address({"envelope": self.pot.key})

    @property
    def is_changed(self) -> bool:
        """Whether the answer is of something other than the envelope as it is."""
        is_other = self.amount != (self.pot.amount or NOTHING) or self.form.begins_anew
        return bool(is_other or self.first or self.without)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form that changes the choices carries along."""
        return [
            (name, value) for name in ("envelope", "first", "without") for value in self.query.getlist(name) if value
        ]

    headers = [
        *("Rank", "Reference", "Initiative", "Bucket", "Priority", "Money asked for", "Needed", "Funded"),
        *("Left after it", "Short by", "By hand", "Against today"),
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all of them, the funded first. One query for their names."""
        rows = Initiative.objects.visible_to(self.viewer).filter(pk__in=[each.pk for each in self.answered])
        names = {pk: told for pk, *told in rows.values_list("pk", "name", "bucket__name")}
        for each in self.answered:
            yield self._written(each, *names[each.pk])

    def _written(self, asking: Asking, name: str, bucket: str | None) -> list[Any]:
        pk, place = asking.pk, self.place_of(asking)
        by_hand = {"first": "put first", "without": "left out"}.get(self.by_hand(pk), "")
        return [
            *(place.place if place else None, asking.reference, name, bucket or "", asking.priority),
            *(asking.asked, self.needs[pk], "Yes" if pk in self.result.funded else "No"),
            *(self.result.funded.get(pk), self.result.missed.get(pk), by_hand, self.against_today(pk)),
        ]


def _unspent(held: Sequence[Held], pot: Pot) -> dict[int, Decimal]:
    """What initiatives have of the pot's envelopes and did not spend, by id."""
    found: dict[int, Decimal] = {}
    for each in held:
        left = each.committed - each.spent
        if each.envelope in pot.keys and left:
            found[each.initiative] = found.get(each.initiative, NOTHING) + left
    return found


def _named(references: Sequence[str]) -> set[int]:
    """The ids of references in an address; what is none is left aside."""
    return {int(found[1]) for text in references[:BY_HAND] if (found := REFERENCE.fullmatch(text))}


def _address(parts: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in parts.items() if value})
    return f"?{query.urlencode()}"
