"""The page on which an initiative answers a checklist: its questions with what is answered, and where it stands."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from aiso.accounts.models import User
from aiso.errors import ConflictError, DomainError
from aiso.web import figures
from portfolio.models import Initiative

from .actions.answer_checklist import PARTS, VALUE, answer_checklist, checked, part_of
from .checklist import YES_NO_WORDS, AnswerType
from .models import Standard
from .permissions import can_answer, can_complete
from .sheets import Line, Sheet

# Answers that can be wrong, so that the page has a place for what is wrong with them.
CHECKABLE = (AnswerType.NUMBER, AnswerType.DATE, AnswerType.LINK)
CHOSEN = (AnswerType.YES_NO, AnswerType.CHOICE)


@dataclass
class Taken:
    """What became of a form that was sent.

    `mine` is what was sent and not kept, by code and part; `problems` says why by code; `kept` are the codes of
    which something was kept. `theirs` are the codes of items that somebody else changed since the page was opened;
    those among `mine` were in conflict.
    """

    mine: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    theirs: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        return not self.mine


@dataclass(frozen=True)
class Option:
    """One possible answer."""

    value: str
    text: str
    needs_note: bool
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """One question as the page draws it."""

    line: Line
    initiative: Initiative
    taken: Taken

    @property
    def code(self) -> str:
        return self.line.item.code

    @property
    def is_chosen(self) -> bool:
        return self.line.item.answer_type in CHOSEN

    @property
    def input_type(self) -> str:
        kinds = {AnswerType.DATE: "date", AnswerType.LINK: "url", AnswerType.NUMBER: "text"}
        return kinds.get(self.line.item.answer_type, "")

    @property
    def problem(self) -> str:
        return self.taken.problems.get(self.code, "")

    @property
    def is_overtaken(self) -> bool:
        return self.code in self.taken.theirs

    @property
    def lost(self) -> str:
        """What this person sent while somebody else changed the same."""
        if not self.is_overtaken:
            return ""
        sent = (self.taken.mine.get((self.code, part), "") for part in PARTS)
        told = [self.line.item.told(text) if text in dict(self.line.item.choices) else text for text in sent if text]
        return "; ".join(told)

    @property
    def value(self) -> str:
        return self._shown(VALUE)

    @property
    def note(self) -> str:
        return self._shown("note")

    @property
    def evidence(self) -> str:
        return self._shown("evidence")

    @property
    def options(self) -> list[Option]:
        item = self.line.item
        return [Option(value, text, item.needs_note(value), value == self.value) for value, text in item.choices]

    @property
    def told_before(self) -> str:
        """How the question was answered in an earlier wording."""
        value = self.line.before.value if self.line.before else ""
        return YES_NO_WORDS.get(value, value)

    @property
    def known_told(self) -> str:
        return self.line.item.told(self.line.known)

    @property
    def source_url(self) -> str:
        source = self.line.source
        return reverse(source.url_name, args=[self.initiative.reference]) if source else ""

    @property
    def opens_known(self) -> bool:
        """Whether what the system knows is answered back to, or needs a word."""
        return bool(self.value or self.note or self.problem or self.line.lacks_note)

    def _shown(self, part: str) -> str:
        """What was sent and refused, so that it can be mended; else what is stored."""
        place = self.code, part
        if place in self.taken.mine and not self.is_overtaken:
            return self.taken.mine[place]
        return part_of(self.line, part)


class ChecklistPage:
    """One checklist of one initiative as one person sees it."""

    def __init__(self, person: User, sheet: Sheet, taken: Taken | None = None) -> None:
        self.person, self.sheet, self.taken = person, sheet, taken or Taken()
        self.initiative, self.standard = sheet.initiative, sheet.standard

    @cached_property
    def may_answer(self) -> bool:
        return can_answer(self.person, self.initiative)

    @cached_property
    def may_complete(self) -> bool:
        return can_complete(self.person, self.initiative)

    @cached_property
    def sections(self) -> list[tuple[str, list[Row]]]:
        return [(title, [self._row(line) for line in lines]) for title, lines in self.sheet.sections]

    @property
    def wrong(self) -> list[Row]:
        """Rows that were sent and not kept, for the summary on top."""
        return [row for row in self._rows() if row.problem]

    @property
    def checkable(self) -> list[Row]:
        return [row for row in self._rows() if row.line.item.answer_type in CHECKABLE]

    @property
    def overtaken(self) -> list[Row]:
        return [row for row in self._rows() if row.is_overtaken]

    @property
    def settled(self) -> list[Row]:
        """Rows just answered: what was told of somebody else's answer is over."""
        return [row for row in self._rows() if row.code in self.taken.kept and not row.is_overtaken]

    @property
    def seen(self) -> str:
        """What the form carries of the stored answers, to notice other people's changes."""
        stored = {line.item.code: [part_of(line, part) for part in PARTS] for line in self.sheet.lines}
        return json.dumps(stored, ensure_ascii=False)

    @property
    def saved_at(self) -> datetime | None:
        """When something was answered last."""
        moments = (line.answer.answered_at for line in self.sheet.lines if line.answer)
        return max(moments, default=None)

    @property
    def tone(self) -> tuple[str, str, str]:
        return standing(self.sheet)

    def _rows(self) -> Iterator[Row]:
        return (row for _, rows in self.sections for row in rows)

    def _row(self, line: Line) -> Row:
        return Row(line, self.initiative, self.taken)


def standing(sheet: Sheet) -> tuple[str, str, str]:
    """Tone, word and icon of where a checklist stands, for `status`."""
    end = sheet.completion.expires_on if sheet.completion else None
    match sheet.status:
        case "complete":
            return "ok", "Complete", "check"
        case "ending":
            assert end is not None
            return "risk", f"Ends {figures.relative(end)}", "clock-exclamation"
        case "expired":
            assert end is not None
            return "late", f"Ended {figures.relative(end)}", "alert-triangle"
        case "reopened":
            return "risk", "Open again", "refresh-alert"
        case "begun":
            return "info", "Begun", "progress"
    return "idle", "Not begun", "circle-dashed"


def take(initiative: Initiative, standard: Standard, sheet: Sheet, sent: QueryDict, *, actor: User) -> Taken:
    """Keep what a form sent and can be kept; tell what cannot, and what somebody else changed meanwhile."""
    seen = _seen(sent)
    wanted = {place: text for place, text in _given(sheet, sent).items() if text != seen.get(place, "")}
    overtaken = _changed_by_others(sheet, seen)
    taken = Taken()
    for (code, part), text in [*wanted.items()]:
        line = sheet.line(code)
        assert line is not None  # only what is asked was read
        try:
            checked(line.item, part, text)
        except DomainError as error:
            taken.problems[code] = str(error)
            taken.mine[code, part] = wanted.pop((code, part))
    try:
        answer_checklist(initiative, standard, actor=actor, answers=wanted, seen=seen)
    except ConflictError as conflict:
        for name in conflict.changes:
            code, _, part = name.rpartition(".")
            taken.mine[code, part] = wanted.pop((code, part))
            taken.theirs.add(code)
        answer_checklist(initiative, standard, actor=actor, answers=wanted, seen=seen)
    taken.kept = {code for code, _ in wanted}
    taken.theirs |= {code for code, part in overtaken if (code, part) not in wanted}
    return taken


def _given(sheet: Sheet, sent: QueryDict) -> dict[tuple[str, str], str]:
    """The parts that were sent. Radio buttons that nobody touched send nothing."""
    places = [(line.item.code, part) for line in sheet.lines for part in PARTS]
    return {
        (code, part): _one_line_end(str(sent.get(f"{part}-{code}", "")))
        for code, part in places
        if f"{part}-{code}" in sent
    }


def _seen(sent: QueryDict) -> dict[tuple[str, str], str]:
    """What the form carried of the answers as it was opened; nothing where that cannot be read."""
    try:
        carried: Any = json.loads(sent.get("seen", ""))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(carried, Mapping):
        return {}
    return {
        (str(code), part): str(text)
        for code, texts in carried.items()
        if isinstance(texts, list)
        for part, text in zip(PARTS, texts, strict=False)
    }


def _changed_by_others(sheet: Sheet, seen: Mapping[tuple[str, str], str]) -> set[tuple[str, str]]:
    stored = {(line.item.code, part): part_of(line, part) for line in sheet.lines for part in PARTS}
    return {place for place, text in stored.items() if seen.get(place, text) != text}


def _one_line_end(text: str) -> str:
    """Browsers send line breaks as two characters."""
    return text.replace("\r\n", "\n").strip()
