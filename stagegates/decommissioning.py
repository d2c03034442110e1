"""What there is to see to when a system in use is switched off, as the configuration says."""

from dataclasses import dataclass
from datetime import date

from aiso.accounts.models import User
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative

DECOMMISSIONING = "decommissioning"
OWNERS = {"business": "Business owner", "technical": "Technical owner", "risk": "Risk owner"}


@dataclass(frozen=True)
class Thing:
    """One row of the checklist: what, which owner sees to it, and within how many days of the end."""

    code: str
    what: str
    owner: str
    days: int


def things_in_force(on: date | None = None) -> list[Thing]:
    """The checklist that holds on a day, today by default. One query."""
    content = ConfigurationVersion.objects.in_force(DECOMMISSIONING, on).content
    return [Thing(row["code"], row["what"], row["owner"], int(row["days"])) for row in content["things"]]


def owner_of(thing: Thing, initiative: Initiative) -> User | None:
    """The owner that the row names, else another one of the initiative who is with the company; none without any."""
    kinds = [thing.owner, *(kind for kind in OWNERS if kind != thing.owner)]
    people = (getattr(initiative, f"{kind}_owner") for kind in kinds)
    return next((person for person in people if person and person.is_active), None)
