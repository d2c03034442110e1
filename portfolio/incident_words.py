"""The fields of a template for messages about incidents, and what stands for them in one incident."""

import re
from collections.abc import Iterable

from aiso.errors import DomainError
from aiso.web import figures

from .models import Incident, Initiative

# What may stand in braces, with what it becomes.
FIELDS = {
    "incident": "its reference and title",
    "initiative": "the initiatives that it concerns",
    "severity": "how severe it is",
    "state": "open, contained, resolved or reviewed",
    "what": "what happened",
    "happened": "when it happened",
    "detected": "when it was detected",
    "support": "the support owner",
}
IN_BRACES = re.compile(r"\{([^{}]*)\}")


def check_fields(text: str, field: str) -> None:
    """Raises DomainError that names what stands in braces and is no field."""
    unknown = [name for name in IN_BRACES.findall(text) if name not in FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise DomainError(f"There is no field {{{unknown[0]}}}. Those there are: {known}.", field=field)


def filled_in(text: str, incident: Incident, initiatives: Iterable[Initiative]) -> str:
    """A text with its fields filled in. What is filled in is not read for fields again."""
    values = {
        "incident": str(incident),
        "initiative": ", ".join(str(each) for each in initiatives),
        "severity": incident.get_severity_display().lower(),
        "state": incident.get_state_display().lower(),
        "what": incident.what_happened,
        "happened": figures.moment(incident.happened_at),
        "detected": figures.moment(incident.detected_at),
        "support": str(incident.support_owner),
    }
    return IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)
