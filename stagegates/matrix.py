"""What the governance matrix asks of an initiative: all rules that match apply, the strictest wins (DESIGN §4)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from .rules import MATRIX, Matrix, MatrixRule


@dataclass(frozen=True)
class Situation:
    """What the rules look at. The empty text is not known yet, and meets only conditions without entries."""

    use_case_type: str = ""
    tier: str = ""
    jurisdictions: frozenset[str] = frozenset()
    autonomy: str = ""


@dataclass(frozen=True)
class AskedBy:
    """The rule and version that ask for something."""

    kind: str
    code: str
    name: str
    version: int

    def stored(self) -> dict[str, str | int]:
        return {"kind": self.kind, "code": self.code, "name": self.name, "version": self.version}


type Asked = dict[str, list[AskedBy]]


@dataclass
class Duties:
    """What is required, each with the rules that ask for it."""

    assessments: Asked = field(default_factory=dict)
    documents: Asked = field(default_factory=dict)
    functions: Asked = field(default_factory=dict)
    monitoring_months: int | None = None
    monitoring_asked_by: AskedBy | None = None
    body: str = ""
    body_asked_by: AskedBy | None = None


def matches(rule: MatrixRule, situation: Situation) -> bool:
    """Whether every condition holds: one jurisdiction of several is enough."""
    return (
        _is_among(rule.use_case_types, {situation.use_case_type})
        and _is_among(rule.tiers, {situation.tier})
        and _is_among(rule.jurisdictions, situation.jurisdictions)
        and _is_among(rule.autonomy, {situation.autonomy})
    )


def duties_of(matrix: Matrix, situation: Situation, gates: Collection[str] | None, ranks: Mapping[str, int]) -> Duties:
    """The union of what all matching rules ask at some gates, or at any (None): the most frequent monitoring and
    the highest body by `ranks`.
    """
    duties = Duties()
    for rule in _applying(matrix.rules, situation, gates):
        asked = AskedBy(MATRIX, rule.code, rule.name, matrix.version.number or 0)
        for required, wanted in (
            (duties.assessments, rule.assessments),
            (duties.documents, rule.documents),
            (duties.functions, rule.functions),
        ):
            for name in wanted:
                required.setdefault(name, []).append(asked)
        if rule.monitoring_months and rule.monitoring_months < (duties.monitoring_months or inf):
            duties.monitoring_months, duties.monitoring_asked_by = rule.monitoring_months, asked
        if rule.body and (not duties.body or ranks.get(rule.body, 0) > ranks.get(duties.body, 0)):
            duties.body, duties.body_asked_by = rule.body, asked
    return duties


def _applying(rules: Iterable[MatrixRule], situation: Situation, gates: Collection[str] | None) -> Iterable[MatrixRule]:
    for rule in rules:
        if matches(rule, situation) and (gates is None or _is_among(rule.gates, frozenset(gates))):
            yield rule


def _is_among(wanted: frozenset[str], found: Collection[str]) -> bool:
    return not wanted or not wanted.isdisjoint(found)
