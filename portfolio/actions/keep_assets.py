"""The register of assets."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..incident_permissions import WHO_KEEPS_ASSETS, can_keep_assets
from ..models import Asset, Initiative
from ..permissions import sees
from .keep_tools import change_kept


@transaction.atomic
def add_asset(*, actor: User, **fields: Any) -> Asset:
    """Add an asset. Raises ValidationError for a name that is there, in any case of letters."""
    _may_keep(actor)
    asset = Asset(**fields)
    asset.full_clean()
    asset.save()
    publish("asset.added", actor=actor, asset=asset)
    return asset


@transaction.atomic
def edit_asset(asset: Asset, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> Asset:
    """Change what is said of an asset, retire it or bring it back. `seen` as in `edit_entry`."""
    _may_keep(actor)
    return change_kept(asset, actor, "asset.edited", seen, fields)


@transaction.atomic
def use_asset(asset: Asset, initiative: Initiative, *, actor: User, uses: bool = True) -> None:
    """Say that an initiative uses an asset, or does so no more."""
    _may_keep(actor)
    if not sees(actor, initiative):
        raise DomainError("This initiative is none that you may see.", field="initiative")
    (asset.initiatives.add if uses else asset.initiatives.remove)(initiative)
    publish("asset.used" if uses else "asset.unused", actor=actor, asset=asset, initiative=initiative)


def _may_keep(actor: User) -> None:
    if not can_keep_assets(actor):
        raise PermissionDenied(WHO_KEEPS_ASSETS)
