"""What a mail says: a notification on its own, or a digest by kind. Worked out anew at each attempt to send it."""

from dataclasses import dataclass, field
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from aiso.web import figures

from .enclosures import enclosed_in, is_subscribed_to
from .models import Mail, MailPreference, Notification
from .sight import still_seen

# Lines of one kind in a digest; the others are in the app.
MOST = 50
SALT = "digest"
MANY = {
    Notification.Kind.ESCALATION: ("escalation", "escalations"),
    Notification.Kind.REQUEST: ("request", "requests"),
    Notification.Kind.REMINDER: ("reminder", "reminders"),
    Notification.Kind.MENTION: ("mention", "mentions"),
    Notification.Kind.NEWS: ("piece of news", "pieces of news"),
}


class NotWantedError(Exception):
    """The mail is not to be sent any more. Says why."""


@dataclass
class Group:
    """The notifications of one kind in a digest, and how many more there are."""

    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    more: int = 0


def letter_of(mail: Mail) -> EmailMultiAlternatives:
    """The mail, written. Raises NotWantedError when nothing is left that the person may see and wants."""
    if not mail.person.is_active:
        raise NotWantedError(f"{mail.person} left.")
    preference = MailPreference.of(mail.person)
    told = [*mail.notifications.order_by("created_at", "pk")]
    never = MailPreference.How.NEVER
    wanted = [each for each in told if preference.how(each.kind) != never or is_subscribed_to(each.about)]
    if not wanted:
        raise NotWantedError("It is not wanted by mail any more.")
    if not (shown := still_seen(mail.person, wanted)):
        raise NotWantedError("What it is about is not theirs to see any more.")
    return _digest(mail, shown) if mail.digest_of else _notice(mail, shown[0])


def kept_text(letter: EmailMultiAlternatives) -> str:
    """What office leads read of it afterwards: without the address with which its reader ends the digest."""
    end = letter.extra_headers.get("List-Unsubscribe", "").strip("<>")
    return str(letter.body).replace(end, "(their own link)") if end else str(letter.body)


def unsubscribe_link(mail: Mail) -> str:
    """The address that ends a person's digest by one click (RFC 8058), without signing in."""
    return absolute(reverse("events:digest_end", args=[signing.dumps(mail.person_id, salt=SALT)]))


def absolute(path: str) -> str:
    return f"{settings.SITE_ADDRESS}{path}"


def _notice(mail: Mail, told: Notification) -> EmailMultiAlternatives:
    kind = Notification.Kind(told.kind)
    context: dict[str, Any] = {"told": told, "kind": kind.label, "link": absolute(told.path)}
    subject = f"{kind.label}: {told.text}"
    if is_subscribed_to(told.about):
        return _subscribed(mail, told, subject, context)
    return _letter(mail, subject, "notice", context)


def _subscribed(mail: Mail, told: Notification, subject: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    enclosed = enclosed_in(told)
    if enclosed is None:
        raise NotWantedError("They subscribe to it no more.")
    end = absolute(enclosed.end)
    letter = _letter(mail, subject, "notice", context | {"end": end, "files": enclosed.files}, _ended_at(end))
    for file in enclosed.files:
        letter.attach(file.name, file.content, file.media_type)
    return letter


def _ended_at(address: str) -> dict[str, str]:
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _digest(mail: Mail, told: list[Notification]) -> EmailMultiAlternatives:
    groups, counts = [], []
    for kind, words in MANY.items():
        if lines := [each for each in told if each.kind == kind]:
            shown = [(each.text, absolute(each.path)) for each in lines[:MOST]]
            counts.append(figures.plural(len(lines), *words))
            groups.append(Group(counts[-1].capitalize(), shown, len(lines) - len(shown)))
    subject = f"{figures.day(mail.digest_of)}: {', '.join(counts)}".replace(figures.NBSP, " ")
    end = unsubscribe_link(mail)
    return _letter(mail, subject, "digest", {"groups": groups, "end": end}, _ended_at(end))


def _letter(
    mail: Mail, subject: str, template: str, context: dict[str, Any], headers: dict[str, str] | None = None
) -> EmailMultiAlternatives:
    context |= {
        "person": mail.person,
        "preferences": absolute(reverse("events:mail_preference")),
        "all": absolute(reverse("events:notification_list")),
    }
    # The same id at each attempt: a mail that arrives twice after a crash is shown once by most readers.
    domain = urlsplit(settings.SITE_ADDRESS).hostname or "localhost"
    always = {"Message-ID": f"<notification-{mail.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    letter = EmailMultiAlternatives(
        " ".join(subject.split())[:250],
        render_to_string(f"events/mail/{template}.txt", context),
        to=[formataddr((mail.person.name, mail.person.email))],
        headers=always | (headers or {}),
    )
    letter.attach_alternative(render_to_string(f"events/mail/{template}.html", context), "text/html")
    return letter
