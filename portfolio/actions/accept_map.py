"""Business owner and risk owner accept the map of levels; any change of it, or another owner, reopens it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.outbox import publish

from ..autonomy_map import changes_between, fingerprint_of, map_of, owner_changed
from ..models import AutonomyAcceptance, Initiative, Ownership
from ..permissions import acts_as


@transaction.atomic
def accept_map(initiative: Initiative, *, actor: User, role: str, fingerprint: str | None = None) -> AutonomyAcceptance:
    """Accept the map of an initiative as one of its two owners, with a copy of it.

    `fingerprint` is that of the map that the actor read, where it is known. Raises PermissionDenied for anybody but
    that owner and their deputies, DomainError for an empty map, one that changed since, one that the actor accepted
    in the other role, or one accepted before.
    """
    locked = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if role not in AutonomyAcceptance.Role.values or not acts_as(actor, locked, role):
        raise PermissionDenied("Its business owner and its risk owner, or their deputies, accept the map.")
    entries = map_of(locked.decision_classes.all())
    if not entries:
        raise DomainError("There is nothing to accept yet: it has no decisions.")
    now = fingerprint_of(entries)
    if fingerprint is not None and fingerprint != now:
        raise DomainError("The map changed while you read it. Look at it again, then accept.")
    given = {each.role: each for each in locked.autonomy_acceptances.standing()}
    if role in given:
        raise DomainError(f"The {given[role].get_role_display().lower()} accepted this map already.")
    if any(each.person_id == actor.pk for each in given.values()):
        raise DomainError("You accepted it in the other role. It takes two people.")
    is_owner = Ownership.objects.current().principals().filter(initiative=locked, person=actor, kind=role).exists()
    acceptance = AutonomyAcceptance.objects.create(
        initiative=locked, role=role, person=actor, is_deputy=not is_owner, fingerprint=now, copy=entries
    )
    publish("autonomy.accepted", actor=actor, initiative=locked, role=role, acceptance=acceptance)
    return acceptance


def follow_owner(initiative: Initiative, kind: str, *, actor: User | None, to: int | None) -> None:
    """Reopen what an owner of a locked initiative accepted, now that `to` owns it: a person's id, or nobody.

    Called by whatever assigns an owner. Whoever accepted it as a deputy before they became the owner has accepted it.
    """
    if kind not in AutonomyAcceptance.Role.values:
        return
    given = initiative.autonomy_acceptances.standing().filter(role=kind).first()
    if given is None or given.person_id == to:
        return
    given.reopened_at, given.changes = clock.now(), [owner_changed(given.role)]
    given.save(update_fields=["reopened_at", "changes"])
    publish("autonomy.reopened", actor=actor, initiative=initiative, roles=[kind], changes=given.changes)


def follow_map(initiative: Initiative, *, actor: User | None) -> None:
    """Reopen the acceptances of a locked initiative that no longer say what the map says.

    Called by whatever changes a class or a level. What was reopened stays so: the same map must be accepted again.
    """
    given = [*initiative.autonomy_acceptances.standing()]
    if not given:
        return
    entries = map_of(initiative.decision_classes.all())
    now = fingerprint_of(entries)
    lost = [each for each in given if each.fingerprint != now]
    for acceptance in lost:
        acceptance.reopened_at = clock.now()
        acceptance.changes = changes_between(acceptance.copy, entries)
        acceptance.save(update_fields=["reopened_at", "changes"])
    if lost:
        roles = sorted(each.role for each in lost)
        publish("autonomy.reopened", actor=actor, initiative=initiative, roles=roles, changes=lost[0].changes)
