"""How each field of an initiative reads: in its facts, in a conflict, in a message."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst

from aiso.accounts.models import BusinessUnit
from aiso.web import figures, markup

from .models import Initiative, Workflow
from .models.initiative import PRIORITY_PARTS

LABELS = {"use_case_type": "Use-case type", "name": "Name"}
# Fields that the glossary explains under their label.
TERMS = ("workflow", "bucket", "objective", "priority", "is_confidential")
# Characters of a long text that a conflict shows of each version.
EXCERPT = 600
# The title of what stands in the place of a sum, for those who may not see it.
WHO_SEES_MONEY = "Its owners, finance controllers, the office, executives and auditors see its money."


def label_of(field: str) -> str:
    return LABELS.get(field) or capfirst(str(Initiative._meta.get_field(field).verbose_name))  # type: ignore[union-attr]


def lowered(label: str) -> str:
    """A label inside a sentence; abbreviations stay as they are."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def fact_link(initiative: Initiative, field: str) -> SafeString:
    """The field as the facts show it, opening its editor in place."""
    address = f"{initiative.get_absolute_url()}edit/{field}/?place=fact"
    return format_html(
        '<a class="ed" href="{}" hx-get="{}" hx-target="closest [data-fact]" id="edit-{}">{}'
        '<span class="visually-hidden">, edit {}</span></a>',
        address,
        address,
        field,
        fact_html(initiative, field),
        lowered(label_of(field)),
    )


def fact_html(initiative: Initiative, field: str) -> SafeString:
    """The field as the facts show it."""
    if field == "priority":
        score = None if initiative.priority is None else float(initiative.priority)
        drawn = markup.priority(score, tuple(initiative.priority_parts))
        return format_html('{}<span class="mute sm d-block">{}</span>', drawn, priority_reason(initiative))
    names = getattr(initiative, f"{field}_names", None)
    value = getattr(initiative, field) if names is None else names
    return shown(field, [*value.all()] if isinstance(value, models.Manager) else value)


def money_withheld() -> SafeString:
    """What the facts show instead of a sum that the person may not see."""
    return format_html('<span class="mute" title="{}">Not shown to you</span>', WHO_SEES_MONEY)


def shown(field: str, value: Any) -> SafeString:
    """Any value of a field, also one that is not the initiative's own."""
    if isinstance(value, Decimal):
        return markup.money(value)
    if not value and value is not False:
        return markup.nothing(_lacking(field))
    if isinstance(value, bool):
        return mark_safe("Yes") if value else mark_safe("No")
    if isinstance(value, list | models.QuerySet):
        return format_html("{}", ", ".join(sorted(map(str, value), key=str.lower)))
    if isinstance(value, BusinessUnit):
        return _unit(value)
    if isinstance(value, Workflow) and value.is_critical:
        return format_html('{}, <span class="nw">critical</span>', value.name)
    return format_html("{}", _words(field, value))


def priority_reason(initiative: Initiative) -> str:
    """The parts that make the score, or those that still lack (DESIGN §5)."""
    parts = dict(zip(PRIORITY_PARTS, initiative.priority_parts, strict=True))
    missing = [lowered(label_of(part)) for part, value in parts.items() if value is None]
    if missing:
        return f"{len(parts) - len(missing)} of {len(parts)} parts rated; lacks {', '.join(missing)}"
    value, feasibility, data, fit, complexity = parts.values()
    governed = f"governance {6 - (complexity or 0)} (6 {figures.MINUS} {complexity})"
    return f"value {value}, feasibility {feasibility}, data {data}, fit {fit}, {governed}"


def _words(field: str, value: Any) -> str:
    if isinstance(value, str):
        choices = dict(Initiative._meta.get_field(field).flatchoices)  # type: ignore[union-attr]
        return str(choices.get(value) or Truncator(value).chars(EXCERPT))
    return str(value)


def _unit(unit: BusinessUnit) -> SafeString:
    if unit.parent_id is None:
        return format_html("{}", unit.name)
    return format_html('{} <span class="mute">in {}</span>', unit.name, unit.parent.name)


def _lacking(field: str) -> str:
    """What an empty field says: that nobody answered or stated it, or that there is none."""
    model_field = Initiative._meta.get_field(field)
    if isinstance(model_field, models.DecimalField):
        return "Not stated"
    is_question = bool(getattr(model_field, "choices", None)) or isinstance(model_field, models.BooleanField)
    return "Not answered" if is_question else "None"
