"""Risks over the whole portfolio as an address asks for them: what may happen, and is it more than we bear?"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db.models import Count, DateField, F, IntegerField, Q

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.web.filtered import FilteredList
from aiso.web.keyset import LATEST_FIRST, Order

from .forms.risks import RiskFilterForm
from .heat_map import HeatMap, heat_map, level_of
from .models import Impact, Initiative, Likelihood, Risk
from .models.register_risk import BASES, RiskQuerySet, score_on
from .risk_appetite import risk_appetite
from .risk_lines import RiskRow, acceptance_of, row_of
from .risks import DUE_SOON

BY_SCORE = Order(score_on("residual"), IntegerField(), descending=True)
BY_DAY = Order(F("due_on"), DateField())
ORDERS = {
    "": ("Highest after treatment first", BY_SCORE),
    "score": ("Lowest after treatment first", Order(score_on("residual"), IntegerField())),
    "-inherent": ("Highest before treatment first", Order(score_on("inherent"), IntegerField(), descending=True)),
    "inherent": ("Lowest before treatment first", Order(score_on("inherent"), IntegerField())),
    "due": ("Due first", BY_DAY),
    "-due": ("Due last", Order(F("due_on"), DateField(), descending=True)),
    "-raised": ("Newest first", LATEST_FIRST),
}
# The tabs: their name in the address, and their label. The first shows unless another is asked for.
STATES = {"open": "Open", "mine": "Mine", "closed": "Closed"}
# What narrows the list and the heat map, and what a cell of that adds.
FILTERS = ("initiative", "owner", "unit", "bucket", "stage", "status", "appetite", "due", "acceptance")
CELL = ("likelihood", "impact")


class RiskRegister(FilteredList[Risk]):
    """One person's view of the risks by the query string of an address."""

    title = "Risks"
    states, filters, orders = STATES, (*FILTERS, *CELL), ORDERS
    kept = ("basis",)

    @property
    def basis(self) -> str:
        return self._one_of(BASES, "basis", "residual")

    @cached_property
    def appetite(self) -> int:
        return risk_appetite()

    @cached_property
    def counts(self) -> dict[str, int]:
        return risk_counts(self.viewer, self.appetite)

    @cached_property
    def form(self) -> RiskFilterForm:
        visible = Risk.objects.visible_to(self.viewer).order_by()
        owners = User.objects.people().filter(pk__in=visible.values("owner"))
        initiatives = Initiative.objects.visible_to(self.viewer)
        form = RiskFilterForm(self.query, self.order_choices, owners, initiatives)
        form.is_valid()
        return form

    @cached_property
    def mapped(self) -> RiskQuerySet:
        """What the heat map counts: all that fits, wherever it stands."""
        found = in_state(Risk.objects.visible_to(self.viewer), self.state, self.viewer)
        wanted = {name: value for name, value in self.chosen.items() if name not in CELL}
        return narrowed(found, wanted, appetite=self.appetite, basis=self.basis)

    @cached_property
    def matching(self) -> RiskQuerySet:
        place = {name: value for name, value in self.chosen.items() if name in CELL}
        found = narrowed(self.mapped, place, appetite=self.appetite, basis=self.basis)
        return found.select_related("initiative__unit", "initiative__bucket", "owner", "acceptance__accepted_by")

    @cached_property
    def heat(self) -> HeatMap:
        chosen = self.chosen
        place = (chosen["likelihood"], chosen["impact"]) if {*CELL} <= chosen.keys() else None
        return heat_map(self.mapped, basis=self.basis, appetite=self.appetite, address=self._cell, chosen=place)

    def _cell(self, likelihood: Likelihood, impact: Impact) -> str:
        return self.address(likelihood=str(likelihood.value), impact=str(impact.value))

    @property
    def rows(self) -> list[RiskRow]:
        return [row_of(risk, self.appetite) for risk in self.page.rows]

    @cached_property
    def count(self) -> int:
        """How many match; the heat map has counted them already."""
        if not {*CELL} & self.chosen.keys():
            return self.heat.total
        return self.matching.order_by().count()

    @property
    def other_basis(self) -> str:
        """The address of the other heat map. A cell of one is none of the other."""
        other = "inherent" if self.basis == "residual" else "residual"
        return self.address(basis="" if other == "residual" else other, likelihood="", impact="")

    @property
    def by_day(self) -> str:
        """The address that sorts by the day, the other way round when it does already."""
        return self.address(order="-due" if self.order == "due" else "due")

    @property
    def by_score(self) -> str:
        return self.address(order="" if self.order else "score")

    @property
    def by_inherent(self) -> str:
        return self.address(order="inherent" if self.order == "-inherent" else "-inherent")

    headers = [
        *("Initiative", "Name", "Unit", "Risk", "Because of", "There may be", "Which leads to"),
        *("Inherent likelihood", "Inherent impact", "Inherent score", "Treatment", "What is done"),
        *("Owner", "Owner e-mail", "Due", "Residual likelihood", "Residual impact", "Residual score"),
        *("Level", "Above appetite", "Status", "Reason", "Past due", "Acceptance", "Accepted until", "Accepted by"),
        "Raised",
    ]

    def lines(self) -> Iterator[list[Any]]:
        """For a file: all that match, the highest after treatment first."""
        ordered = BY_SCORE.apply(self.matching)
        for risk in ordered.iterator(chunk_size=1000):
            initiative, held = risk.initiative, risk.last_acceptance
            yield [
                *(initiative.reference, initiative.name, initiative.unit.name),
                *(risk.title, risk.cause, risk.event, risk.effect, risk.likelihood, risk.impact, risk.score),
                *(risk.get_treatment_display(), risk.measures, risk.owner.name, risk.owner.email, risk.due_on),
                *(risk.residual_likelihood, risk.residual_impact, risk.residual_score),
                level_of(risk.residual_score),
                *("Yes" if risk.residual_score > self.appetite else "No", risk.get_status_display(), risk.reason),
                *("Yes" if risk.is_late else "No", acceptance_of(risk)),
                *(held.until if held else None, held.accepted_by.name if held else "", risk.raised_at),
            ]


def in_state(risks: RiskQuerySet, state: str, viewer: User) -> RiskQuerySet:
    """The risks under one tab."""
    if state == "closed":
        return risks.filter(status=Risk.Status.CLOSED)
    return risks.open().filter(owner=viewer) if state == "mine" else risks.open()


def narrowed(found: RiskQuerySet, wanted: Mapping[str, Any], *, appetite: int, basis: str) -> RiskQuerySet:
    """Risks by what an address or a script asks for; page and API read it here. No query of its own."""
    likelihood, impact = BASES[basis]
    plain = {
        "initiative": "initiative",
        "owner": "owner",
        "bucket": "initiative__bucket",
        "stage": "initiative__stage",
        "status": "status",
        "likelihood": likelihood,
        "impact": impact,
    }
    found = found.filter(**{field: wanted[name] for name, field in plain.items() if wanted.get(name)})
    if unit := wanted.get("unit"):
        found = found.filter(initiative__unit__in=BusinessUnit.objects.and_below([unit.pk]))
    if side := wanted.get("appetite"):
        found = found.above(appetite, basis) if side == "above" else found.within(appetite, basis)
    if due := wanted.get("due"):
        found = found.late() if due == "past" else _due_soon(found)
    return by_acceptance(found, wanted.get("acceptance", ""))


def by_acceptance(found: RiskQuerySet, state: str) -> RiskQuerySet:
    """Those whose acceptance stands so; all where nothing is asked."""
    if state == "accepted":
        return found.accepted()
    if state == "expiring":
        return found.expiring()
    if state == "expired":
        return found.expired()
    return found.unaccepted() if state == "none" else found


def _due_soon(found: RiskQuerySet) -> RiskQuerySet:
    days = (clock.today(), clock.days_ahead(DUE_SOON))
    return found.to_treat().filter(due_on__range=days)


def risk_counts(viewer: User, appetite: int) -> dict[str, int]:
    """Under each tab, and of the open ones those above appetite, past due or no longer accepted. One query."""
    visible = Risk.objects.visible_to(viewer)

    def among(rows: RiskQuerySet, *more: Q) -> Count:
        return Count("pk", filter=Q(*more, pk__in=rows.order_by().values("pk")))

    found: dict[str, int] = visible.aggregate(
        open=among(visible.open()),
        mine=among(visible.open(), Q(owner=viewer)),
        closed=Count("pk", filter=Q(status=Risk.Status.CLOSED)),
        above=among(visible.open().above(appetite)),
        late=among(visible.late()),
        expired=among(visible.open().expired()),
    )
    return found
