"""What a browser sends: a form as it was opened, and htmx's headers."""

import json
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.utils.datastructures import MultiValueDict

from aiso.events.models import Event

type Attributes = list[tuple[str, str | None]]


def htmx(target: str = "") -> dict[str, str]:
    """The headers of a request that htmx makes to fill `target`."""
    return {"HX-Request": "true", **({"HX-Target": target} if target else {})}


def events(name: str) -> list[Event]:
    return [*Event.objects.filter(name=name)]


def offered_undo(response: Any) -> str:
    """The address that takes back what the page's message tells."""
    if trigger := response.headers.get("HX-Trigger-After-Swap"):
        return str(json.loads(trigger)["toasts"][0]["undo"])
    return str(next(iter(response.context["messages"])).extra_tags.removeprefix("undo="))


def opened(client: Client, address: str, **headers: str) -> dict[str, Any]:
    """The values that the form at an address would send if nobody touched it."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return filled_in(response.content.decode())


def filled_in(html: str) -> dict[str, Any]:
    """The values of the forms in the page's main part, or in a fragment: as a browser would send them."""
    reader = _FormReader()
    reader.feed(html[max(html.find("<main"), 0) :].partition("</main>")[0])
    return {name: values if len(values) > 1 else values[0] for name, values in reader.values.lists()}


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: MultiValueDict[str, str] = MultiValueDict()
        self.textarea = self.select = ""
        self.text: list[str] = []
        self.first_option: str | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.values.appendlist(name, given.get("value", ""))
        elif tag == "textarea":
            self.textarea, self.text = name, []
        elif tag == "select":
            self.select, self.first_option = name, "" if "multiple" in given else None
        elif tag == "option" and self.select:
            if "selected" in given:
                self.values.appendlist(self.select, given.get("value", ""))
            elif self.first_option is None:
                self.first_option = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            # A browser drops the line break that begins a text area.
            self.values.appendlist(self.textarea, "".join(self.text).removeprefix("\n"))
            self.textarea = ""
        elif tag == "select":
            if self.first_option and self.select not in self.values:
                self.values.appendlist(self.select, self.first_option)
            self.select = ""
