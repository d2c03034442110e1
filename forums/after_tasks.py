from celery import shared_task
from django.http import QueryDict

from aiso.accounts.models import User
from aiso.events.models import Event

from . import minutes_pdf
from .after_messages import messages_of
from .minutes_page import Holding, MinutesPage
from .models import Minutes


@shared_task
def tell_what_follows(event_id: int) -> None:
    """Tell those whom closed meetings, addenda and action items concern. Each is told once an event."""
    event = Event.objects.get(pk=event_id)
    for message in messages_of(event):
        message.tell(event)


@shared_task
def set_minutes(minutes_id: int, person_id: int, address: str) -> None:
    """Make the PDF of minutes as one person reads them. Repeating it finds it there."""
    minutes = Minutes.objects.select_related("meeting__forum", "made_by").get(pk=minutes_id)
    person = User.objects.get(pk=person_id)
    holding = Holding.read(QueryDict(address.removeprefix("?")))
    minutes_pdf.keep_pdf(MinutesPage(minutes, person, holding))
