"""Drafting and publishing configuration."""

from datetime import date, datetime

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from .kinds import Kind, kind_of
from .merging import merged
from .models import ConfigurationVersion, ConfigurationVersionQuerySet
from .permissions import can_edit_drafts, can_publish
from .reigns import reigns
from .shape import shaped

GONE = "This draft has been published or discarded meanwhile. Copy what you need, and start a new one."


@transaction.atomic
def start_draft(kind: Kind, *, actor: User) -> ConfigurationVersion:
    """The draft of a kind: the one that is there, or a new one with the content published last."""
    _may_edit(actor)
    base = ConfigurationVersion.objects.all_latest().filter(kind=kind.slug).first()
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
    draft: ConfigurationVersion,
    *,
    actor: User,
    reason: str,
    effective_from: date | None = None,
    seen: datetime | None = None,
) -> ConfigurationVersion:
    """Make the draft the next version, from a day on, and let follow what follows from it once that day is there.

    The day is today unless told. A version that still waits for the same or a later day never takes effect then.
    `seen` is when the draft was last changed as the actor saw it. Raises PermissionDenied for all but office
    leads, ValidationError for content that breaks the kind's rules, and DomainError without a reason, for a day
    that is over, when nothing differs from what would hold then, or when the draft was changed or is gone since.
    """
    _may_publish(actor)
    draft = _locked(draft)
    kind = _kind(draft)
    day = effective_from or clock.today()
    _check(draft, kind, reason, day, seen)
    draft.number = (_versions(draft).aggregate(last=Max("number"))["last"] or 0) + 1
    draft.content = kind.publishable(draft.content)
    draft.reason, draft.published_by = reason.strip(), actor
    draft.published_at, draft.effective_from = clock.now(), day
    draft.save()
    publish("configuration.published", actor=actor, kind=kind.slug, number=draft.number, version=draft)
    take_effect(kind)
    draft.refresh_from_db()
    return draft


@transaction.atomic
def withdraw_version(version: ConfigurationVersion, *, actor: User, reason: str) -> ConfigurationVersion:
    """Take back a version that waits for its day: it never holds, and stays for the record.

    Raises PermissionDenied for all but office leads, and DomainError without a reason, once its day has come,
    when it was withdrawn before, or when a later version took its place.
    """
    _may_publish(actor)
    _lock_kind(version.kind)
    version = _versions(version).get(pk=version.pk)
    if not reason.strip():
        raise DomainError("Say why: everybody reads it beside the version.", field="reason")
    if not _versions(version).waiting().filter(pk=version.pk).exists():
        raise DomainError(f"Version {version.number} does not wait for its day any more.")
    version.withdrawn_by, version.withdrawn_at, version.withdrawn_because = actor, clock.now(), reason.strip()
    version.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    publish("configuration.withdrawn", actor=actor, kind=version.kind, number=version.number, version=version)
    return version


@transaction.atomic
def take_effect(kind: Kind) -> None:
    """Apply the versions of a kind whose day has come, in their order, and let follow what follows.

    Safe to repeat: what took effect once is left alone. A version whose place another took is closed.
    """
    _lock_kind(kind.slug)
    due = _not_replaced([*ConfigurationVersion.objects.due().filter(kind=kind.slug)])
    for version in due:
        with pghistory.context(user=version.published_by_id, reason=why(kind, version)):
            kind.apply(version)
        gone = ConfigurationVersion.objects.standing().filter(kind=kind.slug, settled_at=None)
        gone = gone.filter(number__lt=version.number, effective_from__gte=version.effective_from)
        gone.update(settled_at=clock.now(), followed_at=clock.now())
        version.settled_at = clock.now()
        version.save(update_fields=["settled_at"])
        publish("configuration.took_effect", actor=None, kind=kind.slug, number=version.number, version=version)
    if due and not kind.takes_long():
        follow(due[-1])


def _not_replaced(due: list[ConfigurationVersion]) -> list[ConfigurationVersion]:
    """Those that held on at least one day: none published later holds from the same day or an earlier one."""
    held = {reign.version for reign in reigns(due)}
    return [version for version in due if version in held]


def follow(version: ConfigurationVersion) -> None:
    """Work out what follows from a version in effect. Repeating it changes nothing."""
    kind = _kind(version)
    with pghistory.context(user=version.published_by_id, reason=why(kind, version)):
        kind.follow(version)
    followed = ConfigurationVersion.objects.under_way().filter(kind=version.kind, number__lte=version.number)
    followed.update(followed_at=clock.now())


def why(kind: Kind, version: ConfigurationVersion) -> str:
    """What the history of a thing says that changed because of a version."""
    return f"{kind.title}, version {version.number}: {version.reason}"


def _check(draft: ConfigurationVersion, kind: Kind, reason: str, day: date, seen: datetime | None) -> None:
    if not reason.strip():
        raise DomainError("Say why: everybody reads it beside the version.", field="reason")
    if day < clock.today():
        raise DomainError(
            f"{figures.day(day)} is over: what held then stays. Choose today or later.", field="effective_from"
        )
    if seen is not None and seen != draft.changed_at:
        raise DomainError(f"{draft.changed_by} changed the draft meanwhile. Look at the differences once more.")
    past = _versions(draft).standing().filter(effective_from__lte=day)
    holds = past.order_by("-number").first()
    if holds and kind.cleaned(draft.content) == shaped(kind.shape, holds.content):
        raise DomainError(f"Nothing differs from version {holds.number}, so there is nothing to publish.")


def _locked(draft: ConfigurationVersion) -> ConfigurationVersion:
    found = ConfigurationVersion.objects.drafts().select_for_update().filter(pk=draft.pk).first()
    if found is None:
        raise DomainError(GONE)
    return found


def _lock_kind(slug: str) -> None:
    """Whoever publishes, withdraws or lets take effect waits here for the others."""
    [*ConfigurationVersion.objects.filter(kind=slug, number=1).select_for_update()]


def _versions(draft: ConfigurationVersion) -> ConfigurationVersionQuerySet:
    return ConfigurationVersion.objects.published().filter(kind=draft.kind)


def _kind(version: ConfigurationVersion) -> Kind:
    kind = kind_of(version.kind)
    if kind is None:
        raise DomainError("Nothing here knows this kind of configuration any more.")
    return kind


def _may_publish(actor: User) -> None:
    if not can_publish(actor):
        raise PermissionDenied("An office lead for the whole company publishes configuration.")


def _may_edit(actor: User) -> None:
    if not can_edit_drafts(actor):
        raise PermissionDenied("The office keeps the configuration, for the whole company.")
