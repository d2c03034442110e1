import re
from datetime import date
from hashlib import sha256
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ...importing.columns import Suggestion, suggest_mapping
from ...importing.presets import LEAVE_OUT, PRESETS, Preset, preset_for
from ...importing.reading import Sheet, read_sheet
from ...models import ImportJob, ImportRow
from ...permissions import can_import

# The column that the file of rejected rows has more than the file it came from.
REASON_HEADER = "Reason it was rejected"
REJECTED_PREFIX = "rejected rows of "
# "copy of plan", "plan (2)", "plan - Copy": what browsers and desktops call the same file saved again.
SAVED_AGAIN = re.compile(r"^copy of | *\(\d+\)$| - copy$", re.IGNORECASE)
MOST_ROWS = 100_000
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@transaction.atomic
def upload_import(content: bytes, *, file_name: str, actor: User | None, preset: str = "") -> ImportJob:
    """Read a file and keep its rows, with a mapping suggested for its columns. Nothing is in the register yet.

    Raises PermissionDenied for somebody who is not of the office, DomainError for a file that cannot be read.
    """
    if actor is not None and not can_import(actor):
        raise PermissionDenied("The office imports spreadsheets. Ask an office member to do it.")
    sheet = read_sheet(content)
    if not sheet.rows:
        raise DomainError("The file has a header and no rows below it.", field="file")
    if len(sheet.rows) > MOST_ROWS:
        raise DomainError(f"The table has {len(sheet.rows):,} rows; up to {MOST_ROWS:,} are imported.", field="file")
    known = PRESETS[preset] if preset else preset_for(sheet.headers)
    if known and not known.fits(sheet.headers):
        raise DomainError(f"The file lacks columns of the preset “{known.label}”.", field="preset")
    job = _job(sheet, known, PurePath(file_name).name[:255], sha256(content).hexdigest(), actor)
    job.file_size = len(content)
    job.save()
    ImportRow.objects.bulk_create(
        (ImportRow(job=job, number=row.number, cells=list(row.cells)) for row in sheet.rows), batch_size=2000
    )
    publish("import.uploaded", actor=actor, job=job)
    return job


@transaction.atomic
def discard_import(job: ImportJob, *, actor: User) -> None:
    """Throw away an upload that was never run. Raises DomainError when it was."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.uploaded_by_id != actor.pk:
        raise PermissionDenied("Only the person who uploaded a file discards it.")
    if job.state != ImportJob.State.MAPPING:
        raise DomainError("This import has run. Undo it instead.")
    publish("import.discarded", actor=actor, job=job.pk, file=job.file_name)
    job.delete()


def _job(sheet: Sheet, preset: Preset | None, file_name: str, digest: str, actor: User | None) -> ImportJob:
    suggested = _suggested(sheet, preset)
    return ImportJob(
        file_name=file_name,
        file_digest=digest,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        sheet_name=sheet.name[:100],
        header_row=sheet.header_row,
        headers=list(sheet.headers),
        reading_notes=list(sheet.notes),
        preset=preset.key if preset else "",
        mapping=[suggestion.column or "" for suggestion in suggested],
        suggested=[[suggestion.column or "", suggestion.confidence] for suggestion in suggested],
        source=preset.source if preset else _source(sheet, file_name, digest),
        as_of=_told_day(preset, file_name),
        fiscal_start=preset.fiscal_start if preset else ImportJob._meta.get_field("fiscal_start").default,
        rows_total=len(sheet.rows),
        uploaded_by=actor,
    )


def _told_day(preset: Preset | None, file_name: str) -> date:
    """The day whose state a file tells: the end of the year that its name gives, if that is over, else today."""
    today = clock.today()
    if preset and preset.as_of:
        return min(preset.as_of, today)
    years = YEAR.findall(PurePath(file_name).stem)
    return min(date(int(years[0]), 12, 31), today) if len(years) == 1 else today


def _suggested(sheet: Sheet, preset: Preset | None) -> list[Suggestion]:
    if preset:
        pairs = zip(sheet.headers, preset.mapping(sheet.headers), strict=True)
        return [Suggestion(header, column, 1.0) for header, column in pairs]
    return [
        Suggestion(suggestion.header, LEAVE_OUT, 1.0) if suggestion.header == REASON_HEADER else suggestion
        for suggestion in suggest_mapping(sheet)
    ]


def _source(sheet: Sheet, file_name: str, digest: str) -> str:
    """Where the records come from: as the same file, or an earlier one with these columns and name, was said to.

    Else the file's own name, without what a browser adds to it when it saves a file twice.
    """
    came = ImportJob.objects.exclude(state=ImportJob.State.MAPPING)
    if same := came.filter(file_digest=digest).last():
        return same.source
    headers = [header for header in sheet.headers if header != REASON_HEADER]
    plain = SAVED_AGAIN.sub("", PurePath(file_name).stem.removeprefix(REJECTED_PREFIX))
    name = plain[:100] or "Spreadsheet"
    earlier = came.filter(headers=headers)
    same_name = earlier.filter(file_name__startswith=name).first() or earlier.filter(source=name).first()
    return same_name.source if same_name else name
