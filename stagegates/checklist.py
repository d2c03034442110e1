"""What a review requires: the gates' own requirements and what the matrix adds, each with the rule that asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.text import slugify

from .matrix import Asked, AskedBy, Duties
from .models import Requirement
from .rules import GATES, Gate, GateRequirement, Gates

Evidence = Requirement.Evidence
# Characters of a document's name in its code.
NAME_LENGTH = 80


@dataclass
class Required:
    """One line of a checklist before a review stores it as a Requirement."""

    code: str
    gate: str
    text: str
    evidence: str
    subject: str = ""
    help_text: str = ""
    functions: list[str] = field(default_factory=list)
    valid_months: int | None = None
    asked_by: list[AskedBy] = field(default_factory=list)


def requirements_of(
    gates: Gates,
    asked: Sequence[Gate],
    duties: Duties,
    functions: Mapping[str, Sequence[str]],
    titles: Mapping[str, str],
) -> list[Required]:
    """The checklist of one review at the `asked` gates.

    `functions` names the functions of each matrix rule by its code: their sign-offs rest on what the rule asks.
    `titles` are those of the assessments. What two rules ask stands once, with both.
    """
    lines: dict[str, Required] = {}
    for gate in asked:
        by = AskedBy(GATES, gate.code, gate.name, gates.version.number or 0)
        for each in gate.requirements:
            line = Required(
                code=f"assessment/{each.subject}"
                if each.evidence == Evidence.ASSESSMENT
                else f"{gate.code}/{each.code}",
                gate=gate.code,
                text=each.text,
                evidence=each.evidence,
                subject=each.subject,
                help_text=each.help_text,
                functions=[*each.functions],
                valid_months=each.valid_months,
                asked_by=[by],
            )
            _add(lines, line)
    last = asked[-1].code if asked else ""
    for slug, asking in duties.assessments.items():
        text = titles.get(slug, slug)
        _add(lines, _from_matrix(f"assessment/{slug}", last, text, Evidence.ASSESSMENT, slug, asking, functions))
    for name, asking in duties.documents.items():
        code = f"document/{slugify(name)[:NAME_LENGTH]}"
        _add(lines, _from_matrix(code, last, name, Evidence.DOCUMENT, "", asking, functions))
    return [*lines.values()]


def sign_offs_of(gates: Gates, asked: Sequence[Gate], duties: Duties) -> Asked:
    """The functions that sign off, each with the gates and rules that ask for it."""
    found: Asked = {}
    for gate in asked:
        for function in gate.functions:
            found.setdefault(function, []).append(AskedBy(GATES, gate.code, gate.name, gates.version.number or 0))
    for function, asking in duties.functions.items():
        found.setdefault(function, []).extend(asking)
    return found


def _code(gate: Gate, requirement: GateRequirement) -> str:
    """An assessment is the same at whichever gate it is asked; anything else belongs to its gate."""
    if requirement.evidence == Evidence.ASSESSMENT:
        return f"assessment/{requirement.subject}"
    return f"{gate.code}/{requirement.code}"


def _from_matrix(
    code: str,
    gate: str,
    text: str,
    evidence: str,
    subject: str,
    asking: list[AskedBy],
    functions: Mapping[str, Sequence[str]],
) -> Required:
    resting = sorted({each for rule in asking for each in functions.get(rule.code, ())})
    return Required(code, gate, text, evidence, subject, functions=resting, asked_by=[*asking])


def _add(lines: dict[str, Required], line: Required) -> None:
    """Add a line, or what it adds to one that is there."""
    there = lines.setdefault(line.code, line)
    if there is line:
        return
    there.functions = sorted({*there.functions, *line.functions})
    there.asked_by.extend(by for by in line.asked_by if by not in there.asked_by)
    months = [each for each in (there.valid_months, line.valid_months) if each is not None]
    there.valid_months = min(months, default=None)
