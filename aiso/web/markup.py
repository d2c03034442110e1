"""The small parts that pages and tables repeat, as plain functions that return safe HTML.

Lists call them once a cell, so whatever has few distinct inputs is drawn once and kept. Tables use
them from `render_*` methods, templates through `{% load aiso %}`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from . import figures
from .glossary import definition

STAGES = {
    "intake": "Intake",
    "discovery": "Discovery",
    "build": "Build",
    "pilot": "Pilot",
    "limited_rollout": "Limited rollout",
    "scale": "Scale",
}
# Stages outside the six have no place on the way, only an icon.
OFF_THE_WAY = {
    "paused": ("player-pause", "Paused"),
    "closed": ("archive", "Closed"),
    "merged": ("git-merge", "Merged"),
}
STATUS_ICONS = {
    "late": "alert-triangle",
    "risk": "alert-triangle",
    "ok": "check",
    "info": "clock",
    "idle": "circle-dashed",
}
RISK_TIERS = {"low": "Low", "moderate": "Moderate", "high": "High", "critical": "Critical"}
OWNERS = {"B": "business owner", "T": "technical owner", "R": "risk owner"}
PARTS = ("value", "feasibility", "data readiness", "strategic fit", "simple to govern")

# An address up to the white space after it, without what ends a sentence or a bracket.
ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]])", re.IGNORECASE)

type When = date | datetime


@cache
def icon(name: str, css: str = "") -> SafeString:
    """A Tabler outline icon from the sprite; scripts/icons.txt names those there are."""
    sprite = static("icons.svg")
    classes = f"ic {css}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, sprite, name)


def linked(text: str) -> SafeString:
    """Text in which addresses of the web, and no others, are links."""
    parts = ADDRESS.split(text or "")
    return format_html_join("", "{}", ((_link(part) if place % 2 else part,) for place, part in enumerate(parts)))


def _link(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow noopener noreferrer">{}</a>', address, address)


@lru_cache(maxsize=2048)
def status(tone: str, text: str, icon_name: str = "", *, pill: bool = False) -> SafeString:
    """Icon, word and colour. Tones: late (or lost), risk, ok (proven only), info, idle."""
    drawn = icon(icon_name or STATUS_ICONS[tone])
    return format_html('<span class="st {}{}">{}{}</span>', tone, " pill" if pill else "", drawn, text)


@cache
def stage_chip(stage: str, tone: str = "") -> SafeString:
    """The compact stage with its word. Tones `needs` and `late` colour the next gate."""
    if stage in OFF_THE_WAY:
        icon_name, word = OFF_THE_WAY[stage]
        return status("idle", word, icon_name)
    if stage not in STAGES:
        return mark_safe('<span class="mute">None</span>')
    position = [*STAGES].index(stage)
    return format_html(
        '<span class="stage-c"><svg class="stg {}" aria-hidden="true"><use href="{}#stg-{}"/></svg>'
        "<span>{}</span></span>",
        tone,
        static("icons.svg"),
        position,
        STAGES[stage],
    )


@cache
def risk_level(tier: str, suffix: str = "") -> SafeString:
    """Four neutral bars and the word: a tier is a property and not a status, so amber keeps its meaning."""
    if tier == "prohibited":
        return status("late", "Prohibited", "ban")
    if tier not in RISK_TIERS:
        return mark_safe('<span class="mute">Not assessed</span>')
    filled = [*RISK_TIERS].index(tier) + 1
    bars = format_html_join(
        "",
        '<rect{} x="{}" y="{}" width="2.6" height="{}" rx=".6"/>',
        (
            ("" if bar < filled else mark_safe(' class="off"'), f"{bar * 3.6:g}", 9 - bar * 3, 3 + bar * 3)
            for bar in range(4)
        ),
    )
    return format_html(
        '<span class="st"><svg class="lv" viewBox="0 0 14 12" aria-hidden="true">{}</svg>{}{}</span>',
        bars,
        RISK_TIERS[tier],
        suffix,
    )


@cache
def owner_letters(business: bool, technical: bool, risk: bool) -> SafeString:
    """B, T and R, dashed where nobody is named."""
    held = zip(OWNERS, (business, technical, risk), strict=True)
    letters = format_html_join(
        "", "<i{}>{}</i>", ((("" if there else mark_safe(' class="no"')), letter) for letter, there in held)
    )
    return format_html('<span class="owns" aria-hidden="true">{}</span>', letters)


@lru_cache(maxsize=4096)
def owners(business: bool, technical: bool, risk: bool, days: int | None = None, window: int = 90) -> SafeString:
    """The three owners at a glance: who is missing, else for how many days the business owner is the same."""
    letters = owner_letters(business, technical, risk)
    missing = [role for role, there in zip(OWNERS.values(), (business, technical, risk), strict=True) if not there]
    if missing:
        note = status("risk", f"{len(missing)} missing")
        spoken = format_html('<span class="visually-hidden">: {}</span>', ", ".join(missing))
        return letters + note + spoken
    if days is None:
        return letters
    if days < window:
        return letters + status("idle", f"new, {days}{figures.NBSP}d", "history")
    return letters + status("idle", f"{figures.number(days)}{figures.NBSP}d", "check")


@lru_cache(maxsize=4096)
def parts_bars(parts: tuple[int, ...]) -> SafeString:
    """Five bars for the five parts of the priority, each 1 to 5 as it counts."""
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="5" height="{}" rx="1"/>',
        ((place * 7, f"{14 - part * 2.6:g}", f"{part * 2.6:g}") for place, part in enumerate(parts)),
    )
    return format_html('<svg class="parts" viewBox="0 0 34 14" aria-hidden="true">{}</svg>', bars)


@lru_cache(maxsize=4096)
def priority(score: float | None, parts: tuple[int | None, ...] = ()) -> SafeString:
    """The score with its parts: they are always shown together."""
    if score is None:
        return mark_safe('<span class="mute">None</span>')
    known = tuple(part for part in parts if part is not None)
    if not known or len(known) < len(parts):
        return format_html("<span>{}</span>", f"{score:.1f}")
    # As they count: of the complexity of its governance that is 6 less it.
    counted = (*known[:-1], 6 - known[-1])
    told = ", ".join(f"{name} {part}" for name, part in zip(PARTS, counted, strict=True))
    spoken = ", ".join(str(part) for part in counted)
    return format_html(
        '<span title="{}">{}<span class="visually-hidden">, parts {}</span>{}</span>',
        told,
        f"{score:.1f}",
        spoken,
        parts_bars(counted),
    )


def initials(name: str) -> str:
    """AB for Anna Berg, A for Anna."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


@lru_cache(maxsize=4096)
def avatar(name: str) -> SafeString:
    return format_html('<span class="who" aria-hidden="true">{}</span>', initials(name))


@lru_cache(maxsize=4096)
def person(name: str, note: str = "") -> SafeString:
    """A person with initials, and a word about them if it matters here."""
    told = format_html('<span class="mute sm d-block">{}</span>', note) if note else ""
    return format_html('<span class="person">{}<span>{}{}</span></span>', avatar(name), name, told)


def money(amount: figures.Number | None, currency: str = "", *, url: str = "", in_full: bool = False) -> SafeString:
    """Compact money with the exact sum on hover, or that sum itself; with `url`, a link to the rows behind it."""
    if amount is None:
        return nothing()
    exact = figures.exact_money(amount, currency)
    short = exact if in_full else figures.money(amount, currency)
    if url:
        return format_html('<a class="fig tn" href="{}" title="{}">{}</a>', url, exact, short)
    return format_html('<span class="tn" title="{}">{}</span>', exact, short)


def figure(text: object, url: str) -> SafeString:
    """A figure that leads to the rows behind it."""
    shown = figures.number(text) if isinstance(text, int) else text
    return format_html('<a class="fig" href="{}">{}</a>', url, shown)


def time_tag(value: When | None) -> SafeString:
    """A date as people write it, with its distance on hover."""
    if value is None:
        return nothing()
    stamp = figures.local_date(value).isoformat()
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, figures.relative(value), figures.day(value))


def ago(value: When | None) -> SafeString:
    """How far away a day is, with the date (and time) on hover."""
    if value is None:
        return nothing()
    exact = figures.moment(value) if isinstance(value, datetime) else figures.day(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, figures.relative(value))


def deadline(value: When | None, *, done: bool = False, soon: int = 3) -> SafeString:
    """A due date: red when late, amber within `soon` days, plain otherwise."""
    if value is None:
        return nothing()
    if done:
        return time_tag(value)
    days = figures.days_until(value)
    if days < 0:
        return format_html(
            '<span title="due {}">{}</span>', figures.day(value), status("late", figures.lateness(value))
        )
    if days <= soon:
        text = f"due {figures.relative(value)}"
        return format_html('<span title="{}">{}</span>', figures.day(value), status("risk", text, "clock"))
    return format_html('<span class="mute tn">due {}, {}</span>', figures.day(value), figures.relative(value))


@cache
def nothing(text: str = "None") -> SafeString:
    """An empty value says so."""
    return format_html('<span class="mute">{}</span>', text)


def term(name: str, label: str = "", *, with_definition: bool = True) -> SafeString:
    """A domain term whose definition opens on hover, tap or key. A page needs each definition once."""
    key = f"def-{slugify(name)}"
    button = format_html('<button type="button" class="term" popovertarget="{}">{}</button>', key, label or name)
    if not with_definition:
        return button
    return format_html('{}<span popover class="def" id="{}">{}</span>', button, key, definition(name))


def bar(shares: Sequence[float], label: str) -> SafeString:
    """A thin bar of up to two nested shares of a whole, such as spent inside released."""
    widths = sorted((max(0.0, min(1.0, share)) * 300 for share in shares), reverse=True)
    tones = ["b2", "a"][2 - len(widths) :]
    drawn = format_html_join(
        "",
        '<rect class="{}" width="{}" height="8" rx="2"/>',
        ((tone, f"{width:g}") for tone, width in zip(tones, widths, strict=True)),
    )
    return format_html(
        '<svg class="bar" viewBox="0 0 300 8" height="8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bg" width="300" height="8" rx="2"/>{}</svg>',
        label,
        drawn,
    )
