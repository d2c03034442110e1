"""Releases to users: recorded with what they have to meet, measured, and let out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.conflicts import changes_to_make
from aiso.errors import DomainError
from aiso.events.outbox import publish
from aiso.web import figures

from ..models import Initiative, Release, ReleaseCriterion
from ..permissions import can_edit, can_release_anyway
from ..release_guards import hindrances_of
from ..releases import standing_of
from .edit_initiative import touch

# Criteria that one release may have.
MOST = 100
# Things that a refusal names before the rest is counted.
TOLD = 3
REFUSAL = "Its owners and the office record releases."
# What the next release takes over of a criterion: the demand, never the result.
DEMANDS = ("category", "name", "demand", "threshold", "unit", "is_required")


@transaction.atomic
def record_release(initiative: Initiative, *, actor: User, like: Release | None = None, **fields: Any) -> Release:
    """Record a release that is planned. With `like`, it has to meet what that earlier one had to.

    Raises ValidationError for a name used before, DomainError for an initiative that never came onto the register.
    """
    locked = _locked(initiative, actor)
    if locked.is_off_register:
        raise DomainError("This initiative is not on the register, so nothing of it is released.")
    if like and like.initiative_id != locked.pk:
        raise DomainError("Take the criteria of a release of this initiative.", field="like")
    release = Release(initiative=locked, recorded_by=actor, recorded_at=clock.now(), **fields)
    release.full_clean()
    release.save()
    for earlier in like.criteria.all() if like else ():
        release.criteria.create(**{name: getattr(earlier, name) for name in DEMANDS})
    _tell("release.recorded", actor, release)
    return release


@transaction.atomic
def change_release(release: Release, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any) -> Release:
    """Change what a planned release is. ConflictError tells who changed what was `seen`."""
    release = _planned(release, actor)
    changed = changes_to_make(release, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(release, field, value)
    release.full_clean()
    if changed:
        release.save()
        _tell("release.changed", actor, release, fields=sorted(changed))
    return release


@transaction.atomic
def add_criterion(release: Release, *, actor: User, **fields: Any) -> ReleaseCriterion:
    """Say what a planned release has to meet. Raises ValidationError for a figure without its threshold."""
    release = _planned(release, actor)
    if release.criteria.count() >= MOST:
        raise DomainError(f"A release has at most {MOST} criteria.")
    criterion = ReleaseCriterion(release=release, **fields)
    criterion.full_clean()
    criterion.save()
    _tell("release.criterion_added", actor, release, criterion=criterion)
    return criterion


@transaction.atomic
def change_criterion(
    criterion: ReleaseCriterion, *, actor: User, seen: Mapping[str, Any] | None = None, **wanted: Any
) -> ReleaseCriterion:
    """Change what has to be met. A result of another kind than the new demand asks for is taken away with it."""
    release, criterion = _locked_criterion(criterion, actor)
    changed = changes_to_make(criterion, seen=seen or {}, wanted=wanted)
    for field, value in changed.items():
        setattr(criterion, field, value)
    if criterion.demand == ReleaseCriterion.Demand.YES:
        criterion.result = None
    else:
        criterion.answer = None
    criterion.full_clean()
    if changed:
        criterion.save()
        _tell("release.criterion_changed", actor, release, criterion=criterion, fields=sorted(changed))
    return criterion


@transaction.atomic
def remove_criterion(criterion: ReleaseCriterion, *, actor: User) -> None:
    """Take a criterion off a planned release; its history stays."""
    release, criterion = _locked_criterion(criterion, actor)
    _tell("release.criterion_removed", actor, release, criterion=criterion)
    criterion.delete()


@transaction.atomic
def record_result(
    criterion: ReleaseCriterion,
    *,
    actor: User,
    result: Decimal | None = None,
    answer: bool | None = None,
    measured_on: date | None = None,
    evidence: str = "",
) -> ReleaseCriterion:
    """Say what was measured, on which day, today unless told. With neither figure nor answer, the result is taken back.

    Raises DomainError for a figure where yes or no is asked, and the other way round, and for a day to come.
    """
    release, criterion = _locked_criterion(criterion, actor)
    asks_yes = criterion.demand == ReleaseCriterion.Demand.YES
    if asks_yes and result is not None:
        raise DomainError("This criterion is answered with yes or no.", field="result")
    if not asks_yes and answer is not None:
        raise DomainError("This criterion is answered with a figure.", field="answer")
    if measured_on and measured_on > clock.today():
        raise DomainError("This day is to come. Say when it was measured.", field="measured_on")
    is_measured = result is not None or answer is not None
    criterion.result, criterion.answer, criterion.evidence = result, answer, evidence if is_measured else ""
    criterion.measured_on = (measured_on or clock.today()) if is_measured else None
    criterion.full_clean()
    criterion.save()
    _tell("release.result_recorded", actor, release, criterion=criterion)
    return criterion


@transaction.atomic
def mark_released(release: Release, *, actor: User, released_on: date | None = None, despite: str = "") -> Release:
    """Say that a release is out, since today unless told. Nothing of it changes afterwards.

    Raises DomainError while a criterion that must be met is not, unless the risk owner says why it goes out anyway;
    and while an app above keeps it in (portfolio/release_guards.py), which nobody here may pass.
    """
    release = _planned(release, actor)
    _check_nothing_hinders(release)
    if released_on and released_on > clock.today():
        raise DomainError("This day is to come. Mark it when it is out.", field="released_on")
    stopping = standing_of(release).stopping
    if stopping:
        _check_may_go_anyway(release, actor, [line.criterion.name for line in stopping], despite)
    release.released_on, release.released_by = released_on or clock.today(), actor
    release.despite = despite.strip() if stopping else ""
    release.full_clean()
    release.save()
    _tell("release.released", actor, release, unmet=len(stopping))
    return release


def _check_nothing_hinders(release: Release) -> None:
    if hindrances := hindrances_of(release.initiative):
        told = " ".join(f"{_ended(each.what)} {each.who}" for each in hindrances[:TOLD])
        more = f" And {len(hindrances) - TOLD} more." if len(hindrances) > TOLD else ""
        raise DomainError(f"It does not go out yet. {told}{more}")


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _check_may_go_anyway(release: Release, actor: User, names: list[str], despite: str) -> None:
    count = figures.plural(len(names), "required criterion", "required criteria")
    told = f"{count} not met: {', '.join(names)}."
    if not can_release_anyway(actor, release.initiative):
        raise DomainError(f"{told} Only the risk owner may release it anyway, with a reason.")
    if not despite.strip():
        raise DomainError(f"{told} Say why it goes out anyway.", field="despite")


def _locked(initiative: Initiative, actor: User) -> Initiative:
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if not can_edit(actor, locked):
        raise PermissionDenied(REFUSAL)
    return locked


def _planned(release: Release, actor: User) -> Release:
    """The release, locked after its initiative, while it is not out."""
    _locked(release.initiative, actor)
    release = Release.objects.select_for_update(of=["self"]).select_related("initiative").get(pk=release.pk)
    if release.is_out:
        raise DomainError(f"{release} is out since {figures.day(release.released_on)}; what was recorded stays.")
    return release


def _locked_criterion(criterion: ReleaseCriterion, actor: User) -> tuple[Release, ReleaseCriterion]:
    release = _planned(criterion.release, actor)
    return release, ReleaseCriterion.objects.select_for_update().get(pk=criterion.pk)


def _tell(name: str, actor: User, release: Release, **about: Any) -> None:
    touch([release.initiative_id])
    publish(name, actor=actor, initiative=release.initiative, release=release, **about)
