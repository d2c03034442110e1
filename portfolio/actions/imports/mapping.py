from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.errors import DomainError

from ...importing.catalogue import columns
from ...importing.presets import KEEP_AS_NOTE, LEAVE_OUT
from ...models import ImportJob
from ...permissions import can_run_import

NAME = "use_case_name"


@transaction.atomic
def map_import(
    job: ImportJob,
    *,
    actor: User | None,
    mapping: Sequence[str],
    source: str,
    as_of: date,
    unit: BusinessUnit | None = None,
) -> ImportJob:
    """Say what each column of an uploaded file holds, where its records come from and which day they tell.

    Raises DomainError for a standard column that is named twice, for a file without names, and for an
    import that has started.
    """
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if actor is not None and not can_run_import(actor, job):
        raise PermissionDenied("The person who uploaded the file and the office lead decide what its columns hold.")
    if job.state != ImportJob.State.MAPPING:
        raise DomainError("This import has started; its columns are fixed.")
    _check(job, mapping)
    if not source.strip():
        raise DomainError("Say where the records come from, for instance “HR spreadsheet”.", field="source")
    job.mapping, job.source, job.unit = list(mapping), source.strip()[:100], unit
    job.as_of = min(as_of, clock.today())
    job.save(update_fields=["mapping", "source", "unit", "as_of"])
    return job


def _check(job: ImportJob, mapping: Sequence[str]) -> None:
    if len(mapping) != len(job.headers):
        raise DomainError("The mapping must name one entry for each column of the file.")
    chosen = Counter(column for column in mapping if column not in (KEEP_AS_NOTE, LEAVE_OUT))
    if unknown := [column for column in chosen if column not in columns()]:
        raise DomainError(f"“{unknown[0]}” is not a standard column.", field="mapping")
    if twice := [column for column, count in chosen.items() if count > 1]:
        raise DomainError(f"Two columns are mapped to “{columns()[twice[0]].label}”; choose one.", field="mapping")
    if NAME not in chosen:
        raise DomainError("Choose the column that holds the name: without it there is no initiative.", field="mapping")
