"""The register of assets: what do initiatives run on, and what failed?"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.signed_in import signed_in
from aiso.audit.history import history_of
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce

from ..actions.keep_assets import add_asset, edit_asset, use_asset
from ..asset_register import AssetRegister
from ..forms.incidents import AssetForm, UsingInitiativeForm
from ..incident_permissions import WHO_KEEPS_ASSETS, can_keep_assets
from ..incident_register import fetched
from ..models import Asset, Incident, Initiative
from .files import asked_file

# Incidents named on an asset's page.
NAMED = 20


@require_safe
def asset_list(request: HttpRequest) -> HttpResponse:
    """What do initiatives run on?"""
    viewer = signed_in(request)
    register = AssetRegister(viewer, request.GET)
    context = {"register": register, "kinds": Asset.Kind.choices, "may_keep": can_keep_assets(viewer)}
    return render(request, "portfolio/assets.html", context)


@require_safe
def asset_export(request: HttpRequest) -> HttpResponseBase:
    """What the page shows, all of it, as a file."""
    register = AssetRegister(signed_in(request), request.GET)
    return asked_file(request, register, register.matching.count, register.address(), of="assets")


@require_http_methods(["GET", "HEAD", "POST"])
def asset_add(request: HttpRequest) -> HttpResponse:
    """Which asset is new?"""
    actor = _keeper(request)
    form = AssetForm(Asset(), posted(request))
    if asset := attempt(form, lambda: add_asset(actor=actor, **form.cleaned_data)):
        announce(request, f"{asset} added. Now say which initiatives use it.")
        return redirect(asset)
    return render(request, "portfolio/asset_edit.html", {"form": form}, status=status_of(form))


@require_safe
def asset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it, who uses it, and what went wrong with it?"""
    viewer = signed_in(request)
    return _show(request, _asset(viewer, pk), UsingInitiativeForm(viewer))


@require_http_methods(["GET", "HEAD", "POST"])
def asset_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is it, and whom does it come from?"""
    actor = _keeper(request)
    asset = _asset(actor, pk)
    form = AssetForm(asset, posted(request))
    if saved := attempt(form, lambda: edit_asset(asset, actor=actor, seen=form.seen(), **form.cleaned_data)):
        announce(request, f"{saved} saved.")
        return redirect(saved)
    return render(request, "portfolio/asset_edit.html", {"form": form, "asset": asset}, status=status_of(form))


@require_POST
def asset_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """It is used no more; incidents keep it. Retired, it comes back."""
    actor = _keeper(request)
    asset = _asset(actor, pk)
    saved = edit_asset(asset, actor=actor, is_active=not asset.is_active)
    announce(request, f"{saved} is in use again." if saved.is_active else f"{saved} is retired; incidents keep it.")
    return redirect(saved)


@require_POST
def asset_use(request: HttpRequest, pk: int) -> HttpResponse:
    """An initiative that uses it."""
    actor = _keeper(request)
    asset = _asset(actor, pk)
    form = UsingInitiativeForm(actor, request.POST)
    if attempt(form, lambda: use_asset(asset, form.cleaned_data["initiative"], actor=actor) or asset) is None:
        return _show(request, asset, form)
    announce(request, "Added.")
    return redirect(asset)


@require_POST
def asset_unuse(request: HttpRequest, pk: int, initiative: int) -> HttpResponse:
    """It uses it no more."""
    actor = _keeper(request)
    asset = _asset(actor, pk)
    found = get_object_or_404(Initiative.objects.visible_to(actor).filter(assets=asset), pk=initiative)
    if not refused(request, lambda: use_asset(asset, found, actor=actor, uses=False)):
        announce(request, f"{found.reference} uses it no more.")
    return redirect(asset)


def _show(request: HttpRequest, asset: Asset, form: UsingInitiativeForm) -> HttpResponse:
    viewer = signed_in(request)
    users = Initiative.objects.visible_to(viewer).on_register().filter(assets=asset)
    incidents = fetched(Incident.objects.visible_to(viewer).filter(asset=asset), viewer)
    context = {
        "asset": asset,
        "users": users.order_by("pk").only("name", "stage", "is_confidential"),
        "incidents": incidents.order_by("-pk")[:NAMED],
        "form": form,
        "history": history_of(asset, after=request.GET.get("after", "")),
        "may_keep": can_keep_assets(viewer),
    }
    return render(request, "portfolio/asset.html", context, status=status_of(form))


def _keeper(request: HttpRequest) -> User:
    actor = signed_in(request)
    if not can_keep_assets(actor):
        raise PermissionDenied(WHO_KEEPS_ASSETS)
    return actor


def _asset(viewer: User, pk: int) -> Asset:
    found: Asset = get_object_or_404(
        Asset.objects.visible_to(viewer).select_related("tool__supplier", "supplier"), pk=pk
    )
    return found
