"""Reading notifications, choosing how mail comes, and trying mail again."""

from datetime import time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from aiso import clock
from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_people
from aiso.errors import DomainError

from . import telling
from .models import Mail, MailPreference, Notification
from .outbox import publish


@transaction.atomic
def mark_read(notifications: "QuerySet[Notification]", *, actor: User) -> int:
    """Mark some of one's own notifications as read; returns how many were not before. Others' stay as they are."""
    return notifications.filter(person=actor, read_at=None).update(read_at=clock.now())


@transaction.atomic
def choose_mail(*, actor: User, **chosen: str | time) -> MailPreference:
    """Choose how one is mailed of a kind (`request="digest"`), and when the digest comes (`digest_at`).

    Raises DomainError for what cannot be chosen. Choosing what is chosen leaves no event.
    """
    if actor.is_service_account:
        raise PermissionDenied("A service account gets no mail.")
    preference, _ = MailPreference.objects.select_for_update().get_or_create(person=actor)
    changed = [name for name, value in chosen.items() if getattr(preference, name) != value]
    for name in changed:
        if name != "digest_at" and chosen[name] not in MailPreference.How.values:
            raise DomainError("Choose at once, in the daily digest, or never.", field=name)
        setattr(preference, name, chosen[name])
    if changed:
        preference.save(update_fields=changed)
        publish("mail_preference.chosen", actor=actor, fields=changed)
    return preference


@transaction.atomic
def end_digest(person: User, *, actor: User) -> MailPreference:
    """Send a person no digest any more: what came in it comes in the app alone. Repeating it changes nothing."""
    if person.pk != actor.pk:
        raise PermissionDenied("Each person chooses their own mail.")
    chosen = MailPreference.of(person)
    in_digest = [kind for kind in Notification.Kind.values if chosen.how(kind) == MailPreference.How.DIGEST]
    never: dict[str, Any] = dict.fromkeys(in_digest, MailPreference.How.NEVER)
    return choose_mail(actor=person, **never)


@transaction.atomic
def send_again(mail: Mail, *, actor: User) -> Mail:
    """Try a mail that failed or waits once more, now.

    Raises PermissionDenied for all but office leads, and DomainError for one that was sent or is not wanted.
    """
    if not can_manage_people(actor):
        raise PermissionDenied("An office lead for the whole company keeps the outgoing mail.")
    mail = Mail.objects.select_for_update(of=["self"]).select_related("person").get(pk=mail.pk)
    if mail.state not in (Mail.State.FAILED, Mail.State.WAITING):
        raise DomainError(f"This mail is settled: {mail.get_state_display().lower()}.")
    mail.state, mail.settled_at, mail.next_try_at = Mail.State.WAITING, None, clock.now()
    mail.save(update_fields=["state", "settled_at", "next_try_at"])
    publish("mail.tried_again", actor=actor, mail=mail)
    transaction.on_commit(telling.hurry)
    return mail
