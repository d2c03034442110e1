"""What a cost centre leads to, and what a rule makes of a cost that several initiatives share. Writes nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Prefetch

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.web import figures
from portfolio.models import Initiative

from .models import (
    CostCentre,
    CostCentreMapping,
    LedgerEntry,
    SharedCost,
    SharingPart,
    SharingRule,
    SharingVersion,
)
from .models.ledger import BY_CENTRE, BY_RULE
from .permissions import SHARING, can_share
from .posting import Ground, NewEntry, why_not_post
from .splitting import split

# What a row of an initiative does not need here.
UNREAD = ("search", "notes", "summary", "outcome")
UNSEEN = "an initiative that you do not see"


@dataclass(frozen=True)
class Split:
    """A shared cost as it would be posted: itself, and an entry for each part that is more than nothing."""

    cost: SharedCost
    parts: list[tuple[SharingPart, LedgerEntry]]


def parts_read() -> "Prefetch[Any]":
    """The parts of versions, with their initiatives, in their order."""
    rows = SharingPart.objects.order_by("initiative_id").select_related("initiative")
    return Prefetch("parts", rows.defer(*(f"initiative__{name}" for name in UNREAD)))


class SharingGround:
    """What costs are split by: all versions of some rules, and whose parts the person sees. Three queries."""

    def __init__(self, viewer: User, rules: Iterable[int]) -> None:
        self.viewer = viewer
        rows = SharingVersion.objects.filter(rule__in=[*rules]).order_by("-pk")
        self._versions: dict[int, list[SharingVersion]] = defaultdict(list)
        for version in rows.select_related("rule").prefetch_related(parts_read()):
            self._versions[version.rule_id].append(version)
        self._may: dict[int, bool] = {}

    @property
    def initiatives(self) -> set[int]:
        """All that have a part by whatever version."""
        versions = (version for found in self._versions.values() for version in found)
        return {part.initiative_id for version in versions for part in version.parts.all()}

    @cached_property
    def _seen(self) -> set[int]:
        return {
            *Initiative.objects.visible_to(self.viewer).filter(pk__in=self.initiatives).values_list("pk", flat=True)
        }

    def version_on(self, rule: SharingRule, day: date) -> SharingVersion:
        """What the rule says on a day. Raises DomainError while it says nothing."""
        for version in self._versions[rule.pk]:
            if version.starts_on <= day:
                return version
        raise DomainError(f"The rule “{rule}” does not hold yet on {figures.day(day)}.", field="happened_on")

    def drawn(self, rule: SharingRule, asked: NewEntry, ground: Ground) -> Split:
        """The shared cost and its entries, unsaved. Raises DomainError for what cannot be posted, on whichever part."""
        if asked.is_benefit:
            raise DomainError("Costs are shared; a benefit is claimed by the initiative that brings it.", field="kind")
        if asked.amount is None or asked.amount <= 0:
            raise DomainError("An amount is more than 0. To take one back, reverse its entry.", field="amount")
        version = self.version_on(rule, asked.dated_on)
        self._check(version)
        parts = [*version.parts.all()]
        amounts = split(asked.amount, [part.share for part in parts])
        told = replace(asked, key=f"{BY_RULE}{hashlib.sha256(asked.key.strip().encode()).hexdigest()[:40]}")
        entries = [
            (part, ground.drawn(part.initiative, replace(told, amount=amount), self.viewer))
            for part, amount in zip(parts, amounts, strict=True)
            if amount
        ]
        return Split(_cost(version, asked.amount, asked.key.strip(), entries[0][1]), entries)

    def _check(self, version: SharingVersion) -> None:
        if version.pk not in self._may:
            self._may[version.pk] = can_share(self.viewer, [part.initiative for part in version.parts.all()])
        if not self._may[version.pk]:
            raise DomainError(SHARING)
        for part in version.parts.all():
            if refusal := why_not_post(part.initiative):
                who = part.initiative.reference if part.initiative_id in self._seen else UNSEEN
                raise DomainError(f"By the rule “{version.rule}” {who} has a part. {refusal} Write the rule anew.")


def _cost(version: SharingVersion, amount: Decimal, key: str, entry: LedgerEntry) -> SharedCost:
    """The whole, which says what its entries say but for the amount."""
    alike = ("kind", "currency", "happened_on", "first_on", "last_on", "evidence", "recorded_by", "recorded_at")
    told = {name: getattr(entry, name) for name in alike}
    return SharedCost(version=version, amount=amount, key=key, **told)


def is_same_cost(cost: SharedCost | LedgerEntry, asked: NewEntry) -> bool:
    """Whether what is posted again under its key says the same, wherever it went the first time."""
    said = {
        "kind": asked.kind,
        "amount": asked.amount,
        "currency": asked.in_currency,
        "evidence": asked.evidence.strip(),
    }
    days = {name: getattr(asked, name) for name in ("happened_on", "first_on", "last_on")}
    said |= {name: day for name, day in days.items() if day}
    return all(getattr(cost, name) == value for name, value in said.items())


class Centres:
    """What some cost centres lead to on each day. Two queries, none where none is named."""

    def __init__(self, codes: Iterable[str]) -> None:
        named = {*codes} - {""}
        rows = CostCentre.objects.filter(code__in=named) if named else CostCentre.objects.none()
        self.known = {centre.code: centre for centre in rows}
        self._mappings: dict[int, list[CostCentreMapping]] = defaultdict(list)
        if self.known:
            mappings = CostCentreMapping.objects.filter(centre__in=[*self.known.values()]).select_related("rule")
            for mapping in mappings.order_by("-pk"):
                self._mappings[mapping.centre_id].append(mapping)

    @property
    def rules(self) -> set[int]:
        return {each.rule_id for each in self._all() if each.rule_id}

    @property
    def initiatives(self) -> set[int]:
        return {each.initiative_id for each in self._all() if each.initiative_id}

    def _all(self) -> Iterable[CostCentreMapping]:
        return (each for found in self._mappings.values() for each in found)

    def mapped(self, code: str, day: date) -> CostCentreMapping:
        """What the costs of a day belong to. Raises DomainError where there is no such centre, or it is not mapped."""
        if (centre := self.known.get(code)) is None:
            raise DomainError(f"No cost centre is “{code[:40]}”. Finance adds and maps it under Value, Cost centres.")
        found = next((each for each in self._mappings[centre.pk] if each.starts_on <= day), None)
        if found is None or not (found.initiative_id or found.rule_id):
            raise DomainError(
                f"Cost centre {code} belongs to nothing on {figures.day(day)}. Finance maps it under Value, "
                "Cost centres."
            )
        return found


def centre_key(code: str, key: str) -> str:
    """What names a booking of a cost centre, wherever its costs belong."""
    told = f"{BY_CENTRE}{code}:{key}"
    return told if len(told) <= 120 else f"{BY_CENTRE}{hashlib.sha256(told.encode()).hexdigest()}"
