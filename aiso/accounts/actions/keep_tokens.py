"""Making and revoking API tokens."""

from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from aiso import clock
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..models import ApiToken, User
from ..models.token import HINT, digest_of, new_secret
from ..permissions import can_make_tokens

# In force at once: more than anybody keeps apart.
MOST = 20


@transaction.atomic
def make_token(
    person: User, *, actor: User, name: str, is_read_only: bool = False, last_day: date | None = None
) -> tuple[ApiToken, str]:
    """Make a token for `person` and return it with its secret, which nobody can read again.

    It works up to the end of `last_day`, or until it is revoked. Raises PermissionDenied when `actor`
    may not, ValidationError for a name in use, DomainError for a day that is over, or a token too many.
    """
    _check_may(actor, person)
    if not person.is_active:
        raise DomainError(f"{person} is not active. Activate the account first.")
    if last_day and last_day < clock.today():
        raise DomainError("This day is over; choose a later one.", field="last_day")
    if person.tokens.in_force().count() >= MOST:
        raise DomainError(f"{person} has {MOST} tokens. Revoke one that is no longer needed.")
    secret = new_secret()
    token = ApiToken(person=person, name=name.strip(), is_read_only=is_read_only, made_by=actor)
    token.digest, token.hint, token.expires_at = digest_of(secret), secret[:HINT], _end_of(last_day)
    token.full_clean()
    token.save()
    publish("token.made", actor=actor, person=person, token=token)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: User) -> ApiToken:
    """Let a token open nothing any more. Raises DomainError when it was revoked before."""
    token = ApiToken.objects.select_for_update(of=["self"]).select_related("person").get(pk=token.pk)
    _check_may(actor, token.person)
    if token.revoked_at:
        raise DomainError("This token has been revoked already.")
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    publish("token.revoked", actor=actor, person=token.person, token=token)
    return token


def _check_may(actor: User, person: User) -> None:
    if not can_make_tokens(actor, person):
        raise PermissionDenied("People keep their own tokens; an office lead keeps those of service accounts.")


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day in the office's time zone."""
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None
