"""Who is there and what there is when a sequence begins, and how somebody tries something."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.configuration.models import ConfigurationVersion
from aiso.errors import DomainError
from forums.models import AgendaItem
from portfolio.actions.write_plan import write_plan
from portfolio.models import Initiative, Intake, PlanKind, Stage, Workflow
from portfolio.models.stage import ENDED
from stagegates.actions.ruling import NewCondition, Ruling
from stagegates.models import GateReview
from stagegates.rules import GATES, MATRIX
from tests.factories import LEARNT, fund, make_decision, make_entry, make_initiative, make_person, make_unit

from ..decisions.conftest import seat
from ..meetings.conftest import let_in, make_item, make_meeting

# A Monday in the morning; sequences let days pass from there.
BEGINS = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
ENVELOPE = Decimal(1_500_000)
# Initiatives of a sequence: as many that go on at a time, and at the most.
GOING_ON, AT_MOST = 2, 4
# What each gate asks here: an answer, on which the sign-off rests.
STATEMENT = {
    "code": "way-back",
    "text": "The way back",
    "help_text": "",
    "evidence": "statement",
    "subject": "",
    "functions": ["legal"],
    "valid_months": None,
}
FIRST = date(2027, 3, 1)
PLANNED = {(FIRST, PlanKind.CASHABLE): Decimal(900_000), (FIRST, PlanKind.RUN_COST): Decimal(90_000)}

# By their place in the cast.
people = st.integers(0, 12)
which = st.integers(0, GOING_ON - 1)
amounts = st.sampled_from([None, Decimal(40_000), Decimal(250_000), Decimal(700_000)])
shares = st.sampled_from([None, Decimal(0), Decimal("0.4"), Decimal(1)])
choices = st.sampled_from(["for", "for", "against", "abstain", "recused"])


def picked[T](rows: list[T], which: int) -> T:
    return rows[which % len(rows)]


def publish_rules() -> None:
    """Gates that ask for little, so that sequences come far, and a matrix that only names bodies."""
    for kind in (GATES, MATRIX):
        content = deepcopy(ConfigurationVersion.objects.in_force(kind).content)
        for gate in content.get("gates", ()):
            gate |= {"requirements": [STATEMENT], "functions": ["legal"]}
        for rule in content.get("rules", ()):
            rule |= {"assessments": [], "documents": "", "functions": []}
        latest = ConfigurationVersion.objects.filter(kind=kind).aggregate(number=Max("number"))["number"]
        now, told = clock.now(), {"kind": kind, "number": latest + 1, "effective_from": clock.today()}
        ConfigurationVersion.objects.create(content=content, published_at=now, followed_at=now, settled_at=now, **told)


class Cast:
    """The people, by what they are: those who may do much, and those who may do nothing here."""

    def __init__(self) -> None:
        self.chair = seat(make_person("Carla Chair"), "portfolio-review", "chair")
        self.secretary = seat(make_person("Selma Minutes"), "portfolio-review", "secretary")
        self.members = [seat(make_person(), "portfolio-review") for _ in range(3)]
        self.sponsor = seat(make_person("Sofia Prime"), "executive-sponsor", "sponsor")
        self.owner = make_person("Boris Owen")
        self.finance = make_person("Fred Count", Role.FINANCE_CONTROLLER)
        self.office = make_person("Olga Member", Role.OFFICE_MEMBER)
        self.lawyers = [make_person(name, Role.LEGAL_REVIEWER) for name in ("Lena Law", "Lars Law")]
        self.auditor = make_person("Ada Check", Role.AUDITOR)
        self.stranger = make_person("Nobody Special")
        self.unit, self.workflow = make_unit(), make_entry(Workflow)
        bodies = [self.chair, self.secretary, *self.members, self.sponsor]
        self.all = [*bodies, self.owner, self.finance, self.office, *self.lawyers, self.auditor, self.stranger]


class Office(RuleBasedStateMachine):
    """A few initiatives of one owner before the portfolio review, which is in session."""

    # Set by the test, before it starts.
    cast: ClassVar[Cast]
    # What happened in all sequences together, and what was refused: how often, by its name.
    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINS
        self.held = clock.fixed_at(self.now)
        self.held.__enter__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.initiatives: list[Initiative] = []
        # The stages that each was in.
        self.stages: dict[int, list[str]] = {}
        self.rulings: dict[str, Ruling] = {}
        # What was put to the vote, by the item.
        self.put: dict[int, Ruling] = {}
        self.meeting = make_meeting()
        let_in(self.meeting, self.cast.chair, *self.cast.members)
        self.bring("high", Stage.PILOT)
        self.envelope = fund(self.initiatives[0], ENVELOPE)
        self.bring("moderate", Stage.DISCOVERY)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)
        self.held.__exit__(None, None, None)

    def pass_days(self, days: int) -> None:
        self.held.__exit__(None, None, None)
        self.now += timedelta(days=days)
        self.held = clock.fixed_at(self.now)
        self.held.__enter__()

    def bring(self, tier: str, stage: Stage) -> None:
        """One initiative more, which a member of the body once asked for."""
        bucket = {"bucket": self.initiatives[0].bucket} if self.initiatives else {}
        one = make_initiative(stage=stage, risk_tier=tier, owner=self.cast.owner, **bucket)
        make_decision(one, volume_per_week=100)
        Intake.objects.create(requester=self.cast.members[0], initiative=one, state=Intake.State.ACCEPTED)
        self.initiatives.append(one)
        self.stages[one.pk] = [stage]
        make_item(self.meeting, initiative=one, title="How it goes")
        write_plan(one, actor=self.cast.owner, amounts=PLANNED)

    def one(self, which: int) -> Initiative:
        """One of those that go on, as it is now, or the last one that ended."""
        rows = [*Initiative.objects.filter(pk__in=[each.pk for each in self.initiatives]).order_by("pk")]
        going_on = [each for each in rows if each.stage not in ENDED] or rows[-1:]
        return picked(going_on, which)

    def review_of(self, initiative: Initiative) -> GateReview | None:
        return GateReview.objects.open().filter(initiative=initiative).first()

    def reviews(self) -> list[GateReview]:
        return [*GateReview.objects.open().order_by("pk")]

    def items(self) -> list[AgendaItem]:
        """What waits on the agenda and was not decided elsewhere, the latest first."""
        waiting = self.meeting.items.filter(state="waiting").exclude(review_item__review__closed_at__isnull=False)
        return [*waiting.select_related("meeting__forum", "initiative").order_by("-pk")]

    def tries(self, named: str, actor: User, deed: Callable[[User], Any]) -> Any:
        """What came of it; None where it was refused, which leaves nothing behind."""
        try:
            with transaction.atomic():
                done = deed(actor)
        except PermissionDenied:
            self.happened[f"{named}, not allowed"] += 1
            return None
        except DomainError:
            self.happened[f"{named}, refused"] += 1
            return None
        self.happened[named] += 1
        return done

    def tries_or(self, named: str, who: int, able: User, deed: Callable[[User], Any]) -> Any:
        """Somebody tries; where that is refused, somebody who mostly may: else little would ever happen."""
        person = self.cast.all[who]
        return self.tries(named, person, deed) or (person != able and self.tries(named, able, deed)) or None

    def ruling(self, outcome: str, amount: Decimal | None, share: Decimal | None, which: int = 0) -> Ruling:
        """What somebody asks to be decided. Its rationale is like no other, so that its decision is known again."""
        until = clock.today() + timedelta(days=20)
        condition = NewCondition("Prove it", self.cast.owner, clock.today() + timedelta(days=9))
        now = (amount * share).quantize(Decimal("0.01")) if amount and share is not None else None
        ruling = Ruling(
            outcome,
            f"Ruling {len(self.rulings) + 1}.",
            [condition] if outcome == "conditions" else [],
            until if outcome == "hold" else None,
            "data-fit" if outcome == "send_back" else "",
            release_now=now if outcome == "conditions" else None,
            closing=LEARNT if outcome == "terminate" else None,
            survivor=self.one(which + 1) if outcome == "merge" else None,
        )
        self.rulings[ruling.rationale] = ruling
        return ruling
