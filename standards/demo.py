"""Invented answers of the demonstration: a completed checklist, one half done, one that ended, one open again."""

from collections.abc import Mapping
from datetime import timedelta

from aiso import clock
from aiso.accounts.models import User
from portfolio.models import Initiative
from portfolio.models.risk import RiskTier

from .actions.answer_checklist import NOTE, VALUE, answer_checklist, complete_checklist
from .checklist import YES, AnswerType, Item
from .models import Standard
from .sheets import Line, sheet_of

# What is written where a text is asked; by the item's code, or for all others.
TEXTS = {
    "affected": "Clerks who use it every day, and those whose cases they handle.",
    "measure": "Share of cases in which a clerk keeps what it proposes.",
    "threshold": "92 %, because two clerks agree on 92 of 100 cases.",
    "task": "Propose the team for each case. Right is the team that closes it.",
    "on-call": "Platform on-call, extension 4410, day and night; the process lead stands in on weekdays.",
    "support": "The help channel of the unit; an answer within four working hours.",
    "fallback": "Clerks sort by hand as before, from the shared mailbox, with the list of last year.",
    "actions": "None: it reads and answers.",
    "tools": "The model gateway.",
}
OTHERWISE = "Looked at with the team; nothing that speaks against it."
WHY = "Agreed with the reviewers for the pilot; looked at again before the rollout."
# How long ago the one that ended was completed.
LONG_AGO = timedelta(days=430)


def tell(people: Mapping[str, User]) -> None:
    """Answer through the actions that pages use, each checklist for another initiative."""
    office, security = people["office-member"], people["security-reviewer"]
    for tale, initiative in zip(TALES, _chosen(), strict=False):
        tale(initiative, security if tale is _half_done else office)


def _completed(initiative: Initiative, office: User) -> None:
    _complete(initiative, _standard("privacy-assessment"), office)


def _completed_too(initiative: Initiative, office: User) -> None:
    _complete(initiative, _standard("fallback-and-rollback"), office)


def _half_done(initiative: Initiative, reviewer: User) -> None:
    _answer(initiative, _standard("security-assessment"), reviewer, share=2)


def _ended(initiative: Initiative, office: User) -> None:
    with clock.fixed_at(clock.now() - LONG_AGO):
        _complete(initiative, _standard("impact-assessment"), office)


def _open_again(initiative: Initiative, office: User) -> None:
    standard = _standard("model-evaluation")
    _complete(initiative, standard, office)
    again = {("measure", VALUE): "Share of cases that the next team does not send on."}
    answer_checklist(initiative, standard, actor=office, answers=again)


TALES = (_completed, _completed_too, _half_done, _ended, _open_again)


def _standard(slug: str) -> Standard:
    return Standard.objects.get(slug=slug)


def _chosen() -> list[Initiative]:
    """Some that have owners, those at low risk first."""
    owned = Initiative.objects.on_register().filter(business_owner__isnull=False, is_confidential=False)
    low = owned.filter(risk_tier=RiskTier.LOW).order_by("pk")[:3]
    return [*low, *owned.exclude(pk__in=low).order_by("pk")[:3]]


def _complete(initiative: Initiative, standard: Standard, actor: User) -> None:
    _answer(initiative, standard, actor)
    sheet = sheet_of(initiative, standard)
    notes = {(line.item.code, NOTE): WHY for line in sheet.lacking_notes} if sheet else {}
    answer_checklist(initiative, standard, actor=actor, answers=notes)
    complete_checklist(initiative, standard, actor=actor)


def _answer(initiative: Initiative, standard: Standard, actor: User, *, share: int = 1) -> None:
    """Every question, or one in so many."""
    sheet = sheet_of(initiative, standard)
    missing: list[Line] = sheet.missing[::share] if sheet else []
    answers = {(line.item.code, VALUE): _invented(line.item) for line in missing}
    answer_checklist(initiative, standard, actor=actor, answers=answers)


def _invented(item: Item) -> str:
    """An answer that settles the item."""
    match item.answer_type:
        case AnswerType.TEXT:
            return TEXTS.get(item.code, OTHERWISE)
        case AnswerType.NUMBER:
            return item.satisfactory[0].rpartition(" ")[2] if item.satisfactory else "12"
        case AnswerType.DATE:
            return (clock.today() - timedelta(days=20)).isoformat()
        case AnswerType.LINK:
            return "https://example.org/evidence"
    stored = {told: value for value, told in item.choices}
    return stored[item.satisfactory[0]] if item.satisfactory else next(iter(stored.values()), YES)
