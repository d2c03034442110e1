"""Where the search at the top of each page leads. An app that lists things names its page in AppConfig.ready()."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse

from aiso.accounts.models import User

# Takes a person and what they typed; returns the address of the one thing meant by it, such as a reference.
type Shortcut = Callable[[User, str], str | None]
_pages: list[str] = []
_shortcuts: list[Shortcut] = []


def register_search_page(url_name: str) -> None:
    """Name the list that takes `?q=`."""
    _pages[:] = [url_name]


def register_shortcut(shortcut: Shortcut) -> None:
    _shortcuts.append(shortcut)


def address_for(person: User, text: str) -> str:
    """Straight to the thing that the text names, else to the list filtered by it."""
    for shortcut in _shortcuts:
        if found := shortcut(person, text):
            return found
    page = reverse(_pages[0]) if _pages else reverse("web:home")
    return f"{page}?{urlencode({'q': text})}" if text else page
