"""Who measures, posts and claims, and whose word confirms it. Plain predicates."""

from collections.abc import Callable, Sequence

from django.contrib.auth.models import AnonymousUser

from aiso.accounts.models import Role, User
from aiso.accounts.permissions import can_manage_lists
from aiso.web.figures import local_date
from portfolio.models import Initiative
from portfolio.permissions import can_edit, changes_nothing, owned_among
from stagegates.separation import parties_to

from .models import ClaimAnswer, LedgerEntry, Measurement

MEASURING = "Its owners and the office record what was measured."
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
VALUING = "Finance for the whole company says what one unit is worth."
KEEPING = "The office and finance for the whole company keep the catalogue."
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
