"""What governance asks of an initiative: at the gates still ahead of it, and once it is in use.

duties_for([initiative])[initiative.pk]   # each duty with the rules and versions that ask for it
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from django.urls import reverse

from portfolio.models import Initiative, Stage
from portfolio.models.stage import ENDED, PATH

from .askings import all_bodies, titles_of_standards
from .checklist import requirements_of, sign_offs_of
from .matrix import AskedBy, Situation, duties_of
from .models import Requirement, ReviewFunction
from .rules import Gate, Gates, Matrix, gates_in_force, matrix_in_force
from .situations import situations_of

type What = Literal["requirement", "assessment", "document", "sign_off", "body", "monitoring"]
# Each kind of duty as people read it, in the order in which they are shown.
LABELS: Mapping[What, str] = {
    "requirement": "Evidence",
    "assessment": "Assessment",
    "document": "Document",
    "sign_off": "Sign-off",
    "body": "Decided by at least",
    "monitoring": "Monitoring",
}
EVERY = {1: "Every month", 12: "Every year"}


@dataclass(frozen=True)
class Item:
    """One thing that is asked at one gate, or once in use (no gate). Equal items of two versions are the same duty."""

    what: What
    key: str
    gate: str = ""


@dataclass(frozen=True)
class Rule:
    """A rule that asks, with the address of the version in which it stands."""

    name: str
    kind: str
    version: int
    url: str


@dataclass
class Duty:
    """One thing that is asked, at which gates, and by which rules."""

    what: What
    key: str
    text: str
    gates: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    @property
    def label(self) -> str:
        return LABELS[self.what]


class Rulebook:
    """Gates and matrix of some versions together, and what they ask in each situation."""

    def __init__(self, gates: Gates, matrix: Matrix) -> None:
        self.gates, self.matrix = gates, matrix
        self._known: dict[tuple[Situation, str], dict[Item, tuple[AskedBy, ...]]] = {}
        self.texts: dict[tuple[What, str], str] = {}

    @cached_property
    def titles(self) -> dict[str, str]:
        return titles_of_standards()

    @cached_property
    def functions(self) -> dict[str, str]:
        return dict(ReviewFunction.objects.values_list("slug", "name"))

    @cached_property
    def bodies(self) -> dict[str, tuple[str, int]]:
        return {slug: (body.name, body.rank) for slug, body in all_bodies().items()}

    def items(self, situation: Situation, stage: str) -> dict[Item, tuple[AskedBy, ...]]:
        """What is asked in a situation from a stage on, each with who asks. Worked out once for equal ones."""
        key = situation, stage
        if key not in self._known:
            self._known[key] = dict(self._asked(situation, stage))
        return self._known[key]

    def duties(self, situation: Situation, stage: str) -> list[Duty]:
        """The same for people: a duty at several gates stands once."""
        found: dict[tuple[What, str], Duty] = {}
        names = {gate.code: gate.name for gate in self.gates.gates}
        for item, asked in self.items(situation, stage).items():
            duty = found.setdefault((item.what, item.key), Duty(item.what, item.key, self.text(item)))
            duty.gates += [names[item.gate]] if item.gate else []
            duty.rules += [rule for rule in map(rule_of, asked) if rule not in duty.rules]
        order = [*LABELS]
        return sorted(found.values(), key=lambda duty: order.index(duty.what))

    def text(self, item: Item) -> str:
        """What is asked, in words."""
        if item.what == "sign_off":
            return self.functions.get(item.key, item.key)
        if item.what == "body":
            return self.bodies.get(item.key, (item.key, 0))[0]
        if item.what == "monitoring":
            return EVERY.get(int(item.key), f"Every {item.key} months")
        return self.texts.get((item.what, item.key), item.key)

    def _asked(self, situation: Situation, stage: str) -> Iterable[tuple[Item, tuple[AskedBy, ...]]]:
        ranks = {slug: rank for slug, (_, rank) in self.bodies.items()}
        named = {rule.code: rule.functions for rule in self.matrix.rules}
        for gate in _ahead(self.gates, stage):
            duties = duties_of(self.matrix, situation, [gate.code], ranks)
            for line in requirements_of(self.gates, [gate], duties, named, self.titles):
                what = _what(line.evidence)
                self.texts[what, line.code] = line.text
                yield Item(what, line.code, gate.code), tuple(line.asked_by)
            for function, asking in sign_offs_of(self.gates, [gate], duties).items():
                yield Item("sign_off", function, gate.code), tuple(asking)
            if duties.body_asked_by:
                yield Item("body", duties.body, gate.code), (duties.body_asked_by,)
        if Stage(stage) in PATH:
            once = duties_of(self.matrix, situation, None, ranks)
            if once.monitoring_asked_by:
                yield Item("monitoring", str(once.monitoring_months)), (once.monitoring_asked_by,)


def _ahead(gates: Gates, stage: str) -> Iterable[Gate]:
    """The gates still ahead; none off the way."""
    if stage not in PATH:
        return ()
    place = PATH.index(Stage(stage))
    return [gate for gate in gates.gates if PATH.index(Stage(gate.moves_to)) > place]


def _what(evidence: str) -> What:
    if evidence == Requirement.Evidence.ASSESSMENT:
        return "assessment"
    return "document" if evidence == Requirement.Evidence.DOCUMENT else "requirement"


def rule_of(asked: AskedBy) -> Rule:
    address = reverse("configuration:version_detail", args=[asked.kind, asked.version]) if asked.version else ""
    return Rule(asked.name, asked.kind, asked.version, f"{address}#row-{asked.code}" if address else "")


def rulebook_in_force() -> Rulebook:
    """The rules of today. Two queries."""
    return Rulebook(gates_in_force(), matrix_in_force())


def duties_for(initiatives: Iterable[Initiative]) -> dict[int, list[Duty]]:
    """What the rules of today ask of each, by id, in five queries. None of those that ended or never came on."""
    rows = [*initiatives]
    book, situations = rulebook_in_force(), situations_of(rows)
    return {row.pk: book.duties(situations[row.pk], row.stage) if is_asked(row) else [] for row in rows}


def is_asked(initiative: Initiative) -> bool:
    """Whether governance asks anything of it now."""
    return not initiative.is_off_register and initiative.stage not in ENDED
