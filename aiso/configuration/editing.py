"""The draft page between two savings: what was opened, what was sent, and what is asked about it."""

import json
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property

from aiso.errors import ConflictError

from .kinds import Kind
from .merging import Asked, Merge, asked, taken_over
from .models import ConfigurationVersion
from .rearranging import rearranged
from .shape import Content, posted_content, shaped
from .sheet import Sheet

SAVE = "save"
THEIRS, MINE = "theirs", "mine"
CHOICE = "choice-"
# More paths than a content has places for are not ours.
MOST_CONFLICTS = 500


class Editing:
    """One look at the draft page. Without data it opens the draft; with data it saves, or rearranges rows."""

    def __init__(self, kind: Kind, draft: ConfigurationVersion, data: QueryDict | None) -> None:
        self.kind, self.draft, self.data = kind, draft, data
        self.problem, self.status = "", 200
        self.conflicts: list[str] = []
        self.seen: Content | None = draft.content
        self.sent: Content = draft.content
        self.focus = ""
        if data is not None:
            self._read(data)

    def _read(self, data: QueryDict) -> None:
        self.sent = posted_content(self.kind.shape, data)
        self.seen = _opened(self.kind, data)
        self.conflicts = data.getlist("conflict")[:MOST_CONFLICTS]
        if not self.is_saving:
            self.sent, self.focus = rearranged(self.kind.shape, self.sent, data.get("do", ""))

    @cached_property
    def is_saving(self) -> bool:
        return self.data is not None and self.data.get("do", SAVE) == SAVE

    @property
    def is_unsaved(self) -> bool:
        return self.data is not None

    @cached_property
    def sheet(self) -> Sheet:
        sheet = Sheet(self.kind.shape, self.sent, checked=self.is_saving)
        _focus(sheet, self.focus)
        return sheet

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        return self.sheet.errors if self.is_saving and self.status != 409 else []

    def is_valid(self) -> bool:
        """Whether what was sent can be stored, with theirs where that was chosen."""
        assert self.data is not None
        chosen = {path: self.data.get(f"{CHOICE}{path}") for path in self.conflicts}
        theirs = {path for path, choice in chosen.items() if choice == THEIRS}
        if undecided := [path for path, choice in chosen.items() if choice not in (THEIRS, MINE)]:
            self.conflicts = undecided
            self.refuse("Choose which value stays: theirs or yours.", 422)
        self.sent = taken_over(self.kind.shape, self.sent, self.seen or {}, theirs)
        if self.status == 200 and not self.sheet.is_valid():
            self.status = 422
        return self.status == 200

    @property
    def content(self) -> Content:
        return self.sheet.content()

    def refuse(self, problem: str, status: int = 409) -> None:
        self.problem, self.status = problem, status

    def show_conflict(self, conflict: ConflictError) -> None:
        """From now on the person has seen what the others wrote, and chooses."""
        mine = self.content
        self.draft.refresh_from_db()
        present = self.draft.content
        # What only they changed comes along; what both changed stays ours until the choice.
        self.sent = Merge().level(self.kind.shape, self.seen or {}, present, mine)
        self.seen, self.conflicts = present, [*conflict.changes]
        del self.sheet
        self.refuse(str(conflict))

    @property
    def asked(self) -> list[Asked]:
        mine, theirs = self.sent, self.seen or {}
        found = (asked(self.kind.shape, path, mine, theirs) for path in self.conflicts)
        return [each for each in found if each and each.theirs != each.yours]

    @property
    def seen_text(self) -> str:
        return json.dumps(self.seen, ensure_ascii=False)


def _opened(kind: Kind, data: QueryDict) -> Content | None:
    """What the page carried of the draft as it was opened; None where that cannot be read."""
    try:
        opened: Any = json.loads(data.get("seen", ""))
    except (ValueError, RecursionError):
        return None
    return shaped(kind.shape, opened)


def _focus(sheet: Sheet, prefix: str) -> None:
    """Let writing go on in the row that was added or moved."""
    for row in sheet.rows:
        if row.prefix == prefix:
            row.is_focused = True
            row.form.fields[row.level.called_by].widget.attrs["autofocus"] = True  # type: ignore[union-attr]
        _focus(row, prefix)
