"""`{% load aiso %}`: the parts of aiso.web.markup and the figures of aiso.web.figures for templates."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aiso.web import figures, htmx, markup

register = template.Library()

register.simple_tag(markup.icon, name="icon")
register.simple_tag(markup.status, name="status")
register.simple_tag(markup.stage_chip, name="stage_chip")
register.simple_tag(markup.risk_level, name="risk_level")
register.simple_tag(markup.owners, name="owners")
register.simple_tag(markup.avatar, name="avatar")
register.simple_tag(markup.person, name="person")
register.simple_tag(markup.money, name="money")
register.simple_tag(markup.figure, name="figure")
register.simple_tag(markup.deadline, name="deadline")
register.simple_tag(figures.plural, name="plural")

register.filter("number", figures.number)
register.filter("measured", figures.measured)
register.filter("percent", figures.percent)
register.filter("compact", figures.compact)
register.filter("day", figures.day)
register.filter("moment", figures.moment)
register.filter("relative", figures.relative)
register.filter("initials", markup.initials)


@register.filter
def ago(value: date | datetime | None) -> SafeString:
    return markup.ago(value)


@register.filter
def time_tag(value: date | datetime | None) -> SafeString:
    return markup.time_tag(value)


@register.simple_tag
def priority(score: float | None, parts: Any = ()) -> SafeString:
    """The score with its five parts, given as any sequence."""
    return markup.priority(None if score is None else float(score), tuple(parts))


register.filter("linked", markup.linked)


@register.simple_tag(takes_context=True)
def term(context: Context, name: str, label: str = "") -> SafeString:
    """A term with its definition, which a page carries once however often the term stands there."""
    holder = context.get("request") or context
    told: set[str] = getattr(holder, "told_terms", set())
    first = name.lower() not in told
    holder.told_terms = told | {name.lower()}  # type: ignore[union-attr]
    return markup.term(name, label, with_definition=first)


@register.filter
def toast(message: Any) -> dict[str, str]:
    """A waiting message as text, level and the address that undoes it."""
    return htmx.toast_of(message)


@register.simple_tag
def saved_at(value: datetime | None) -> SafeString:
    """`Saved 14:02`, where a form saves itself."""
    if value is None:
        return SafeString('<span class="st idle" data-saved></span>')
    return format_html(
        '<span class="st idle" data-saved>{}Saved {}</span>', markup.icon("check"), figures.moment(value)[-5:]
    )
