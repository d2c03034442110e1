"""Gates, matrix and decision rights as their configuration says, each with the version it comes from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.text import capfirst

from aiso.configuration.models import ConfigurationVersion
from aiso.configuration.shape import Content
from aiso.once import once

GATES, MATRIX, RIGHTS = "gates", "governance-matrix", "decision-rights"


@dataclass(frozen=True)
class GateRequirement:
    """One piece of evidence that a gate demands of every initiative (DESIGN §4)."""

    code: str
    text: str
    help_text: str
    evidence: str
    subject: str
    functions: tuple[str, ...]
    valid_months: int | None


@dataclass(frozen=True)
class Gate:
    """One gate: what it demands, who signs off at it in any case, and where an approval leads."""

    code: str
    name: str
    about: str
    moves_to: str
    functions: tuple[str, ...]
    requirements: tuple[GateRequirement, ...]


@dataclass(frozen=True)
class Gates:
    """The gates of one version, in their order."""

    version: ConfigurationVersion
    gates: tuple[Gate, ...]

    def gate(self, code: str) -> Gate | None:
        return next((gate for gate in self.gates if gate.code == code), None)

    def name(self, code: str) -> str:
        """As people call it; its code when the version has no such gate."""
        gate = self.gate(code)
        return gate.name if gate else code

    def after(self, stage: str) -> Gate | None:
        """The gate that leads out of a stage: the one after the gate that led into it; the first for an intake."""
        into = next((place for place, gate in enumerate(self.gates) if gate.moves_to == stage), None)
        if into is None:
            return self.gates[0] if stage == "intake" and self.gates else None
        return self.gates[into + 1] if into + 1 < len(self.gates) else None

    def up_to(self, stage: str, after: str = "") -> tuple[Gate, ...]:
        """The gates on the way from one stage to another, in order: the fast lane's combined review attests them."""
        codes = [gate.moves_to for gate in self.gates]
        first = codes.index(after) + 1 if after in codes else 0
        return self.gates[first : codes.index(stage) + 1] if stage in codes else ()


@dataclass(frozen=True)
class MatrixRule:
    """One rule of the governance matrix. A condition without entries holds for everything."""

    code: str
    name: str
    about: str
    use_case_types: frozenset[str]
    tiers: frozenset[str]
    jurisdictions: frozenset[str]
    autonomy: frozenset[str]
    gates: frozenset[str]
    assessments: tuple[str, ...]
    documents: tuple[str, ...]
    functions: tuple[str, ...]
    monitoring_months: int | None
    body: str


@dataclass(frozen=True)
class Matrix:
    version: ConfigurationVersion
    rules: tuple[MatrixRule, ...]


@dataclass(frozen=True)
class Right:
    """Up to which amount a body decides, at which gates and tiers, in which lanes; without entries, in all."""

    code: str
    name: str
    gates: frozenset[str]
    tiers: frozenset[str]
    lanes: frozenset[str]
    up_to: Decimal | None
    body: str


@dataclass(frozen=True)
class Rights:
    version: ConfigurationVersion
    rights: tuple[Right, ...]


def gates_in_force(on: date | None = None) -> Gates:
    return gates_of(_in_force(GATES, on))


def matrix_in_force(on: date | None = None) -> Matrix:
    return matrix_of(_in_force(MATRIX, on))


def rights_in_force(on: date | None = None) -> Rights:
    return rights_of(ConfigurationVersion.objects.in_force(RIGHTS, on))


def _in_force(kind: str, on: date | None) -> ConfigurationVersion:
    return once(("rules", kind, on), lambda: ConfigurationVersion.objects.in_force(kind, on))


def gates_of(version: ConfigurationVersion) -> Gates:
    return _of(version, lambda: Gates(version, tuple(map(_gate, version.content["gates"]))))


def joined(names: Sequence[str]) -> str:
    """`Workflow fit, data fit and autonomy fit`."""
    told = [name.lower() for name in names]
    return capfirst(" and ".join(filter(None, [", ".join(told[:-1]), *told[-1:]])))


def matrix_of(version: ConfigurationVersion) -> Matrix:
    return _of(version, lambda: Matrix(version, matrix_rules(version.content)))


def matrix_rules(content: Content) -> tuple[MatrixRule, ...]:
    """The rules of a content, a draft's too."""
    return tuple(map(_rule, content["rules"]))


def rights_of(version: ConfigurationVersion) -> Rights:
    return _of(version, lambda: Rights(version, tuple(map(_right, version.content["rights"]))))


def _of[T](version: ConfigurationVersion, worked_out: Callable[[], T]) -> T:
    """What a version says, worked out once of the row that was read: published, it is fixed."""
    if version.number is None:
        return worked_out()
    held: dict[str, T] = version.__dict__
    if "says" not in held:
        held["says"] = worked_out()
    return held["says"]


def _gate(row: Content) -> Gate:
    requirements = tuple(map(_requirement, row["requirements"]))
    return Gate(row["code"], row["name"], row["about"], row["moves_to"], tuple(row["functions"]), requirements)


def _requirement(row: Content) -> GateRequirement:
    """A subject is written `known:business-owner` or `assessment:privacy`; a document or a statement has none."""
    _, _, subject = str(row["subject"]).partition(":")
    return GateRequirement(
        code=row["code"],
        text=row["text"],
        help_text=row["help_text"],
        evidence=row["evidence"],
        subject=subject,
        functions=tuple(row["functions"]),
        valid_months=_whole(row["valid_months"]),
    )


def _rule(row: Content) -> MatrixRule:
    return MatrixRule(
        code=row["code"],
        name=row["name"],
        about=row["about"],
        use_case_types=frozenset(row["use_case_types"]),
        tiers=frozenset(row["tiers"]),
        jurisdictions=frozenset(row["jurisdictions"]),
        autonomy=frozenset(row["autonomy"]),
        gates=frozenset(row["gates"]),
        assessments=tuple(row["assessments"]),
        documents=tuple(lines_of(row["documents"])),
        functions=tuple(row["functions"]),
        monitoring_months=_whole(row["monitoring"]),
        body=row["body"],
    )


def _right(row: Content) -> Right:
    return Right(
        code=row["code"],
        name=row["name"],
        gates=frozenset(row["gates"]),
        tiers=frozenset(row["tiers"]),
        lanes=frozenset(row["lanes"]),
        up_to=Decimal(str(row["up_to"])) if row["up_to"] not in ("", None) else None,
        body=row["body"],
    )


def lines_of(text: str) -> Sequence[str]:
    """A text of one entry a line, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _whole(value: object) -> int | None:
    return int(str(value)) if value not in ("", None) else None
