"""Taking an import back: what it created goes, what it changed becomes what it was. All of it, or nothing."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import DO_NOTHING, Exists, F, Model, OuterRef, ProtectedError, Q, QuerySet, RestrictedError

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web.figures import plural

from ...counts import forget_counts
from ...importing.interpret import LISTED
from ...models import ImportedRecord, ImportJob, ImportRow, Initiative, Ownership, StageChange
from ...permissions import can_run_import
from ..accept_map import follow_owner
from ..conclude_lanes import conclude_lanes

NAMED_IN_MESSAGE = 5
MODELS = {
    "businessunit": "accounts.BusinessUnit",
    "workflow": "portfolio.Workflow",
    "tag": "portfolio.Tag",
    "tool": "portfolio.Tool",
}


@transaction.atomic
def undo_import(job: ImportJob, *, actor: User | None) -> ImportJob:
    """Take back all that an import did. Raises DomainError, naming them, when initiatives were touched since."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if actor is not None and not can_run_import(actor, job):
        raise PermissionDenied("The person who uploaded the file and the office lead undo its import.")
    if job.state not in {ImportJob.State.DONE, ImportJob.State.FAILED}:
        raise DomainError("Only an import that has come to its end can be undone, and only once.")
    touched = list(touched_since(job)[: NAMED_IN_MESSAGE + 1])
    if touched:
        raise DomainError(_refusal(job, touched))
    with pghistory.context(reason=f"Undid the import of {job.file_name}"):
        _restore(job)
        _delete_created(job)
        _delete_made(job)
    job.state, job.undone_by, job.undone_at = ImportJob.State.UNDONE, actor, clock.now()
    job.save(update_fields=["state", "undone_by", "undone_at"])
    publish("import.undone", actor=actor, job=job)
    transaction.on_commit(forget_counts)
    return job


def touched_since(job: ImportJob) -> QuerySet[Initiative]:
    """Initiatives of the import that somebody, or a later import, changed after it."""
    landed = job.rows.filter(outcome__in=[ImportRow.Outcome.CREATED, ImportRow.Outcome.UPDATED])
    records = ImportedRecord.objects.filter(initiative__in=landed.values("initiative"))
    newer = records.filter(Q(job__gt=job.pk) | Q(job=job, initiative__changed_at__gt=F("stamped_at")))
    decided = StageChange.objects.exclude(source=StageChange.Source.OPENING).filter(recorded_at__gt=job.started_at)
    touched = Q(pk__in=newer.values("initiative")) | Q(pk__in=landed.values("initiative"), stage_changes__in=decided)
    return Initiative.objects.filter(touched).distinct().order_by("pk")


def _refusal(job: ImportJob, touched: Sequence[Initiative]) -> str:
    named = ", ".join(initiative.reference for initiative in touched[:NAMED_IN_MESSAGE])
    count = touched_since(job).count()
    more = f" and {count - NAMED_IN_MESSAGE} more" if count > NAMED_IN_MESSAGE else ""
    return (
        f"{plural(count, 'initiative was', 'initiatives were')} changed since this import: {named}{more}. "
        "It can no longer be undone as a whole; correct or close those that should not be there."
    )


def _delete_created(job: ImportJob) -> None:
    created = job.rows.filter(outcome=ImportRow.Outcome.CREATED).values("initiative")
    try:
        Initiative.objects.filter(pk__in=created).delete()
    except (ProtectedError, RestrictedError) as error:
        raise DomainError(
            "Initiatives of this import are used elsewhere by now, so it can no longer be undone as a whole."
        ) from error


def _delete_made(job: ImportJob) -> None:
    """Units and list entries that the import added go too, as long as nothing uses them."""
    for name, pks in job.made.items():
        model = apps.get_model(MODELS[name])
        # Once the lowest units are gone, nothing may use those above them any more.
        while _unused(model, pks).delete()[0]:
            pass


def _unused(model: type[Model], pks: Sequence[int]) -> QuerySet[Model]:
    """Those of `pks` that no row of any table points to; history does not count."""
    unused = model._default_manager.filter(pk__in=pks)
    for relation in model._meta.related_objects:
        if relation.on_delete is not DO_NOTHING:
            users = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            unused = unused.exclude(Exists(users))
    return unused


def _restore(job: ImportJob) -> None:
    rows = list(job.rows.filter(outcome=ImportRow.Outcome.UPDATED).exclude(before__isnull=True))
    found = Initiative.objects.select_for_update().defer("search").in_bulk([row.initiative_id for row in rows])
    for row in rows:
        initiative = found.get(row.initiative_id or 0)
        if initiative:
            assert row.before is not None
            _restore_fields(initiative, row.before["fields"])
            _restore_record(job, initiative, row)
    conclude_lanes(found)


def _restore_fields(initiative: Initiative, before: dict[str, Any]) -> None:
    plain: dict[str, Any] = {}
    for name, value in before.items():
        match name:
            case "links":
                initiative.links.filter(address__in=value).delete()
            case "owners":
                _restore_owners(initiative, value)
            case "openings":
                _restore_openings(initiative, value)
            case "changed_at":
                plain[name] = datetime.fromisoformat(value)
            case "priority" | "requested_amount":
                plain[name] = None if value is None else Decimal(value)
            case _ if name in LISTED:
                getattr(initiative, name).remove(*value)
            case _:
                plain[name] = value
    Initiative.objects.filter(pk=initiative.pk).update(**plain)


def _restore_owners(initiative: Initiative, before: dict[str, list[int | None]]) -> None:
    for kind, (ended, begun) in before.items():
        current = Ownership.objects.current().principals().filter(initiative=initiative, kind=kind, person=begun)
        current.delete()
        if ended is not None:
            Ownership.objects.filter(pk=ended).update(ended_on=None, end_recorded_at=None)
        present = Ownership.objects.current().principals().filter(initiative=initiative, kind=kind).first()
        follow_owner(initiative, kind, actor=None, to=present.person_id if present else None)


def _restore_openings(initiative: Initiative, before: list[list[str]]) -> None:
    initiative.stage_changes.all().delete()
    for stage, day in before:
        StageChange.objects.create(
            initiative=initiative,
            stage=stage,
            changed_on=date.fromisoformat(day),
            source=StageChange.Source.OPENING,
        )


def _restore_record(job: ImportJob, initiative: Initiative, row: ImportRow) -> None:
    """What the source had said before goes back too, or the next import would compare with the wrong thing."""
    records = ImportedRecord.objects.filter(initiative=initiative, source=job.source, key=row.key)
    assert row.before is not None
    record = row.before["record"]
    if record is None:
        records.delete()
        return
    stamped = datetime.fromisoformat(record["stamped_at"])
    records.update(**{**record, "job": record["job"], "stamped_at": stamped})
