"""Evidence: given once for an initiative, it counts at every gate that asks for it until it expires."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures
from portfolio.actions.discuss import attach_file
from portfolio.actions.edit_initiative import touch
from portfolio.models import Attachment, Initiative
from portfolio.models.stage import ENDED

from ..checklist import Required
from ..models import Evidence, GateReview, Requirement
from ..permissions import can_give_evidence
from ..standing import next_checklists
from .sign_offs import refresh_sign_offs

Kind = Evidence.Kind
# Which kinds show a requirement of each sort; the others are filled in by what the system knows.
SUITING = {
    Requirement.Evidence.DOCUMENT: (Kind.FILE, Kind.LINK),
    Requirement.Evidence.STATEMENT: (Kind.STATEMENT,),
}
LONGEST_TEXT = 10_000


@transaction.atomic
def give_evidence(
    initiative: Initiative,
    *,
    actor: User,
    code: str,
    file: "UploadedFile[bytes] | None" = None,
    link: str = "",
    text: str = "",
    expires_on: date | None = None,
) -> Evidence:
    """Give evidence for the requirement of this code: a file, a link, or an answer. A better one is the next version.

    It expires on the day given, at the latest when the requirement says. Raises PermissionDenied when `actor` may
    not, DomainError for what no gate asks, for what the system knows itself, and for evidence of another kind.
    """
    locked = Initiative.objects.select_for_update(of=["self"]).defer("search").get(pk=initiative.pk)
    if not can_give_evidence(actor, locked):
        raise PermissionDenied("Its owners and the office give evidence.")
    if locked.is_off_register or locked.stage in ENDED:
        raise DomainError("No gate asks for evidence of it any more.")
    line = asked_of(locked, code)
    kind = _kind(line, has_file=file is not None, link=link.strip(), text=text.strip())
    evidence = Evidence(
        initiative=locked,
        code=code,
        version=_next_version(locked, code),
        kind=kind,
        attachment=_attached(locked, actor, file),
        link=link.strip() if kind == Kind.LINK else "",
        text=text.strip(),
        given_by=actor,
        expires_on=_expiry(line, expires_on),
    )
    evidence.full_clean(exclude=["withdrawn_by"])
    evidence.save()
    _follow(locked, actor)
    touch([locked.pk])
    publish("evidence.given", actor=actor, initiative=locked, evidence=evidence, code=code)
    return evidence


@transaction.atomic
def withdraw_evidence(evidence: Evidence, *, actor: User, reason: str) -> Evidence:
    """Take the present evidence of a requirement back. An earlier version does not count in its place."""
    Initiative.objects.select_for_update(of=["self"]).only("pk").get(pk=evidence.initiative_id)
    evidence = Evidence.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=evidence.pk)
    if not can_give_evidence(actor, evidence.initiative):
        raise PermissionDenied("Its owners and the office withdraw evidence.")
    if evidence.withdrawn_at is not None:
        raise DomainError("It was withdrawn before.")
    if not reason.strip():
        raise DomainError("Say why it no longer counts.", field="reason")
    if Evidence.objects.filter(
        initiative=evidence.initiative_id, code=evidence.code, version__gt=evidence.version
    ).exists():
        raise DomainError("A later version took its place. Withdraw that one.")
    evidence.withdrawn_by, evidence.withdrawn_at = actor, clock.now()
    evidence.withdrawn_because = reason.strip()
    evidence.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    touch([evidence.initiative_id])
    publish("evidence.withdrawn", actor=actor, initiative=evidence.initiative, evidence=evidence, code=evidence.code)
    return evidence


def asked_of(initiative: Initiative, code: str) -> Requirement | Required:
    """The requirement of its open review, or else of its next gate. Raises DomainError where neither asks that."""
    review = GateReview.objects.open().filter(initiative=initiative).first()
    if review is not None:
        asked: Requirement | Required | None = review.requirements.filter(code=code).first()
    else:
        found = (each.requirement for each in next_checklists([initiative])[initiative.pk])
        asked = next((each for each in found if each.code == code), None)
    if asked is None:
        raise DomainError("Its next gate does not ask for this.", field="code")
    return asked


def latest_expiry(line: Requirement | Required) -> date | None:
    """The last day on which evidence given today may count; None for as long as one likes."""
    return clock.months_later(clock.today(), line.valid_months) if line.valid_months else None


def _follow(initiative: Initiative, actor: User) -> None:
    """Let the sign-offs of its open review start, or notice what they rested on."""
    for review in GateReview.objects.open().filter(initiative=initiative):
        refresh_sign_offs(review, actor=actor)


def _kind(line: Requirement | Required, *, has_file: bool, link: str, text: str) -> str:
    """What was given, once it suits what is asked."""
    suiting = SUITING.get(Requirement.Evidence(line.evidence))
    if suiting is None:
        raise DomainError("The system fills this in from what it knows; nothing is to be given.", field="code")
    if Kind.STATEMENT in suiting:
        if has_file or link:
            raise DomainError("Answer this in words; the answer may contain an address.", field="text")
        if not text:
            raise DomainError("Write the answer.", field="text")
        return Kind.STATEMENT
    if has_file and link:
        raise DomainError("Give a file or a link, not both.", field="link")
    if has_file:
        return Kind.FILE
    if not link:
        raise DomainError("Choose a file, or give a link.", field="file")
    if not link.lower().startswith(("http://", "https://")):
        raise ValidationError({"link": "Give an address that begins with https://."})
    return Kind.LINK


def _attached(initiative: Initiative, actor: User, file: "UploadedFile[bytes] | None") -> Attachment | None:
    return attach_file(initiative, actor=actor, file=file) if file is not None else None


def _next_version(initiative: Initiative, code: str) -> int:
    given = Evidence.objects.filter(initiative=initiative, code=code)
    return (given.aggregate(last=Max("version"))["last"] or 0) + 1


def _expiry(line: Requirement | Required, wished: date | None) -> date | None:
    latest = latest_expiry(line)
    if wished is None:
        return latest
    if wished < clock.today():
        raise DomainError("It would have expired already.", field="expires_on")
    if latest is not None and wished > latest:
        months = figures.plural(line.valid_months or 0, "month")
        raise DomainError(
            f"Evidence for this counts for {months}, until {figures.day(latest)} at the latest.", field="expires_on"
        )
    return wished
