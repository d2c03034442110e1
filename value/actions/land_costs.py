"""Files of costs, as finance systems give them month by month: read, checked, and posted, nothing twice. A long file is
read and posted by a worker, in lots (`run_cost_files`).
"""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from portfolio.importing.limits import check_size
from portfolio.models import Initiative
from portfolio.row_files import hold_unlanded, initiatives_named, keep_outcomes, read_rows
from stagegates.actions.land_spending import may_upload

from ..cost_columns import COST_COLUMNS, check_cost_columns
from ..cost_plan import CostPlan, CostRow, Named, PlannedCost, read_cost_rows
from ..models import CostFile
from ..sharing import Centres, SharingGround
from .post import hold_months
from .sharing import hold_initiatives, hold_sharing, insert_drawn

UPLOADING = "Finance imports costs, where its reach includes the unit."
MOST_ROWS = 200_000
# A file of more bytes, or rows of a packed one, takes more than a second to check: a worker does it.
LONG_BYTES, LONG_ROWS = 256 * 1024, 3000


@transaction.atomic
def upload_costs(content: bytes, *, file_name: str, actor: User) -> CostFile:
    """Read a file and keep its rows; a long one is read by a worker soon. Nothing is posted yet.

    Raises PermissionDenied for all but finance, DomainError for a file that cannot be read, is too long, or lacks a
    column that every row needs; a long one tells that later, as its `failure`.
    """
    if not may_upload(actor):
        raise PermissionDenied(UPLOADING)
    check_size(content)
    if len(content) > LONG_BYTES:
        name = PurePath(file_name).name[:255]
        read: dict[str, Any] = {"file_name": name, "headers": [], "mapping": [], "rows": [], "content": content}
        read |= {"state": CostFile.State.READING, "moved_at": clock.now()}
    else:
        read = read_costs(content, file_name)
        if len(read["rows"]) > LONG_ROWS:
            read |= {"state": CostFile.State.READING, "moved_at": clock.now(), "rows_total": len(read["rows"])}
    file = CostFile.objects.create(uploaded_by=actor, **read)
    publish("costs.uploaded", actor=actor, file=file)
    if file.is_moving:
        publish("costs.queued", actor=actor, file=file)
    return file


def read_costs(content: bytes, file_name: str) -> dict[str, Any]:
    """The fields of a file of costs. Raises DomainError as `upload_costs` does."""
    read = read_rows(content, COST_COLUMNS, file_name=file_name, most=MOST_ROWS)
    check_cost_columns(read["mapping"])
    return read


def land_costs(file: CostFile, *, actor: User) -> CostFile:
    """Post the rows that are right, all at once; the others stay with their reasons. A long file is posted by a worker.

    Raises PermissionDenied for anybody but its uploader, DomainError where it landed before or is not checked.
    """
    with transaction.atomic():
        file = hold_unlanded(file, actor=actor, may=may_upload)
        if file.state != CostFile.State.CHECKED:
            raise DomainError(f"This file is {file.get_state_display().lower()}.")
        if file.is_long:
            file.state, file.rows_done, file.moved_at = CostFile.State.LANDING, 0, clock.now()
            file.save(update_fields=["state", "rows_done", "moved_at"])
            publish("costs.queued", actor=actor, file=file)
            return file
        plan = post_rows(read_cost_rows(file, file.rows), set(), actor)
        outcomes = keep_outcomes(file, [[row.outcome, row.reason] for row in plan])
        publish("costs.landed", actor=actor, file=file, outcomes=outcomes)
    return file


def post_rows(rows: Sequence[CostRow], seen: set[Named], actor: User) -> list[PlannedCost]:
    """Post those of some rows that are right. Planned once nobody else changes what they are held against, so that
    what is right stays so. Within a transaction.
    """
    centres = {row.by_centre for row in rows} - {""}
    if centres:
        hold_sharing()
    hold_initiatives(_initiatives(rows, centres, actor))
    hold_months()
    plan = CostPlan(actor, rows, seen).planned()
    entries, splits = ([getattr(row, name) for row in plan if getattr(row, name)] for name in ("entry", "split"))
    insert_drawn(entries, splits, actor=actor)
    return plan


def _initiatives(rows: Sequence[CostRow], codes: set[str], actor: User) -> set[int]:
    """All on which rows may be posted."""
    named = initiatives_named(Initiative.objects.visible_to(actor).only("name"), {row.name for row in rows} - {""})
    found = {each.pk for each in named.values()}
    if codes:
        centres = Centres(codes)
        found |= centres.initiatives | SharingGround(actor, centres.rules).initiatives
    return found
