"""A value and risk review with three who vote, and what it speaks of."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aiso import clock
from aiso.accounts.models import Role, User
from forums.models import AgendaItem, Forum, Meeting
from forums.sources import Proposed, sources_of
from portfolio.actions.handle_incidents import contain_incident, resolve_incident
from portfolio.actions.report_incidents import report_incident
from portfolio.actions.review_incidents import conclude_review, give_action, write_review
from portfolio.actions.write_plan import write_plan
from portfolio.models import Incident, Initiative, OutcomeMetric
from tests.factories import make_initiative, make_person, make_seat
from tests.stagegates.decisions.conftest import approve, make_review
from tests.stagegates.meetings.conftest import let_in, make_item, make_meeting
from value.actions.claims import confirm_claim
from value.actions.measure import record_measurement
from value.models import LedgerEntry
from value.review import REVIEW

from ..factories import claim, cost_of, post

# The 90 days to 15 June 2027 begin on 18 March, those before on 18 December.
LAST, BEFORE = (date(2027, 4, 1), date(2027, 4, 30)), (date(2027, 1, 1), date(2027, 1, 31))


@pytest.fixture(autouse=True)
def at_noon():
    """A Tuesday, after the rules that the migrations shipped began to hold."""
    with clock.fixed_at(datetime(2027, 6, 15, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def forum(db) -> Forum:
    return Forum.objects.get(slug=REVIEW)


@pytest.fixture
def chair(forum) -> User:
    return _seated("Carla Chair", "chair")


@pytest.fixture
def secretary(forum) -> User:
    return _seated("Selma Minutes", "secretary")


@pytest.fixture
def voters(chair) -> list[User]:
    """Three with a vote, all of whom must take part. None of them sees money by a role."""
    return [chair, _seated("Mario Vote"), _seated("Thea Third")]


@pytest.fixture
def meeting(voters, secretary) -> Meeting:
    """In progress; everybody is there."""
    meeting = make_meeting(REVIEW)
    let_in(meeting, *voters)
    return meeting


@pytest.fixture
def finance(db) -> User:
    """Finance that has no part in anything."""
    return make_person("Fiona Figures", Role.FINANCE_CONTROLLER)


@pytest.fixture
def running(business_owner) -> Initiative:
    """In production since January."""
    return make_initiative("Reading invoices", stage="scale", since=date(2027, 1, 1), owner=business_owner)


def _seated(name: str, role: str = "member") -> User:
    person = make_person(name)
    make_seat(REVIEW, person, role, since=clock.today() - timedelta(days=30))
    return person


def proposed(source: str, forum: Forum | None = None, day: date | None = None) -> list[Proposed]:
    forum = forum or Forum.objects.get(slug=REVIEW)
    found = next(each for each in sources_of(forum) if each.name == source)
    return [*found.find(forum, day or clock.today())]


def add_metric(initiative: Initiative, name: str = "Stops", **fields: Any) -> OutcomeMetric:
    """From 14 down to 9 by last May, unless told otherwise."""
    told: dict[str, Any] = {"unit": "stops", "direction": "down", "baseline": Decimal(14), "target": Decimal(9)}
    told |= {"baseline_on": date(2026, 9, 1), "baseline_source": "Log", "horizon_on": date(2027, 5, 31)}
    return OutcomeMetric.objects.create(initiative=initiative, name=name, **told | fields)


def measure(metric: OutcomeMetric, value: Any, day: date, by: User) -> Any:
    return record_measurement(metric, actor=by, value=Decimal(value), measured_on=day, method="Log")


def cost(initiative: Initiative, amount: Any, days: tuple[date, date], by: User, **more: Any) -> LedgerEntry:
    first, last = days
    return post(
        initiative, by, cost_of(amount, happened_on=min(last, clock.today()), first_on=first, last_on=last, **more)
    )


def earn(metric: OutcomeMetric, amount: Any, days: tuple[date, date], by: User, finance: User) -> None:
    """A benefit that finance confirmed."""
    first, last = days
    made = claim(metric, by, amount=Decimal(amount), happened_on=last, first_on=first, last_on=last)
    confirm_claim(made, actor=finance)


def item_of(meeting: Meeting, source: str, **fields: Any) -> AgendaItem:
    """An item of a source, as it stands on an agenda."""
    return make_item(meeting, source=source, **{"title": source, "key": source} | fields)


@pytest.fixture
def approved_plan(db):
    """`approved_plan(initiative, amounts)`: of one in pilot, which goes into limited rollout with it."""
    sponsor = make_person("Sofia Prime")
    make_seat("portfolio-review", sponsor, "chair")

    def deed(initiative: Initiative, amounts: Any) -> None:
        write_plan(initiative, actor=initiative.business_owner, amounts=amounts)
        approve(make_review(initiative), sponsor)
        initiative.refresh_from_db()

    return deed


@pytest.fixture
def report_on(db):
    """`report_on(initiative)`: an incident of some hours ago, by its business owner."""

    def deed(initiative: Initiative, title: str = "Wrong totals", **more: Any) -> Incident:
        then = clock.now() - timedelta(hours=4)
        told: dict[str, Any] = {"what_happened": "One in five.", "detection": "user", "severity": "major"}
        told |= {"happened_at": then, "detected_at": then, "support_owner": initiative.business_owner}
        return report_incident(initiative, actor=initiative.business_owner, title=title, **told | more)

    return deed


def close(incident: Incident, actor: User) -> None:
    """Through all its states, with one action that is left to do."""
    contain_incident(incident, actor=actor, how="Stopped.")
    resolve_incident(incident, actor=actor, how="Mended.")
    write_review(incident, actor=actor, what_failed="A queue", why_late="Nobody looked", control="An alarm")
    give_action(incident, actor=actor, text="Add a check", owner=actor, due_on=clock.today())
    conclude_review(incident, actor=actor)
