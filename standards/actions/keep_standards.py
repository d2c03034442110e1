"""The library: which standards there are. What each says is drafted and published as configuration."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.events.outbox import publish

from ..models import Standard
from ..permissions import can_keep_standards

LONGEST_SLUG = 50
# Words that stand for pages in addresses.
RESERVED = ("new",)
REFUSAL = "The office keeps the standards, for the whole company."


@transaction.atomic
def add_standard(*, actor: User, **fields: Any) -> Standard:
    """Add a standard that says nothing yet; its word in addresses is made of its title.

    Raises PermissionDenied for all but the office, ValidationError for a title that is there already.
    """
    if not can_keep_standards(actor):
        raise PermissionDenied(REFUSAL)
    standard = Standard(**fields)
    standard.slug = _free_slug(standard.title)
    standard.full_clean()
    standard.save()
    publish("standard.added", actor=actor, standard=standard.slug)
    return standard


@transaction.atomic
def edit_standard(standard: Standard, *, actor: User, seen: Mapping[str, Any] | None = None, **fields: Any) -> Standard:
    """Change what is said about a standard, or take it out of use. Its word in addresses stays.

    Given `seen`, raises ConflictError where somebody else changed the same field meanwhile.
    """
    if not can_keep_standards(actor):
        raise PermissionDenied(REFUSAL)
    locked = Standard.objects.select_for_update(of=["self"]).select_related("owner").get(pk=standard.pk)
    changes = changes_to_make(locked, seen=seen or {}, wanted=fields)
    if changes:
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.full_clean()
        locked.save()
        publish("standard.edited", actor=actor, standard=locked.slug, fields=sorted(changes))
    return locked


def _free_slug(title: str) -> str:
    stem = slugify(title)[: LONGEST_SLUG - 4].strip("-") or "standard"
    taken = {*Standard.objects.filter(slug__startswith=stem).values_list("slug", flat=True), *RESERVED}
    return next(slug for number in range(1, len(taken) + 2) if (slug := _numbered(stem, number)) not in taken)


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}-{number}"
