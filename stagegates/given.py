"""All evidence of an initiative, requirement by requirement, with its versions."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.text import capfirst

from portfolio.models import Initiative

from .models import Evidence, Requirement
from .rules import gates_in_force


@dataclass(frozen=True)
class Given:
    """What was given for one requirement, the latest version first."""

    code: str
    text: str
    versions: list[Evidence]


def given_to(initiative: Initiative) -> list[Given]:
    """Three queries."""
    rows = Evidence.objects.filter(initiative=initiative).order_by("code", "-version")
    versions = rows.select_related("given_by", "withdrawn_by", "attachment")
    texts = _texts(initiative)
    return [Given(code, texts.get(code) or _named(code), [*each]) for code, each in groupby(versions, key=_code)]


def _texts(initiative: Initiative) -> dict[str, str]:
    """What requirements are called: by the gates in force, and by the reviews that asked for more."""
    told = dict(Requirement.objects.filter(review__initiative=initiative).order_by("pk").values_list("code", "text"))
    return {
        f"{gate.code}/{each.code}": each.text for gate in gates_in_force().gates for each in gate.requirements
    } | told


def _code(evidence: Evidence) -> str:
    return evidence.code


def _named(code: str) -> str:
    """A document that the matrix asks for and no review stored yet: its code is made of its name."""
    return capfirst(code.partition("/")[2].replace("-", " "))
