from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.api.fields import IdField
from aiso.api.nouns import Noun
from aiso.api.operations import Body, answers, answers_page
from aiso.api.shapes import named

from ..actions.keep_assets import add_asset, edit_asset, use_asset
from ..actions.tell_of_incidents import add_template, edit_template
from ..editable_lists import BY_NAME
from ..models import Asset, Initiative, MessageTemplate, Supplier, Tool
from .incident_shapes import AssetShape, MessageTemplateShape, drawn_template
from .incidents import InitiativeByReference, long_text
from .lists import ListsQuery, chosen


class AssetsQuery(ListsQuery):
    kind = serializers.ChoiceField(Asset.Kind.choices, required=False)


class AssetFacts(Body):
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(Asset.Kind.choices)
    description = long_text(required=False, allow_blank=True)
    tool = IdField(Tool.objects.all(), required=False, allow_null=True)
    supplier = IdField(Supplier.objects.all(), required=False, allow_null=True)


class AssetSeen(AssetFacts):
    is_active = serializers.BooleanField(required=False, help_text="False retires it.")


class AssetChanges(AssetSeen):
    was = AssetSeen(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class AssetUse(Body):
    initiative = InitiativeByReference(help_text="Its reference.")
    uses = serializers.BooleanField(default=True, help_text="False: it uses it no more.")


class TemplateFacts(Body):
    name = serializers.CharField(max_length=200)
    subject = serializers.CharField(max_length=200)
    body = long_text(help_text="With fields in braces, which are filled in when it is sent.")


class TemplateSeen(TemplateFacts):
    is_active = serializers.BooleanField(required=False, help_text="False retires it.")


class TemplateChanges(TemplateSeen):
    was = TemplateSeen(
        required=False, help_text="What you saw in fields that you change: one that is no longer so answers 409."
    )


class Assets(Noun):
    tag = "Incidents"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(AssetShape, query=AssetsQuery)
    def list(self, request: Request) -> Response:
        """The assets by name, the retired ones among them."""
        rows = self._rows()
        if kind := self.asked.get("kind"):
            rows = rows.filter(kind=kind)
        return self.page(chosen(rows, self.asked), BY_NAME, _drawn)

    @answers(AssetShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One asset."""
        return self.answer(_drawn(get_object_or_404(self._rows(), pk=id)))

    @answers(AssetShape, status=201, takes=AssetFacts)
    def create(self, request: Request) -> Response:
        """Add an asset. For the office and the procurement, security and risk reviewers."""
        asset = add_asset(actor=self.person, **self.sent)
        return self.answer(_drawn(self._rows().get(pk=asset.pk)), status=201, location=f"{request.path}{asset.pk}/")

    @answers(AssetShape, takes=AssetChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change, retire or bring back an asset. For the same."""
        with self.held(self._rows(), id, _drawn) as asset:
            sent = dict(self.sent)
            edit_asset(asset, actor=self.person, seen=sent.pop("was", {}), **sent)
            return self.answer(_drawn(self._rows().get(pk=id)))

    @action(detail=True, methods=["post"])
    @answers(AssetShape, takes=AssetUse)
    def use(self, request: Request, id: int) -> Response:
        """Say that an initiative uses it, or does so no more. For the same."""
        asset = get_object_or_404(self._rows(), pk=id)
        use_asset(asset, self.sent["initiative"], actor=self.person, uses=self.sent["uses"])
        return self.answer(_drawn(self._rows().get(pk=id)))

    def _rows(self) -> Any:
        seen = Initiative.objects.visible_to(self.person).only("pk").order_by("pk")
        users = Prefetch("initiatives", seen, to_attr="seen_users")
        return Asset.objects.visible_to(self.person).select_related("tool", "supplier").prefetch_related(users)


class MessageTemplates(Noun):
    tag = "Incidents"
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"

    @answers_page(MessageTemplateShape)
    def list(self, request: Request) -> Response:
        """What people are told of incidents, by name."""
        return self.page(MessageTemplate.objects.visible_to(self.person), BY_NAME, drawn_template)

    @answers(MessageTemplateShape, status=201, takes=TemplateFacts)
    def create(self, request: Request) -> Response:
        """Add a template. For the office."""
        template = add_template(actor=self.person, **self.sent)
        return self.answer(drawn_template(template), status=201, location=f"{request.path}{template.pk}/")

    @answers(MessageTemplateShape)
    def retrieve(self, request: Request, id: int) -> Response:
        """One template."""
        return self.answer(drawn_template(get_object_or_404(MessageTemplate.objects.visible_to(self.person), pk=id)))

    @answers(MessageTemplateShape, takes=TemplateChanges)
    def partial_update(self, request: Request, id: int) -> Response:
        """Change, retire or bring back a template. For the office."""
        with self.held(MessageTemplate.objects.visible_to(self.person), id, drawn_template) as template:
            sent = dict(self.sent)
            seen = sent.pop("was", {})
            return self.answer(drawn_template(edit_template(template, actor=self.person, seen=seen, **sent)))


def _drawn(asset: Asset) -> AssetShape:
    users: list[Initiative] = asset.seen_users  # type: ignore[attr-defined]
    return {
        "id": asset.pk,
        "name": asset.name,
        "kind": asset.kind,
        "description": asset.description,
        "tool": named(asset.tool),
        "supplier": named(asset.supplier),
        "is_active": asset.is_active,
        "initiatives": [each.reference for each in users],
    }
