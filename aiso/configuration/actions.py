"""Drafting and publishing configuration."""

from datetime import datetime

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from .kinds import Kind, kind_of
from .merging import merged
from .models import ConfigurationVersion, ConfigurationVersionQuerySet
from .permissions import can_edit_drafts, can_publish
from .shape import shaped

GONE = "This draft has been published or discarded meanwhile. Copy what you need, and start a new one."


@transaction.atomic
def start_draft(kind: Kind, *, actor: User) -> ConfigurationVersion:
    """The draft of a kind: the one that is there, or a new one with the content in force."""
    _may_edit(actor)
    base = ConfigurationVersion.objects.all_in_force().filter(kind=kind.slug).first()
    told = {"content": shaped(kind.shape, base.content if base else {}), "based_on": base}
    draft, is_new = ConfigurationVersion.objects.get_or_create(
        kind=kind.slug, number=None, defaults={**told, "drafted_by": actor, "changed_by": actor}
    )
    if is_new:
        publish("configuration.draft_started", actor=actor, kind=kind.slug, draft=draft)
    return draft


@transaction.atomic
def edit_draft(
    draft: ConfigurationVersion, *, actor: User, content: object, seen: object | None = None
) -> ConfigurationVersion:
    """Store what the draft is to say.

    `seen` is the content that the actor opened: what somebody else changed since comes together with theirs,
    and ConflictError tells, by path, where both changed the same. Raises ValidationError for content that
    breaks the kind's rules, DomainError when the draft is gone. Changing nothing leaves no event.
    """
    _may_edit(actor)
    draft = _locked(draft)
    kind = _kind(draft)
    wanted = kind.cleaned(content)
    if seen is not None:
        opened = shaped(kind.shape, seen)
        wanted = kind.cleaned(merged(kind.shape, seen=opened, present=draft.content, wanted=wanted))
    if wanted != draft.content:
        draft.content, draft.changed_by, draft.changed_at = wanted, actor, clock.now()
        draft.save(update_fields=["content", "changed_by", "changed_at"])
        publish("configuration.draft_edited", actor=actor, kind=draft.kind, draft=draft)
    return draft


@transaction.atomic
def discard_draft(draft: ConfigurationVersion, *, actor: User) -> None:
    """Throw a draft away; its history stays. Raises DomainError when it is gone already."""
    _may_edit(actor)
    draft = _locked(draft)
    publish("configuration.draft_discarded", actor=actor, kind=draft.kind, draft=draft)
    draft.delete()


@transaction.atomic
def publish_draft(
    draft: ConfigurationVersion, *, actor: User, reason: str, seen: datetime | None = None
) -> ConfigurationVersion:
    """Make the draft the version in force from today on, and let follow what follows from it.

    `seen` is when the draft was last changed as the actor saw it. Raises PermissionDenied for all but office
    leads, ValidationError for content that breaks the kind's rules, and DomainError without a reason, when
    nothing differs from the version in force, or when the draft was changed or is gone since.
    """
    if not can_publish(actor):
        raise PermissionDenied("An office lead for the whole company publishes configuration.")
    draft = _locked(draft)
    kind = _kind(draft)
    _check(draft, kind, reason, seen)
    draft.number = (_versions(draft).aggregate(last=Max("number"))["last"] or 0) + 1
    draft.content = kind.cleaned(draft.content)
    draft.reason, draft.published_by = reason.strip(), actor
    draft.published_at, draft.effective_from = clock.now(), clock.today()
    draft.save()
    with pghistory.context(reason=why(kind, draft)):
        kind.apply(draft)
    publish("configuration.published", actor=actor, kind=kind.slug, number=draft.number, version=draft)
    if not kind.takes_long():
        follow(draft)
    return draft


def follow(version: ConfigurationVersion) -> None:
    """Work out what follows from a published version. Repeating it changes nothing."""
    kind = _kind(version)
    with pghistory.context(user=version.published_by_id, reason=why(kind, version)):
        kind.follow(version)
    followed = ConfigurationVersion.objects.under_way().filter(kind=version.kind, number__lte=version.number)
    followed.update(followed_at=clock.now())


def why(kind: Kind, version: ConfigurationVersion) -> str:
    """What the history of a thing says that changed because of a version."""
    return f"{kind.title}, version {version.number}: {version.reason}"


def _check(draft: ConfigurationVersion, kind: Kind, reason: str, seen: datetime | None) -> None:
    if not reason.strip():
        raise DomainError("Say why: everybody reads it beside the version.", field="reason")
    if seen is not None and seen != draft.changed_at:
        raise DomainError(f"{draft.changed_by} changed the draft meanwhile. Look at the differences once more.")
    in_force = ConfigurationVersion.objects.all_in_force().filter(kind=draft.kind).first()
    if in_force and kind.cleaned(draft.content) == shaped(kind.shape, in_force.content):
        raise DomainError(f"Nothing differs from version {in_force.number}, so there is nothing to publish.")


def _locked(draft: ConfigurationVersion) -> ConfigurationVersion:
    found = ConfigurationVersion.objects.drafts().select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise DomainError(GONE)
    return found


def _versions(draft: ConfigurationVersion) -> ConfigurationVersionQuerySet:
    return ConfigurationVersion.objects.published().filter(kind=draft.kind)


def _kind(version: ConfigurationVersion) -> Kind:
    kind = kind_of(version.kind)
    if kind is None:
        raise DomainError("Nothing here knows this kind of configuration any more.")
    return kind


def _may_edit(actor: User) -> None:
    if not can_edit_drafts(actor):
        raise PermissionDenied("The office keeps the configuration, for the whole company.")
