"""The shell's navigation. Each app registers its entries in AppConfig.ready(); pages show those a person may use.

register_entry(
    Entry("Register", "layout-list", "portfolio:initiative_list", section="portfolio", may_see=can_see_register)
)
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from django.core.cache import cache as store
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from aiso.accounts.models import User

from . import figures, markup

# The side's sections in their order; those without a title stand apart without one.
SECTIONS = {
    "work": "",
    "portfolio": "Portfolio",
    "forums": "Forums",
    "standards": "",
    "value": "Value",
    "office": "",
}
# Two sections are not in the side: the tabs of the administration pages, and a person's own pages.
TABBED = ("administration", "account")
# Counts in the shell may be this old. No page waits for them: it asks for them apart when they are older.
COUNTS_KEPT_SECONDS = 60


def anybody(person: User) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """One way into an app. It is current on its own address and below; `also` names further beginnings, `args` what
    the address is made with.
    """

    label: str
    icon: str
    url_name: str
    section: str
    order: int = 50
    may_see: Callable[[User], bool] = anybody
    count: Callable[[User], int] | None = None
    also: tuple[str, ...] = ()
    about: str = ""
    args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return _address(self.url_name, self.args)

    def reach(self, path: str) -> int:
        """How closely the entry matches a path: the length of the beginning they share, 0 for none."""
        if path == self.url:
            return len(path)
        beginnings = [start for start in (self.url, *self.also) if start != "/"]
        return max((len(start) for start in beginnings if path.startswith(start)), default=0)


@dataclass(frozen=True)
class Shown:
    """An entry as one person sees it on one page."""

    entry: Entry
    count: int | None
    current: bool


_entries: list[Entry] = []
_bell: list[Entry] = []


def register_entry(entry: Entry) -> None:
    """Add an entry to its section."""
    if entry.section not in SECTIONS and entry.section not in TABBED:
        raise ValueError(f"No section {entry.section!r}: take one of {', '.join([*SECTIONS, *TABBED])}.")
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda each: each.order)


def register_bell(entry: Entry) -> None:
    """Name the page of notifications, and how to count those unread."""
    _bell[:] = [entry]


def entries_for(person: User, *sections: str) -> list[Entry]:
    return [entry for entry in _entries if entry.section in sections and entry.may_see(person)]


def shown_on(request: HttpRequest, person: User, *sections: str) -> tuple[Shown, ...]:
    """The entries of some sections with their counts, the current one marked."""
    visible = entries_for(person, *sections)
    counts = kept_counts(person) or {}
    nearest = max(visible, key=lambda entry: entry.reach(request.path), default=None)
    current = nearest if nearest and nearest.reach(request.path) else None
    return tuple(Shown(entry, counts.get(entry.url_name), entry is current) for entry in visible)


def bell_for(person: User) -> Shown | None:
    if not _bell:
        return None
    return Shown(_bell[0], (kept_counts(person) or {}).get(_bell[0].url_name), current=False)


def kept_counts(person: User) -> dict[str, int] | None:
    """What the shell last counted for a person, or None when that is too old: the page then asks for it apart."""
    if "shell_counts" not in person.__dict__:
        person.__dict__["shell_counts"] = store.get(_key(person))
    kept: dict[str, int] | None = person.__dict__["shell_counts"]
    return kept


def count_anew(person: User) -> dict[str, int]:
    """Count for the shell, and keep it for a minute."""
    counted = [entry for entry in (*_entries, *_bell) if entry.count and entry.may_see(person)]
    counts = {entry.url_name: entry.count(person) for entry in counted if entry.count}
    store.set(_key(person), counts, COUNTS_KEPT_SECONDS)
    person.__dict__["shell_counts"] = counts
    return counts


def forget_counts(person: User) -> None:
    """Count anew for the person's next page; for actions whose effect they expect to see at once."""
    person.__dict__.pop("shell_counts", None)
    store.delete(_key(person))


def _key(person: User) -> str:
    return f"shell-counts:{person.pk}"


@cache
def _address(url_name: str, args: tuple[str, ...] = ()) -> str:
    return reverse(url_name, args=args)


@lru_cache(maxsize=512)
def side_html(shown: tuple[Shown, ...]) -> SafeString:
    """The navigation's lists, for the side and for the menu that replaces it on narrow windows."""
    blocks = []
    for section, title in SECTIONS.items():
        items = [each for each in shown if each.entry.section == section]
        if items:
            heading = format_html('<h2 aria-hidden="true">{}</h2>', title) if title else ""
            blocks.append((heading, title or items[0].entry.label, _items_html(items)))
    return format_html_join("", '{}<ul aria-label="{}">{}</ul>', blocks)


def _items_html(items: list[Shown]) -> SafeString:
    return format_html_join(
        "",
        '<li><a href="{}"{}>{}<span class="tx">{}</span>{}</a></li>',
        (
            (
                each.entry.url,
                mark_safe(' aria-current="page"') if each.current else "",
                markup.icon(each.entry.icon),
                each.entry.label,
                _badge(each),
            )
            for each in items
        ),
    )


def _badge(shown: Shown) -> SafeString | str:
    """The place of a count; empty while it is unknown or nothing."""
    if not shown.entry.count:
        return ""
    text = figures.number(shown.count) if shown.count else ""
    return format_html('<span class="cnt tn" data-count="{}">{}</span>', shown.entry.url_name, text)
