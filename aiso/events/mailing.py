"""Sending the mails that wait. A mail is claimed for a while, then sent: a crash delays it and loses nothing.

Sent at least once: only a worker that dies between the server's yes and our noting it sends a mail again.
"""

from datetime import datetime, timedelta
from enum import Enum
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPHeloError,
    SMTPRecipientsRefused,
)
from typing import Any

from django.core.mail import mailers
from django.db import transaction

from aiso import clock

from .letters import NotWantedError, kept_text, letter_of
from .models import Mail

# Longer than a server may take to answer: whoever claims a mail sends it alone.
CLAIM = timedelta(minutes=10)
# How long a mail waits after its first, second … failed attempt; from the last on always as long.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15)]
# A server that refuses one address for now may do so for so long; a server that is away, for ever.
PATIENCE = timedelta(days=3)


class Hope(Enum):
    """What a failure leaves to hope for."""

    SERVER = "the server is away or lets us not in"
    MAIL = "this mail is refused for now"
    NONE = "this mail is refused for good"


def send_waiting() -> int:
    """Send all that is due, and return how many were. Stops at a server that does not take mail now."""
    connection, sent = mailers["default"], 0
    try:
        while mail := claim():
            hope = _send(mail, connection)
            sent += hope is None and mail.state == Mail.State.SENT
            if hope is Hope.SERVER:
                break
    finally:
        connection.close()
    return sent


@transaction.atomic
def claim() -> Mail | None:
    """The next mail to send, which nobody else takes for a while."""
    due = Mail.objects.due().select_for_update(skip_locked=True, of=("self",))
    mail = due.select_related("person__mail_preference").order_by("next_try_at", "pk").first()
    if mail:
        mail.attempts += 1
        mail.next_try_at = clock.now() + CLAIM
        mail.save(update_fields=["attempts", "next_try_at"])
    return mail


def hope_after(error: Exception) -> Hope:
    """Whether it makes sense to try again. Codes below 500 pass; those from 500 on stay (RFC 5321, 4.2.1)."""
    match error:
        case SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            return Hope.NONE if all(code >= 500 for code in codes) else Hope.MAIL
        case SMTPAuthenticationError() | SMTPConnectError() | SMTPHeloError():
            return Hope.SERVER
        case SMTPDataError():
            return Hope.NONE if error.smtp_code >= 500 else Hope.MAIL
        case OSError():
            # No connection, a connection that broke, a sender or a way of encryption that is refused.
            return Hope.SERVER
    return Hope.NONE


def _send(mail: Mail, connection: Any) -> Hope | None:
    """Send one mail and note what became of it; None when it is settled."""
    try:
        letter = letter_of(mail)
        mail.subject, mail.text = str(letter.subject), kept_text(letter)
        connection.open()
        connection.send_messages([letter])
    except NotWantedError as reason:
        _settle(mail, Mail.State.DROPPED, str(reason))
    except (OSError, ValueError) as error:
        # ValueError: an address or a header that no server would be offered.
        return _note_failure(mail, error)
    else:
        _settle(mail, Mail.State.SENT)
    return None


def _note_failure(mail: Mail, error: Exception) -> Hope:
    hope = hope_after(error)
    told = " ".join(str(error).split())[:280] or type(error).__name__
    if hope is Hope.NONE or (hope is Hope.MAIL and clock.now() - mail.created_at > PATIENCE):
        _settle(mail, Mail.State.FAILED, told)
    else:
        wait = WAITS[min(mail.attempts, len(WAITS)) - 1]
        _write(mail, next_try_at=clock.now() + wait, problem=told)
    return hope


def _settle(mail: Mail, state: Mail.State, problem: str = "") -> None:
    _write(mail, state=state, settled_at=clock.now(), problem=problem)


def _write(mail: Mail, **values: str | datetime) -> None:
    for name, value in values.items():
        setattr(mail, name, value)
    mail.save(update_fields=[*values, "subject", "text"])
