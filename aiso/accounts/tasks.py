from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from aiso import clock
from aiso.events.models import Event

from .models import User

SUBJECT = "Your account in the AI Scaling Office"


@shared_task(autoretry_for=[SMTPException, OSError], retry_backoff=True, max_retries=8)
def send_invitation(event_id: int) -> None:
    """Mail the link with which a person chooses a password. One mail an event, however often this runs."""
    event = Event.objects.select_related("actor").get(pk=event_id)
    with transaction.atomic():
        person = User.objects.select_for_update(of=["self"]).get(pk=event.payload["person"])
        sent_at = person.invitation_sent_at
        if not person.is_active or (sent_at and sent_at >= event.happened_at):
            return
        context = {"person": person, "actor": event.actor, "link": password_link(person)}
        send_mail(SUBJECT, render_to_string("accounts/mail/invitation.txt", context), None, [person.email])
        person.invitation_sent_at = clock.now()
        person.save(update_fields=["invitation_sent_at"])


def password_link(person: User) -> str:
    """The address at which a person chooses a new password. Works once, for as long as a password reset does."""
    place = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return f"{settings.SITE_ADDRESS}{reverse('account_reset_password_from_key', kwargs=place)}"
