"""Answering the checklist of a standard for an initiative, and vouching that it is whole."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import refuse_conflicts
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.actions.edit_initiative import touch
from portfolio.models import Initiative

from ..checklist import Item
from ..models import ChecklistAnswer, ChecklistCompletion, Standard
from ..permissions import can_answer, can_complete
from ..sheets import Line, Sheet, sheet_of

VALUE, NOTE, EVIDENCE = PARTS = ("value", "note", "evidence")
LONGEST_NOTE = 5000
# Questions that a refusal names; the rest is counted.
NAMED = 3

# By the item's code and the part of its answer, e.g. `("purpose", "note")`.
type Parts = Mapping[tuple[str, str], str]


@transaction.atomic
def answer_checklist(
    initiative: Initiative, standard: Standard, *, actor: User, answers: Parts, seen: Parts | None = None
) -> list[str]:
    """Keep parts of answers, others stay; returns the codes of the items that changed.

    An empty value takes an answer back; a note beside it keeps what the system knows as the answer. Given `seen`,
    what the actor saw of those parts, raises ConflictError by `code.part` when somebody else changed one meanwhile.
    Raises PermissionDenied when `actor` may not, DomainError for an item that the version in force does not ask,
    or an answer that cannot be one. A completed checklist whose answers change is open again.
    """
    locked = Initiative.objects.select_for_update(of=["self"]).get(pk=initiative.pk)
    if not can_answer(actor, locked):
        raise PermissionDenied("Its owners, the office and the reviewers answer for this initiative.")
    sheet = _sheet(locked, standard)
    wanted = {place: _checked(sheet, *place, raw) for place, raw in answers.items()}
    present = {place: _present(sheet, *place) for place in wanted}
    if seen is not None:
        _refuse_conflicts(wanted, present, seen)
    changed = {code: None for (code, part), value in wanted.items() if value != present[code, part]}
    for code in changed:
        _store(sheet, code, actor, {part: wanted[code, part] for part in PARTS if (code, part) in wanted})
    if changed:
        touch([locked.pk])
        publish("checklist.answered", actor=actor, initiative=locked, standard=standard.slug, items=[*changed])
        _reopen(sheet, [*changed], actor)
    return [*changed]


@transaction.atomic
def complete_checklist(initiative: Initiative, standard: Standard, *, actor: User) -> ChecklistCompletion:
    """Vouch that a checklist is answered. It holds for the months that its version says, or until an answer changes.

    Raises PermissionDenied for all but its owners, their deputies and the office, DomainError naming what lacks an
    answer or a note, and when it is complete already and does not end soon.
    """
    locked = Initiative.objects.select_for_update(of=["self"]).get(pk=initiative.pk)
    if not can_complete(actor, locked):
        raise PermissionDenied("Its owners, their deputies and the office complete a checklist.")
    sheet = _sheet(locked, standard)
    _refuse_incomplete(sheet)
    months = sheet.checklist.holds_for
    ChecklistCompletion.objects.current().filter(initiative=locked, standard=standard).update(is_current=False)
    completion = ChecklistCompletion.objects.create(
        initiative=locked,
        standard=standard,
        version_id=sheet.checklist.version_id,
        completed_by=actor,
        completed_at=clock.now(),
        expires_on=clock.months_later(clock.today(), months) if months is not None else None,
        copy=[[label, told] for label, told in sheet.copy],
        answers={line.item.code: line.stored for line in sheet.lines},
    )
    touch([locked.pk])
    publish(
        "checklist.completed", actor=actor, initiative=locked, standard=standard.slug, version=sheet.checklist.version
    )
    return completion


def part_of(line: Line, part: str) -> str:
    """What is stored of an answer; of one to an earlier wording nothing."""
    return {VALUE: line.own, NOTE: line.note, EVIDENCE: line.evidence}[part]


def checked(item: Item, part: str, raw: str) -> str:
    """A part of an answer as it is stored. Raises DomainError with what is wrong, naming the item."""
    if part != VALUE:
        text = raw.replace("\r\n", "\n").replace("\0", "").strip()
        if len(text) > LONGEST_NOTE:
            raise DomainError(f"A note has at most {figures.number(LONGEST_NOTE)} characters.", field=item.code)
        return text
    try:
        return item.cleaned(raw)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field=item.code) from error


def _sheet(initiative: Initiative, standard: Standard) -> Sheet:
    sheet = sheet_of(initiative, standard) if standard.is_active else None
    if sheet is None:
        raise DomainError(f"{standard} has no checklist in force.")
    return sheet


def _line(sheet: Sheet, code: str) -> Line:
    line = sheet.line(code)
    if line is None:
        raise DomainError("This question is not asked in the version in force; open the page again.", field=code[:60])
    return line


def _checked(sheet: Sheet, code: str, part: str, raw: str) -> str:
    return checked(_line(sheet, code).item, part, raw)


def _present(sheet: Sheet, code: str, part: str) -> str:
    return part_of(_line(sheet, code), part)


def _refuse_conflicts(wanted: Parts, present: Parts, seen: Parts) -> None:
    def named(parts: Parts) -> dict[str, str]:
        return {f"{code}.{part}": value for (code, part), value in parts.items()}

    refuse_conflicts(seen=named(seen), present=named(present), wanted=named(wanted))


def _store(sheet: Sheet, code: str, actor: User, wanted: Mapping[str, str]) -> None:
    line = _line(sheet, code)
    told = {part: part_of(line, part) for part in PARTS} | dict(wanted)
    answers = ChecklistAnswer.objects.filter(initiative=sheet.initiative, standard=sheet.standard)
    if not any(told.values()):
        answers.filter(item=code).delete()
        return
    asked = {"version_id": sheet.checklist.version_id, "fingerprint": line.item.fingerprint}
    who = {"answered_by": actor, "answered_at": clock.now(), "given_by": _first_giver(line, actor)}
    answers.update_or_create(
        initiative=sheet.initiative, standard=sheet.standard, item=code, defaults={**told, **asked, **who}
    )


def _first_giver(line: Line, actor: User) -> User | None:
    """Whose answer it stays when the actor corrects it or adds to it; None where the actor gives it."""
    if line.answer is None or not line.own:
        return None
    first = line.answer.given_by or line.answer.answered_by
    return None if first == actor else first


def _reopen(sheet: Sheet, codes: list[str], actor: User) -> None:
    """Open a completed checklist again; one that is open already remembers what else changed."""
    done = sheet.completion
    if done is None:
        return
    is_new = done.reopened_at is None
    done.reopened_items = [*dict.fromkeys([*done.reopened_items, *codes])]
    done.reopened_at, done.reopened_by = done.reopened_at or clock.now(), done.reopened_by or actor
    done.save(update_fields=["reopened_items", "reopened_at", "reopened_by"])
    if is_new:
        initiative, slug = sheet.initiative, sheet.standard.slug
        publish("checklist.reopened", actor=actor, initiative=initiative, standard=slug, items=codes)


def _refuse_incomplete(sheet: Sheet) -> None:
    if sheet.is_complete and sheet.completion and not sheet.completion.ends_soon:
        raise DomainError(f"{sheet.standard} is complete already; a changed answer opens it again.")
    if sheet.missing:
        raise DomainError(f"{figures.plural(len(sheet.missing), 'question')} left: {_named(sheet.missing)}.")
    if sheet.lacking_notes:
        raise DomainError(f"Say why in a note: {_named(sheet.lacking_notes)}.")


def _named(lines: list[Line]) -> str:
    texts = ", ".join(f"“{line.item.text}”" for line in lines[:NAMED])
    return f"{texts} and {len(lines) - NAMED} more" if len(lines) > NAMED else texts
