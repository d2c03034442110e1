import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from aiso import clock
from aiso.accounts.models import BusinessUnit, User
from aiso.errors import DomainError
from aiso.web.figures import plural
from portfolio.actions.imports.mapping import map_import
from portfolio.actions.imports.run import run_import, start_import
from portfolio.actions.imports.upload import upload_import
from portfolio.importing.presets import KEEP_AS_NOTE, LEAVE_OUT, PRESETS
from portfolio.landing.ground import plan_of
from portfolio.landing.preview import ColumnProblems, preview, problems_of
from portfolio.models import ImportJob


class Command(BaseCommand):
    help = "Bring the initiatives of a CSV or XLSX file into the register. Repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--preset", choices=[*PRESETS], default="", help="a file of a known kind, with its mapping")
        parser.add_argument("--source", default="", help="where the records come from; tells later imports apart")
        parser.add_argument("--unit", default="", help="the business unit below which the file's units are placed")
        parser.add_argument("--by", default="", metavar="EMAIL", help="the person who imports; nobody if not given")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--report", default="", metavar="FILE.json", help="write the result as JSON; - prints it")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            report = self._trial(options) if options["dry_run"] else self._run(options)
        except DomainError as error:
            raise CommandError(str(error)) from error
        report["seconds"] = round(time.monotonic() - began, 2)
        self._tell(report, options["report"])

    def _run(self, options: dict[str, Any]) -> dict[str, Any]:
        with transaction.atomic():
            job = self._mapped(options)
            start_import(job, actor=job.uploaded_by)
        run_import(job.pk)
        job.refresh_from_db()
        if job.state != ImportJob.State.DONE:
            raise CommandError(job.failure or "The import did not come to its end; start it again to resume it.")
        outcomes = {
            "created": job.rows_created,
            "updated": job.rows_updated,
            "unchanged": job.rows_unchanged,
            "rejected": job.rows_rejected,
        }
        return {**_about(job), **outcomes, "problems": _told(problems_of(job, plan_of(job))), "job": job.pk}

    def _trial(self, options: dict[str, Any]) -> dict[str, Any]:
        with transaction.atomic():
            job = self._mapped(options)
            told = preview(job, job.uploaded_by)
            transaction.set_rollback(True)
        outcomes = {name: told.outcomes[name] for name in ("created", "updated", "unchanged", "rejected")}
        return {**_about(job), **outcomes, "problems": _told(told.problems), "dry_run": True}

    def _mapped(self, options: dict[str, Any]) -> ImportJob:
        actor = self._person(options["by"])
        job = upload_import(
            self._content(options["file"]), file_name=options["file"].name, actor=actor, preset=options["preset"]
        )
        return map_import(
            job,
            actor=actor,
            mapping=job.mapping,
            source=options["source"] or job.source,
            as_of=job.as_of or clock.today(),
            unit=self._unit(options["unit"]),
        )

    def _content(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def _person(self, email: str) -> User | None:
        if not email:
            return None
        person: User | None = User.objects.active().filter(email=email.lower()).first()
        if person is None:
            raise CommandError(f"Nobody active has the address {email}.")
        return person

    def _unit(self, name: str) -> BusinessUnit | None:
        if not name:
            return None
        unit = BusinessUnit.objects.filter(name__iexact=name).first()
        if unit is None:
            raise CommandError(f"There is no business unit called {name}.")
        return unit

    def _tell(self, report: dict[str, Any], target: str) -> None:
        text = json.dumps(report, indent=2, ensure_ascii=False)
        if target == "-":
            self.stdout.write(text)
            return
        if target:
            Path(target).write_text(text + "\n", encoding="utf-8")
        counts = ", ".join(f"{report[name]:,} {name}" for name in ("created", "updated", "unchanged", "rejected"))
        cells = sum(column["count"] for column in report["problems"].values())
        prefix = "It would be: " if report.get("dry_run") else ""
        self.stdout.write(f"{prefix}{plural(report['rows'], 'row')}: {counts} in {report['seconds']} s.")
        if cells:
            self.stdout.write(f"{plural(cells, 'cell')} could not be taken over as they stand; they are in the notes.")


def _about(job: ImportJob) -> dict[str, Any]:
    """What was found out about the file."""
    columns = zip(job.headers, job.mapping, strict=True)
    return {
        "file": job.file_name,
        "preset": job.preset or None,
        "source": job.source,
        "sheet": job.sheet_name or None,
        "encoding": job.encoding or None,
        "delimiter": job.delimiter or None,
        "header_row": job.header_row,
        "rows": job.rows_total,
        "mapping": {header: None if column in (KEEP_AS_NOTE, LEAVE_OUT) else column for header, column in columns},
        "reading_notes": job.reading_notes,
    }


def _told(problems: list[ColumnProblems]) -> dict[str, Any]:
    return {
        column.header: {
            "count": column.count,
            "examples": [{"row": row, "cell": cell, "reason": reason} for row, cell, reason in column.examples],
        }
        for column in problems
    }
