"""What gates read of checklists: where each stands, and its answers in words.

states_of([initiative], ["privacy-assessment"])[initiative.pk, "privacy-assessment"].is_complete
copy_of(initiative, "privacy-assessment")  # [("Is personal data used?", "Yes (known from: …)"), …]
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from aiso.once import once_each
from aiso.web import figures
from portfolio.models import Initiative

from .models import Standard
from .sheets import Sheet, sheet_of, sheets_of

type Status = Literal["open", "begun", "complete", "ending", "expired", "reopened"]


@dataclass(frozen=True)
class ChecklistState:
    """Where one checklist of one initiative stands today. Texts are those of the items.

    `asked` to `minutes` count what its risk tier is asked. `changed` are answers that are not as they were when it
    was completed. `expires_on` is the last day that counts; empty for always, or when it was never completed.
    """

    standard: str
    title: str
    version: int
    status: Status
    asked: int = 0
    answered: int = 0
    known: int = 0
    missing: list[str] = field(default_factory=list)
    unsatisfactory: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    minutes: int = 0
    completed_on: date | None = None
    completed_by: str = ""
    expires_on: date | None = None

    @property
    def is_complete(self) -> bool:
        """Completed, in time, and nothing that it rests on has changed since."""
        return self.status in ("complete", "ending")

    @property
    def is_satisfactory(self) -> bool:
        return self.is_complete and not self.unsatisfactory


def states_of(initiatives: Iterable[Initiative], slugs: Iterable[str]) -> dict[tuple[int, str], ChecklistState]:
    """By initiative and slug. A standard without a published checklist is left out.

    The number of queries is fixed, whatever the number of initiatives, and however they were fetched.
    """
    sheets = sheets_of(initiatives, standards_called(slugs))
    return {(pk, sheet.standard.slug): state_of(sheet) for (pk, _), sheet in sheets.items()}


def standards_called(slugs: Iterable[str]) -> list[Standard]:
    """Those of some slugs; slugs that no standard has are left out."""

    def read(wanted: list[str]) -> dict[str, Standard]:
        return {standard.slug: standard for standard in Standard.objects.filter(slug__in=wanted)}

    return [*once_each("standards", sorted(slugs), read).values()]


def copy_of(initiative: Initiative, slug: str) -> list[tuple[str, str]]:
    """Questions and answers as they stand now, for whoever seals them; empty without a published checklist."""
    standard = Standard.objects.filter(slug=slug).first()
    sheet = sheet_of(initiative, standard) if standard else None
    return sheet.copy if sheet else []


def state_of(sheet: Sheet) -> ChecklistState:
    done = sheet.completion
    return ChecklistState(
        standard=sheet.standard.slug,
        title=sheet.standard.title,
        version=sheet.checklist.version,
        status=sheet.status,  # type: ignore[arg-type]
        asked=len(sheet.lines),
        answered=sheet.answered,
        known=sheet.known,
        missing=[line.item.text for line in sheet.missing],
        unsatisfactory=[line.item.text for line in sheet.unsatisfactory],
        changed=[line.item.text for line in sheet.changed],
        minutes=sheet.minutes,
        completed_on=figures.local_date(done.completed_at) if done else None,
        completed_by=done.completed_by.name if done else "",
        expires_on=done.expires_on if done else None,
    )
