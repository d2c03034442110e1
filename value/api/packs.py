"""Board packs: the dashboard's figures as they stood, with their files, and those that come by mail."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, TypedDict

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso import clock
from aiso.api.fields import IdField, unit_field
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_file, answers_page
from aiso.api.shapes import Named, Person, named
from aiso.web.keyset import AS_MADE, LATEST_FIRST, page_of
from portfolio.models import Bucket

from ..actions.packs import ask_for_pack, end_subscription, subscribe_to_packs
from ..dashboard.asked import WINDOWS
from ..models import BoardPack, BoardPackQuerySet, PackFile, PackSubscription
from ..packs.mailed import MEDIA_TYPES
from ..packs.restated import Restated, restated_since
from ..packs.told import Kept, amount_of
from ..packs.whose_money import Units, money_of
from .dashboard import SHARE
from .known_at import AsOfField

Kind = PackFile.Kind
PLAIN = "A whole number or a decimal; null is no data."


class PackRowShape(TypedDict):
    """A board pack, as lists tell it."""

    id: int
    days: Annotated[int, {"enum": [*WINDOWS]}]
    as_of: Annotated[date, "The last day counted."]
    known_at: Annotated[datetime, "What was recorded later is not in it."]
    unit: Annotated[Named | None, "It and those below it; null is the whole company."]
    bucket: Named | None
    money_units: Annotated[
        list[Named] | None, "Whose money it counts, with the units below each; null is all that it is of, empty none."
    ]
    state: Annotated[str, BoardPack.State]
    progress: Annotated[int, "Per cent of its steps."]
    failure: Annotated[str, "Why it was not made."]
    asked_by: Person
    made_at: datetime | None


class PackLineShape(TypedDict):
    """One value of a figure, in its window and in the one before."""

    name: str
    label: str
    kind: Annotated[str, {"enum": ["days", "count", "share", "points", "money"]}]
    now: Annotated[str | None, PLAIN]
    before: Annotated[str | None, f"{PLAIN} Also null for open pilots, which are told of the last day alone."]


class PackPointShape(TypedDict):
    day: Annotated[date, "The last day of a window."]
    value: Annotated[str | None, PLAIN]


class PackRestatedShape(TypedDict):
    """A value of the pack's window that later records have changed: as the pack tells it, and as it is told today."""

    name: Annotated[str, "As in `values`."]
    label: str
    was: Annotated[str | None, PLAIN]
    now: Annotated[str | None, PLAIN]


class PackFigureShape(TypedDict):
    """One figure as the pack tells it. The first of its values is the figure itself."""

    name: str
    title: str
    sentence: str
    target: Annotated[str, "In words; empty for none."]
    standing: Annotated[str, "Against the target, in a word or two."]
    change: Annotated[str, "Since the window before, in words; empty where one of the two is no data."]
    note: Annotated[str, "Whether it was restated already when the pack was made, in words; else empty."]
    definition: str
    values: list[PackLineShape]
    trend: list[PackPointShape]
    restated_since: Annotated[
        list[PackRestatedShape] | None,
        "What is told otherwise today, of the same days; null where your roles count other initiatives than the pack.",
    ]


class PackShape(PackRowShape):
    """A board pack with all that it says, which never changes."""

    currency: Annotated[str, "Of its money; empty until it is ready."]
    figures: Annotated[list[PackFigureShape], "Empty until it is ready; net value only where a role shows money."]


class PackSubscriptionShape(TypedDict):
    """A pack by mail on the first of each month, as of the last day of the month before."""

    id: int
    days: Annotated[int, {"enum": [*WINDOWS]}]
    unit: Annotated[Named | None, "It and those below it; null is the whole company."]
    bucket: Named | None
    started_at: datetime


class PackScope(Body):
    """Over how long, and of which part of the company."""

    days = serializers.ChoiceField(WINDOWS, default=90, help_text="The window: 30, 60 or 90 days.")
    unit = unit_field(required=False, allow_null=True, help_text="This unit and those below it.")
    bucket = IdField(Bucket.objects.all(), required=False, allow_null=True)


class NewPack(PackScope):
    as_of = AsOfField()


class BoardPacks(Noun):
    """Packs that tell nothing which one's roles do not show: of money, and of what is confidential."""

    tag = "Dashboard"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(PackRowShape)
    def list(self, request: Request) -> Response:
        """The packs, the latest first."""
        rows = self._packs().without_figures()
        found = page_of(rows, LATEST_FIRST, size=self.asked["page_size"], **self.place_in(LATEST_FIRST))
        money = money_of(found.rows)
        drawn = [row_drawn(each, money[each.pk]) for each in found.rows]
        return self.paged(found, drawn, rows.order_by().count)

    @answers(PackShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """All that a pack says. While it is made it says nothing yet: ask again."""
        pack = get_object_or_404(self._packs(), pk=id)
        return self.answer(drawn(pack, restated_since(pack, self.person) if pack.is_ready else None))

    @answers(PackShape, status=201, takes=NewPack)
    def create(self, request: Request) -> Response:
        """Have a pack made, of what is known now and your roles show. It is made in the background."""
        asked = {"as_of": clock.today()} | self.sent
        pack = ask_for_pack(actor=self.person, **asked)
        return self.answer(drawn(pack), status=201, location=f"{request.path}{pack.pk}/")

    @action(detail=True, methods=["get"])
    @answers_file(MEDIA_TYPES[Kind.PDF])
    def pdf(self, request: Request, id: int) -> HttpResponse:
        """The pack as a PDF; 404 until it is ready."""
        return self._file(id, Kind.PDF)

    @action(detail=True, methods=["get"])
    @answers_file(MEDIA_TYPES[Kind.PPTX])
    def pptx(self, request: Request, id: int) -> HttpResponse:
        """The pack as slides, with charts that can be edited; 404 until it is ready."""
        return self._file(id, Kind.PPTX)

    @action(detail=True, methods=["get"])
    @answers_file(MEDIA_TYPES[Kind.XLSX])
    def xlsx(self, request: Request, id: int) -> HttpResponse:
        """The pack as a workbook; 404 until it is ready."""
        return self._file(id, Kind.XLSX)

    def _file(self, id: int, kind: Kind) -> HttpResponse:
        ready = self._packs().filter(state=BoardPack.State.READY)
        file = get_object_or_404(PackFile.objects.filter(pack__in=ready).select_related("pack"), pack=id, kind=kind)
        return self.file(bytes(file.content), file.name, MEDIA_TYPES[kind])

    def _packs(self) -> BoardPackQuerySet:
        rows: BoardPackQuerySet = BoardPack.objects.visible_to(self.person)
        return rows.select_related("asked_by", "unit", "bucket")


class PackSubscriptions(Noun):
    """One's own monthly packs."""

    tag = "Dashboard"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(PackSubscriptionShape)
    def list(self, request: Request) -> Response:
        """What comes by mail each month."""
        rows = PackSubscription.objects.filter(person=self.person, ended_at=None)
        return self.page(rows.select_related("unit", "bucket"), AS_MADE, subscription_drawn)

    @answers(PackSubscriptionShape, status=201, takes=PackScope)
    def create(self, request: Request) -> Response:
        """Have a pack mailed each month. For people; asked for twice, it comes once."""
        made = subscribe_to_packs(actor=self.person, **self.sent)
        return self.answer(subscription_drawn(made), status=201, location=f"{request.path}{made.pk}/")

    @answers(PackSubscriptionShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One of them, while it runs."""
        own = PackSubscription.objects.filter(person=self.person, ended_at=None).select_related("unit", "bucket")
        return self.answer(subscription_drawn(get_object_or_404(own, pk=id)))

    @answers(None, status=204)
    def destroy(self, request: Request, id: int) -> Response:
        """Have no more of them mailed."""
        own = PackSubscription.objects.filter(person=self.person)
        end_subscription(get_object_or_404(own, pk=id), actor=self.person)
        return Response(status=204)


def row_drawn(pack: BoardPack, money: Units) -> PackRowShape:
    return {
        "id": pack.pk,
        "days": pack.days,
        "as_of": pack.as_of,
        "known_at": pack.known_at,
        "unit": named(pack.unit),
        "bucket": named(pack.bucket),
        "money_units": None if money is None else [{"id": unit.pk, "name": unit.name} for unit in money],
        "state": pack.state,
        "progress": pack.progress,
        "failure": pack.failure,
        "asked_by": {"id": pack.asked_by_id, "name": str(pack.asked_by)},
        "made_at": pack.made_at,
    }


def drawn(pack: BoardPack, restated: Sequence[Restated] | None = None) -> PackShape:
    told: Kept = pack.figures if pack.is_ready and pack.figures else {"currency": "", "figures": []}
    return {
        **row_drawn(pack, money_of([pack])[pack.pk]),
        "currency": told["currency"],
        "figures": [
            {
                "name": each["name"],
                "title": each["title"],
                "sentence": each["sentence"],
                "target": each["target"],
                "standing": each["standing"],
                "change": each["change"],
                "note": each["note"],
                "definition": each["definition"],
                "values": [
                    {
                        "name": line["name"],
                        "label": line["label"],
                        "kind": line["kind"],
                        "now": _plain(line["kind"], line["now"]),
                        "before": _plain(line["kind"], line["before"]),
                    }
                    for line in each["lines"]
                ],
                "trend": [
                    {"day": point["day"], "value": _plain(each["trend"]["kind"], point["value"])}
                    for point in each["trend"]["points"]
                ],
                "restated_since": _restated(each["name"], restated),
            }
            for each in told["figures"]
        ],
    }


def _restated(figure: str, restated: Sequence[Restated] | None) -> list[PackRestatedShape] | None:
    if restated is None:
        return None
    return [
        {
            "name": each.name,
            "label": each.label,
            "was": _plain(each.kind, each.plain[0]),
            "now": _plain(each.kind, each.plain[1]),
        }
        for each in restated
        if each.figure == figure
    ]


def _plain(kind: str, text: str | None) -> str | None:
    """Shares and means with four decimals, as the dashboard's address tells them."""
    value = amount_of(text)
    return text if value is None or kind not in ("share", "points") else str(value.quantize(SHARE))


def subscription_drawn(subscription: PackSubscription) -> PackSubscriptionShape:
    return {
        "id": subscription.pk,
        "days": subscription.days,
        "unit": named(subscription.unit),
        "bucket": named(subscription.bucket),
        "started_at": subscription.started_at,
    }
