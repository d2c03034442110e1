"""What expansions add to the apps below, and what they listen to. Called when the app is ready."""

from collections.abc import Iterable

from django.template.loader import render_to_string

from aiso.audit.history import Told
from aiso.events.models import Event, Notification
from aiso.events.outbox import subscribe
from aiso.events.telling import Message
from aiso.web.navigation import Entry, register_entry
from portfolio.demo import register_teller
from portfolio.history import register_history
from portfolio.models.stage import IN_PRODUCTION
from portfolio.page import InitiativePage
from portfolio.panels import Panel, register_panel

from . import decision_tasks
from .asked_money import body_of_request, parties_to_request
from .deciding import voters_of
from .decision_messages import MESSAGES
from .demo.merges import tell_of_growing
from .expansion import expansions_of, track_of
from .models import Expansion

EXPANSIONS = Entry(
    "Expansions",
    "trending-up",
    "stagegates:expansion_list",
    section="portfolio",
    order=27,
    about="Which initiatives in production ask to grow, and how far.",
)
TOLD = Told(
    Expansion,
    says=lambda asked: f"Expansion asked for: {asked}",
    hide=("step", "what", "amount", "skips", "asked_by", "asked_at", "decision_class", "volume_before"),
)


def expansion_panel(page: InitiativePage) -> str:
    """How far it has grown, once it is in production. Two queries; none before."""
    if page.initiative.stage not in IN_PRODUCTION:
        return ""
    found = expansions_of(page.initiative)
    may_ask = page.may_edit and not any(each.is_open for each in found)
    context = {"track": track_of(found), "initiative": page.initiative, "may_ask": may_ask}
    return render_to_string("stagegates/_expansion_panel.html", context)


def _asked(event: Event) -> Iterable[Message]:
    asked = Expansion.objects.select_related("initiative").get(pk=event.payload["request"])
    body = body_of_request(asked)
    if body and asked.is_open:
        people = voters_of(body).exclude(pk__in=parties_to_request(asked))
        text = f"{asked.initiative.reference} asks {body} to grow: {asked}"
        yield Message(
            people, text, asked.get_absolute_url(), Notification.Kind.REQUEST, {"initiative": asked.initiative_id}
        )


def register_expansions() -> None:
    MESSAGES["expansion.asked"] = _asked
    subscribe("expansion.asked", decision_tasks.tell_of_decision)
    register_entry(EXPANSIONS)
    register_panel(Panel("expansion", "main", expansion_panel, order=35))
    register_history(TOLD)
    register_teller(tell_of_growing)
