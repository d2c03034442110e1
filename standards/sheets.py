"""A checklist with the answers of one initiative: what is asked, known, answered and missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiso.configuration.models import ConfigurationVersion
from aiso.once import once_each
from portfolio.models import Initiative

from .checklist import Checklist, Item, checklist_of, minutes_for
from .models import ChecklistAnswer, ChecklistCompletion, Standard
from .prefill import Source, facts_of, known_of, source_of


@dataclass(frozen=True, slots=True)
class Line:
    """One item with what is answered to it: by people, or by what the system knows.

    `value` is the answer that counts. `before` is an answer to an earlier wording, which is not taken for one to this.
    """

    item: Item
    answer: ChecklistAnswer | None
    known: str
    value: str
    before: ChecklistAnswer | None

    @property
    def is_anew(self) -> bool:
        return self.before is not None

    @property
    def own(self) -> str:
        """What people answered."""
        return self.answer.value if self.answer else ""

    @property
    def note(self) -> str:
        return self.answer.note if self.answer else ""

    @property
    def evidence(self) -> str:
        return self.answer.evidence if self.answer else ""

    @property
    def is_known(self) -> bool:
        """Whether what the system knows stands as the answer."""
        return bool(self.known) and not self.own

    @property
    def is_disputed(self) -> bool:
        return bool(self.known and self.own) and self.own != self.known

    @property
    def source(self) -> Source | None:
        return source_of(self.item.prefilled_from) if self.known else None

    @property
    def is_missing(self) -> bool:
        return self.item.is_required and not self.value

    @property
    def is_satisfactory(self) -> bool:
        return self.item.is_satisfactory(self.value)

    @property
    def lacks_note(self) -> bool:
        """Whether the answer needs its reason: not settled, not applicable, or against what is known."""
        needs = self.item.needs_note(self.value) or self.is_disputed
        return bool(self.value) and needs and not self.note

    @property
    def told(self) -> str:
        """The answer in words, with its note and evidence."""
        parts = [self.item.told(self.value) or "Not answered"]
        if self.is_known and self.source:
            parts[0] += f" (known from: {self.source.place})"
        if self.note:
            parts.append(f"Note: {self.note}")
        if self.evidence:
            parts.append(f"Evidence: {self.evidence}")
        return "\n".join(parts)

    @property
    def stored(self) -> list[str]:
        """What a completion keeps of it, to notice that it changed."""
        return [self.value, self.note, self.evidence]


@dataclass
class Sheet:
    """One checklist of one initiative. `lines` are those asked at its tier."""

    initiative: Initiative
    standard: Standard
    checklist: Checklist
    lines: list[Line]
    completion: ChecklistCompletion | None = None

    @cached_property
    def missing(self) -> list[Line]:
        return [line for line in self.lines if line.is_missing]

    @cached_property
    def unsatisfactory(self) -> list[Line]:
        return [line for line in self.lines if not line.is_satisfactory]

    @cached_property
    def lacking_notes(self) -> list[Line]:
        return [line for line in self.lines if line.lacks_note]

    @cached_property
    def answered(self) -> int:
        return sum(1 for line in self.lines if line.value)

    @cached_property
    def known(self) -> int:
        """How many the system answered."""
        return sum(1 for line in self.lines if line.is_known)

    @property
    def minutes(self) -> int:
        """What is left to do, in minutes."""
        return minutes_for(line.item for line in self.missing)

    @property
    def is_begun(self) -> bool:
        return self.completion is not None or any(line.answer or line.before for line in self.lines)

    @cached_property
    def changed(self) -> list[Line]:
        """What is not any more, or not at all, as it was when somebody completed it."""
        if self.completion is None:
            return []
        if self.completion.reopened_at:
            codes = {*self.completion.reopened_items}
            return [line for line in self.lines if line.item.code in codes]
        then: Mapping[str, Any] = self.completion.answers
        lines = [line for line in self.lines if line.value or line.item.code in then]
        return [line for line in lines if line.item.code in then and then[line.item.code] != line.stored]

    @property
    def is_reopened(self) -> bool:
        """Completed once, and now to be completed again: an answer changed, or more is asked."""
        if self.completion is None:
            return False
        return bool(self.completion.reopened_at or self.changed or self.missing)

    @property
    def is_expired(self) -> bool:
        return self.completion is not None and self.completion.is_expired

    @property
    def is_complete(self) -> bool:
        return self.completion is not None and not self.is_reopened and not self.is_expired

    @property
    def status(self) -> str:
        """`complete`, `ending`, `expired`, `reopened`, `begun` or `open`."""
        if self.completion is None:
            return "begun" if self.is_begun else "open"
        if self.is_reopened:
            return "reopened"
        if self.is_expired:
            return "expired"
        return "ending" if self.completion.ends_soon else "complete"

    @property
    def sections(self) -> list[tuple[str, list[Line]]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.item.section, []).append(line)
        return [*found.items()]

    @property
    def copy(self) -> list[tuple[str, str]]:
        """The questions and answers as people read them."""
        return [(line.item.text, line.told) for line in self.lines]

    def line(self, code: str) -> Line | None:
        return next((line for line in self.lines if line.item.code == code), None)


def checklists_in_force(standards: Iterable[Standard]) -> dict[int, Checklist]:
    """By standard the items of the version that holds today; nothing where none does. One query."""
    by_kind = {standard.configuration: standard.pk for standard in standards}
    rows = ConfigurationVersion.objects.all_in_force().filter(kind__in=by_kind)
    return {
        by_kind[row.kind]: checklist_of(row.content, version=row.number or 0, version_id=row.pk)
        for row in rows.only("kind", "number", "content")
    }


def sheets_of(initiatives: Iterable[Initiative], standards: Iterable[Standard]) -> dict[tuple[int, int], Sheet]:
    """By initiative and standard, as they stand now: six queries, and one or two for each source that is read."""
    ids = frozenset(initiative.pk for initiative in initiatives)
    found = once_each(("sheets", ids), standards, lambda chosen: _read(ids, chosen))
    return {(pk, standard.pk): sheet for standard, sheets in found.items() for pk, sheet in sheets.items()}


def _read(ids: Iterable[int], standards: list[Standard]) -> dict[Standard, dict[int, Sheet]]:
    checklists = checklists_in_force(standards)
    rows = facts_of(ids)
    names = [item.prefilled_from for each in checklists.values() for item in each.items if item.prefilled_from]
    known = known_of(rows, names)
    answers = _answers(ids, standards)
    completions = _completions(ids, standards)
    sheets: dict[Standard, dict[int, Sheet]] = {}
    for standard in standards:
        if checklist := checklists.get(standard.pk):
            told = _told(checklist.items, known)
            asked = {tier: [*map(_blank, checklist.asked_of(tier))] for tier in {row.risk_tier for row in rows}}
            of_standard = sheets[standard] = {}
            for row in rows:
                key = row.pk, standard.pk
                lines = _lines(asked[row.risk_tier], answers[key], told[row.pk])
                of_standard[row.pk] = Sheet(row, standard, checklist, lines, completions.get(key))
    return sheets


def sheet_of(initiative: Initiative, standard: Standard) -> Sheet | None:
    """One of them; nothing where the standard has no published checklist."""
    return sheets_of([initiative], [standard]).get((initiative.pk, standard.pk))


def _told(items: Iterable[Item], known: Mapping[str, Mapping[int, str]]) -> Mapping[int, Mapping[str, str]]:
    """By initiative and item what is known, as far as it can answer the item."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for item in items:
        values = known.get(item.prefilled_from, {}) if item.prefilled_from else {}
        possible = {value for value in {*values.values()} if value and item.is_possible(value)}
        for pk, value in values.items():
            if value in possible:
                found[pk][item.code] = value
    return found


def _blank(item: Item) -> Line:
    return Line(item, None, "", "", None)


def _lines(blank: list[Line], answers: Mapping[str, ChecklistAnswer], told: Mapping[str, str]) -> list[Line]:
    """The lines of one initiative; those without an answer are the same for all."""
    if not answers and not told:
        return blank
    return [
        _line(each.item, answers.get(each.item.code), told.get(each.item.code, ""))
        if each.item.code in answers or each.item.code in told
        else each
        for each in blank
    ]


def _line(item: Item, answer: ChecklistAnswer | None, told: str) -> Line:
    if answer is not None and answer.fingerprint != item.fingerprint:
        return Line(item, None, told, told, answer)
    return Line(item, answer, told, (answer.value if answer else "") or told, None)


def _answers(ids: Iterable[int], standards: list[Standard]) -> dict[tuple[int, int], dict[str, ChecklistAnswer]]:
    found: dict[tuple[int, int], dict[str, ChecklistAnswer]] = defaultdict(dict)
    rows = ChecklistAnswer.objects.filter(initiative__in=ids, standard__in=standards).order_by()
    # A few people give many answers: each is read once.
    for answer in rows.prefetch_related("answered_by"):
        found[answer.initiative_id, answer.standard_id][answer.item] = answer
    return found


def _completions(ids: Iterable[int], standards: list[Standard]) -> dict[tuple[int, int], ChecklistCompletion]:
    rows = ChecklistCompletion.objects.current().filter(initiative__in=ids, standard__in=standards)
    people = rows.select_related("completed_by", "reopened_by", "version").defer("copy", "version__content")
    return {(each.initiative_id, each.standard_id): each for each in people}
