"""Who measures, posts and claims, and whose word confirms it. Plain predicates."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from aiso.accounts.models import Role, User
from aiso.accounts.models.role import OFFICE
from aiso.accounts.permissions import can_manage_lists
from aiso.web.figures import local_date
from portfolio.models import Initiative, OutcomeMetric, Ownership, Workflow
from portfolio.models.initiative import InitiativeQuerySet
from portfolio.models.stage import ENDED
from portfolio.permissions import can_edit, changes_nothing, owned_among
from stagegates.separation import parties_to

from .models import AdoptionReading, ClaimAnswer, LedgerEntry, Measurement

MEASURING = "Its owners and the office record what was measured."
UNSEEN = "Its owners, finance, the office, executives and auditors see its money."
CONFIRMING = "A finance controller who neither measured it nor owns or requested the initiative answers it."


def can_measure(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, and the office."""
    return can_edit(user, initiative)


def confirms_for(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Finance, as a named person, where its reach includes the unit."""
    return (
        isinstance(user, User)
        and not changes_nothing(user)
        and not user.is_service_account
        and user.has_role(Role.FINANCE_CONTROLLER, unit=initiative.unit_id)
    )


def can_answer_measurement(user: User | AnonymousUser, measurement: Measurement) -> bool:
    """A finance controller who is neither its author nor a party to the initiative (DESIGN §7)."""
    initiative = measurement.metric.initiative
    if not confirms_for(user, initiative) or user.pk == measurement.recorded_by_id:
        return False
    return user.pk not in parties_to(initiative)


POSTING = "Its owners, the office and finance post what it brings and costs."
REVERSING = "Its owners, the office and finance reverse an entry; once finance confirmed a claim, finance alone."
CLAIMING = "A finance controller who neither claimed it nor owns or requested the initiative answers it."
CLOSING = "Finance for the whole company closes months."
RATING = "Finance for the whole company records exchange rates."
DISCOUNTING = "Finance for the whole company says the yearly rate."
VALUING = "Finance for the whole company says what one unit is worth."
KEEPING = "The office and finance for the whole company keep the catalogue."
SHARING = "Finance posts and reverses shared costs, where its reach includes the unit of each part."
KEEPING_SHARING = "Finance for the whole company keeps cost centres and the rules by which costs are shared."
READING_SHARING = "Finance, the office and auditors read cost centres and the rules by which costs are shared."
LINKING = "Its owners and the office say which metric of the catalogue it is."


def can_post(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies and the office; finance, where its reach includes the unit."""
    if isinstance(user, User) and not changes_nothing(user) and is_finance_for(user, initiative):
        return True
    return can_edit(user, initiative)


def posts_among(user: User, initiatives: Sequence[Initiative]) -> Callable[[Initiative], bool]:
    """On which of some initiatives the user may post. One query at most, however many there are."""
    edits = owned_among(user, initiatives)
    return lambda each: edits(each) or (not changes_nothing(user) and is_finance_for(user, each))


def can_reverse(user: User | AnonymousUser, entry: LedgerEntry) -> bool:
    """Whoever may post; what finance confirmed, finance alone takes back."""
    answer: ClaimAnswer | None = getattr(entry, "answer", None)
    if answer is not None and answer.counts:
        return isinstance(user, User) and not changes_nothing(user) and is_finance_for(user, entry.initiative)
    return can_post(user, entry.initiative)


def is_finance_for(user: User, initiative: Initiative) -> bool:
    return user.has_role(Role.FINANCE_CONTROLLER, unit=initiative.unit_id)


def can_answer_claim(user: User | AnonymousUser, entry: LedgerEntry) -> bool:
    """A finance controller who is neither author of the claim or of its method, nor was a party to the initiative on
    any day since it was claimed (DESIGN §4, §7).
    """
    if not confirms_for(user, entry.initiative) or entry.method is None:
        return False
    authors = {entry.recorded_by_id, entry.method.written_by_id}
    return user.pk not in authors | parties_to(entry.initiative, local_date(entry.recorded_at))


def is_finance(user: User | AnonymousUser) -> bool:
    """Finance for the whole company, as a named person: months, rates and values hold for every unit."""
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    return user.role_units.get(Role.FINANCE_CONTROLLER, frozenset()) is None


def can_keep_catalogue(user: User | AnonymousUser) -> bool:
    return can_manage_lists(user) or is_finance(user)


def can_link(user: User | AnonymousUser, initiative: Initiative) -> bool:
    """Its owners and their deputies, and the office."""
    return can_edit(user, initiative)


ADOPTING = (
    "The owners of its initiatives and their deputies, the office and programs record how many use a workflow; "
    "a program corrects only what a program recorded."
)


def can_record_adoption(user: User | AnonymousUser, workflow: Workflow) -> bool:
    """Owners and deputies of a running initiative of the workflow; the office, where its reach includes the unit; and
    service accounts: usage is counted by systems, and a program that counts vouches for nothing.
    """
    if not isinstance(user, User) or changes_nothing(user):
        return False
    if user.has_role(*OFFICE, Role.SERVICE_ACCOUNT, unit=workflow.unit_id):
        return True
    return running_owned_by(user).filter(workflow=workflow).exists()


def running_owned_by(user: User) -> InitiativeQuerySet:
    """The initiatives that have not ended and of which the user is an owner or a deputy."""
    owned = Ownership.objects.current().filter(person=user).values("initiative")
    return Initiative.objects.on_register().filter(pk__in=owned).exclude(stage__in=ENDED)


def adoption_recorded_by(user: User) -> Callable[[Workflow], bool]:
    """For which workflows the user records, found in one query at most."""
    if changes_nothing(user):
        return lambda workflow: False
    owned = {*running_owned_by(user).exclude(workflow=None).values_list("workflow", flat=True)}
    roles = (*OFFICE, Role.SERVICE_ACCOUNT)
    return lambda workflow: workflow.pk in owned or user.has_role(*roles, unit=workflow.unit_id)


def can_correct_adoption(user: User, reading: AdoptionReading) -> bool:
    """Whoever records; a program not over a person's word."""
    return not user.is_service_account or reading.recorded_by.is_service_account


def can_keep_sharing(user: User | AnonymousUser) -> bool:
    """Finance for the whole company: cost centres and rules concern every unit."""
    return is_finance(user)


def can_share(user: User | AnonymousUser, initiatives: Iterable[Initiative]) -> bool:
    """Finance, where its reach includes the unit of each initiative that has a part."""
    if not isinstance(user, User) or changes_nothing(user):
        return False
    return all(is_finance_for(user, initiative) for initiative in initiatives)


BASING = "Finance or the office confirms a baseline: somebody who neither owns, requested nor wrote it."
# Whose word confirms a baseline.
BASED_BY = (Role.FINANCE_CONTROLLER, *OFFICE)


def can_confirm_baseline(user: User | AnonymousUser, metric: OutcomeMetric) -> bool:
    """Finance and the office, as named persons, where their reach includes the unit: nobody who is a party to the
    initiative or wrote anything of the metric (DESIGN §7).
    """
    initiative = metric.initiative
    if not isinstance(user, User) or changes_nothing(user) or user.is_service_account:
        return False
    if not user.has_role(*BASED_BY, unit=initiative.unit_id) or user.pk in parties_to(initiative):
        return False
    return not wrote_metric(user, metric.pk).exists()


def wrote_metric(user: User, metric: Any) -> "QuerySet[Any]":
    """The rows of a metric's history that the user caused, among all metrics those of one id or outer reference."""
    history = OutcomeMetric.pgh_event_model.objects  # type: ignore[attr-defined]
    return history.filter(pgh_obj=metric, pgh_context__metadata__user=user.pk)  # type: ignore[no-any-return]
