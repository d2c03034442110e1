"""A requirement as pages show it: how it stands, why it applies, whose sign-off rests on it, what was given when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.urls import reverse
from django.utils.text import slugify

from aiso import clock
from aiso.web import figures
from aiso.workdays import working_days_between

from .checklist import Required
from .models import Evidence, Requirement, ReviewFunction, SignOff
from .rules import GATES
from .sign_off_clock import SAID
from .standing import Standing

State = SignOff.State


@dataclass(frozen=True)
class Rule:
    """What asks for a requirement, with the version that says so."""

    name: str
    told: str
    url: str


@dataclass(frozen=True)
class Mark:
    """A function and what it said, or how long it still has. Tones are those of `markup.status`."""

    name: str
    tone: str
    text: str
    icon: str


@dataclass(frozen=True)
class Line:
    """One row of a checklist."""

    standing: Standing
    rules: list[Rule]
    marks: list[Mark] = field(default_factory=list)
    versions: list[Evidence] = field(default_factory=list)

    @property
    def requirement(self) -> Requirement | Required:
        return self.standing.requirement

    @property
    def key(self) -> str:
        """Tells the row apart in its page's addresses."""
        return key_of(self.requirement.code)

    @property
    def gives_here(self) -> bool:
        """Whether its evidence is given in place."""
        return self.requirement.evidence in (Requirement.Evidence.DOCUMENT, Requirement.Evidence.STATEMENT)

    @property
    def is_known(self) -> bool:
        return self.requirement.evidence == Requirement.Evidence.KNOWN

    @property
    def earlier(self) -> list[Evidence]:
        """What was given before, and what was withdrawn."""
        present = self.standing.evidence
        return [each for each in self.versions if present is None or each.pk != present.pk]

    @property
    def ends_in(self) -> str:
        """The expiry in words, once it is near."""
        day = self.standing.expires_on
        if day is None or not self.standing.is_met:
            return ""
        return f"ends {figures.relative(day)}" if figures.days_until(day) <= SOON_DAYS else ""


# Days before evidence ends from which on a page warns.
SOON_DAYS = 60


@dataclass(frozen=True)
class Part:
    """The rows of one gate."""

    code: str
    name: str
    lines: list[Line]


def lines_of(
    standings: Sequence[Standing], marks: Mapping[str, Mark], versions: Mapping[str, list[Evidence]]
) -> list[Line]:
    """Rows for requirements; `marks` are by the function's slug, `versions` by the requirement's code."""
    return [
        Line(
            each,
            rules_of(each.requirement),
            [marks[slug] for slug in each.requirement.functions if slug in marks],
            versions.get(each.requirement.code, []),
        )
        for each in standings
    ]


def parts_of(lines: Iterable[Line], names: Mapping[str, str]) -> list[Part]:
    """The rows gate by gate; `names` are those of the gates by code."""
    grouped = groupby(lines, key=lambda line: line.requirement.gate)
    return [Part(code, names.get(code, code), [*rows]) for code, rows in grouped]


def rules_of(requirement: Requirement | Required) -> list[Rule]:
    """Why it applies: the gate itself, and rules of the governance matrix."""
    stored = [each if isinstance(each, dict) else each.stored() for each in requirement.asked_by]
    return [_rule(**each) for each in stored]


def _rule(kind: str, code: str, name: str, version: int) -> Rule:
    where = "every case at this gate" if kind == GATES else "governance matrix"
    url = reverse("configuration:version_detail", args=[kind, version])
    return Rule(name, f"{where}, version {version}", url)


def marks_of(sign_offs: Iterable[SignOff]) -> dict[str, Mark]:
    """How each function stands, by its slug; functions and answers come with the sign-offs."""
    return {each.function.slug: mark_of(each) for each in sign_offs}


def key_of(code: str) -> str:
    """Of the row of a requirement, by the requirement's code."""
    return slugify(code.replace("/", "-"))


def names_of_functions(signing: Iterable[str]) -> dict[str, Mark]:
    """The functions that will be asked, before a review is opened, by slug. One query."""
    named = ReviewFunction.objects.active().filter(slug__in=[*signing]).values_list("slug", "name")
    return {slug: Mark(name, "idle", "", "circle-dashed") for slug, name in named}


def mark_of(sign_off: SignOff) -> Mark:
    name = sign_off.function.name
    if sign_off.state == State.ANSWERED and sign_off.answer:
        tone, word, icon = SAID[sign_off.answer.verdict]
        return Mark(name, tone, word.lower(), icon)
    if sign_off.state == State.OUTDATED:
        return Mark(name, "risk", "outdated", "refresh-alert")
    if sign_off.state == State.WAITING:
        return Mark(name, "idle", "waits", "circle-dashed")
    if sign_off.due_on is None:
        return Mark(name, "info", "waits for a reply", "message-question")
    return _running(name, sign_off)


def _running(name: str, sign_off: SignOff) -> Mark:
    left = days_left(sign_off)
    if left < 0:
        return Mark(name, "late", f"{figures.plural(-left, 'day')} late", "alert-triangle")
    return Mark(name, "info", f"{left} of {figures.plural(sign_off.clock_days, 'day')} left", "clock")


def days_left(sign_off: SignOff) -> int:
    """Working days until its clock runs out; negative once it has."""
    assert sign_off.due_on is not None
    return working_days_between(clock.today(), sign_off.due_on)


def versions_of(initiative: int, codes: Iterable[str]) -> dict[str, list[Evidence]]:
    """All that was ever given for some requirements, the latest first. One query."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    rows = Evidence.objects.filter(initiative=initiative, code__in=[*codes])
    for each in rows.select_related("given_by", "withdrawn_by", "attachment"):
        found[each.code].append(each)
    return found
