"""Claims where people work: what waits for finance, and who is told."""

from collections.abc import Iterable, Iterator

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from aiso.accounts.models import Role, RoleAssignment, User
from aiso.events.models import Event, Notification
from aiso.events.telling import Message
from aiso.web import figures
from aiso.web.work import WorkItem
from portfolio.models import Intake, Ownership
from portfolio.permissions import changes_nothing

from .models import ClaimAnswer, ClaimShare, LedgerEntry, LedgerEntryQuerySet
from .overlaps import in_percent
from .permissions import can_answer_claim
from .work import MOST

RELATED = ("initiative", "metric", "method__confirmation", "recorded_by")
UNREAD = ("initiative__search", "initiative__notes", "initiative__summary", "initiative__outcome")


def claims_for(person: User) -> LedgerEntryQuerySet:
    """What waits and this person may answer: what `can_answer_claim` says, as a query."""
    waiting = LedgerEntry.objects.visible_to(person).waiting()
    if changes_nothing(person) or person.is_service_account or not person.has_role(Role.FINANCE_CONTROLLER):
        return waiting.none()
    reach = person.role_units[Role.FINANCE_CONTROLLER]
    if reach is not None:
        waiting = waiting.filter(initiative__unit__in=reach)
    recorded_at = ExpressionWrapper(OuterRef("recorded_at"), output_field=DateTimeField())
    since = TruncDate(recorded_at, tzinfo=timezone.get_current_timezone())
    owned = Ownership.objects.filter(Q(ended_on=None) | Q(ended_on__gte=since), initiative=OuterRef("initiative"))
    asked = Intake.objects.filter(requester=person, initiative=OuterRef("initiative"))
    apart = Q(Exists(owned.filter(person=person))) | Q(Exists(asked))
    return waiting.exclude(recorded_by=person).exclude(method__written_by=person).exclude(apart)


def claims_of(person: User) -> Iterator[WorkItem]:
    """My work: a row for each claim that waits for this controller, the oldest first."""
    rows = claims_for(person).select_related(*RELATED).defer(*UNREAD).order_by("pk")
    for each in rows[:MOST]:
        yield WorkItem(
            what=f"Confirm a benefit: {each.metric}",
            url=each.get_absolute_url(),
            verb="Answer",
            icon="cash",
            note=f"{figures.money(each.amount, each.currency)} {each.get_benefit_type_display().lower()}, "
            f"by {each.recorded_by}",
            initiative=str(each.initiative),
            initiative_url=each.initiative.get_absolute_url(),
            since=figures.local_date(each.recorded_at),
        )


def claims_waiting(person: User) -> int:
    """How many wait for this person."""
    return claims_for(person).order_by().count()


def claim_message(event: Event) -> Message | None:
    """A new claim goes to the controllers who may answer it; a share and an answer to its author and the business
    owner.
    """
    rows = LedgerEntry.objects.select_related("initiative__business_owner", "metric", "method", "recorded_by", "answer")
    entry = rows.filter(pk=event.payload["entry"]).first()
    if entry is None:
        return None
    initiative, path = entry.initiative, entry.get_absolute_url()
    about = {"initiative": initiative.pk}
    what = f"{figures.money(entry.amount, entry.currency)} of {entry.metric} of {initiative.reference}"
    people = list(filter(None, [entry.recorded_by, initiative.business_owner]))
    if event.name == "claim.shared":
        fact = ClaimShare.objects.get(pk=event.payload["share"])
        return Message(
            people, f"Finance lets {in_percent(fact.share)} count of {what}: {fact.reason}", path, about=about
        )
    answer: ClaimAnswer | None = getattr(entry, "answer", None)
    if answer is None:
        return Message(_controllers(entry), f"{what} is claimed", path, Notification.Kind.REQUEST, about)
    if event.name == "ledger.claimed":
        return None
    reason = f": {answer.reason}" if answer.reason else ""
    return Message(people, f"Finance {answer.get_verdict_display().lower()} {what}{reason}", path, about=about)


def _controllers(entry: LedgerEntry) -> Iterable[User]:
    holders = RoleAssignment.objects.filter(role=Role.FINANCE_CONTROLLER).values("person")
    people = User.objects.active().people().filter(pk__in=holders)
    return [person for person in people if can_answer_claim(person, entry)]
