"""What views need to know of htmx."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails


def htmx_of(request: HttpRequest) -> HtmxDetails | None:
    """What htmx says of the request; None for one that it did not make."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    return details or None


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment: not a boosted link, and not a page taken back from history."""
    htmx = htmx_of(request)
    return htmx is not None and not htmx.boosted and not htmx.history_restore_request


def announce(request: HttpRequest, text: str, *, undo: str = "", level: int = messages.SUCCESS) -> None:
    """Tell the person what was done, with an Undo that posts to the address `undo` for ten seconds."""
    messages.add_message(request, level, text, extra_tags=f"undo={undo}" if undo else "")


def toast_of(message: Any) -> dict[str, str]:
    """One waiting message as the page's script takes it."""
    tag = message.extra_tags or ""
    undo = tag.removeprefix("undo=") if tag.startswith("undo=") else ""
    return {"text": str(message), "level": message.level_tag, "undo": undo}


def add_trigger(response: HttpResponse, name: str, detail: Any) -> None:
    """Add one client-side event to those that the response already triggers after its swap."""
    header = "HX-Trigger-After-Swap"
    given = response.headers.get(header, "")
    if given and not given.startswith("{"):
        events: dict[str, Any] = dict.fromkeys(given.split(","), "")
    else:
        events = json.loads(given or "{}")
    response.headers[header] = json.dumps(events | {name: detail})
