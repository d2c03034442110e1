"""What the invented people did with a small share of the imported initiatives.

Everything here goes through the actions that pages use. Chance is fixed, so that every installation
tells the same stories; each initiative they touch carries the tag DEMO.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from aiso import clock
from aiso.accounts.models import User

from ..actions.answer_questions import answer_questions
from ..actions.assign_owners import add_deputy, assign_owner
from ..actions.discuss import add_comment
from ..actions.edit_initiative import Change, current_value, edit_initiative
from ..actions.measure_outcomes import add_outcome_metric
from ..lane import OPEN_DATA
from ..models import Bucket, Initiative, OutcomeMetric, OwnerKind, QuestionSet, Tag, Tool
from ..models.initiative import PRIORITY_PARTS
from ..models.lists import NamedEntry
from ..models.stage import ENDED, IN_PRODUCTION, Stage
from . import staff
from .barriers import hold_up, release
from .decisions import decide
from .levels import live_with, workflow_for
from .plans import plan
from .risks import endanger
from .tools import SOUND, stock_tools

DEMO = "Demo data"
# Where something is released to users.
RELEASING = (Stage.PILOT, *IN_PRODUCTION)
# One initiative in so many gets a story.
SHARE = 14
NO_REASON = "Invented for the demonstration."
# Words in a name that suggest its bucket; the first that fits decides.
BUCKETS = [
    (("code", "software", "developer", "test"), "Software engineering"),
    (("fraud", "eligib", "compliance", "risk", "enforce", "benefit", "claim"), "Regulated decision support"),
    (("search", "document", "knowledge", "summar", "record", "text"), "Knowledge retrieval"),
    (("chat", "call", "customer", "contact", "translat", "assist"), "Customer operations"),
]
OTHER_BUCKET = "Employee productivity"
METRICS = [
    ("Days from receipt to decision", "days", OutcomeMetric.Direction.DOWN, 21, 14, "case system, monthly report"),
    ("Hours of manual review", "hours a week", OutcomeMetric.Direction.DOWN, 160, 90, "time recording"),
    ("Cases handled", "a week", OutcomeMetric.Direction.UP, 420, 600, "case system"),
    ("Answers found at the first search", "%", OutcomeMetric.Direction.UP, 46, 70, "survey of 60 users"),
    ("Wrongly routed requests", "%", OutcomeMetric.Direction.DOWN, 12, 5, "sample of 200 requests"),
    ("Unplanned stops", "a month", OutcomeMetric.Direction.DOWN, 14, 9, "maintenance log"),
]
REMARKS = [
    "Two more teams want to join. First we need the fallback written down. @technical-owner, can you take that?",
    "Overrides are down to one in twenty since the last release.",
    "Who keeps the list of exceptions after launch? It should not be the project. @business-owner",
    "The baseline is from a busy month. I would measure it again before anybody decides on it.",
    "Similar to what another unit runs; worth a call before we build the same connector twice. @office-member",
    "Users like it. Three asked why it sometimes answers without naming the source.",
]
# How long before it was in use the baseline of an initiative was measured.
BEFORE_USE = timedelta(days=40)
# How often the mildest answer is given; the options of a question begin with it.
LIKELY = 0.7
# What is said of an initiative that touches nobody.
HARMLESS = {
    "is_rights_impacting": False,
    "is_safety_impacting": False,
    "is_customer_facing": False,
    "employee_effect": Initiative.EmployeeEffect.NONE,
    "data_sensitivity": Initiative.DataSensitivity.INTERNAL,
}


def tell_stories() -> int:
    """Tell them all; returns how many initiatives have one."""
    people = staff.hired()
    running = Initiative.objects.exclude(stage__in=ENDED).order_by("pk")
    chosen = [initiative for place, initiative in enumerate(running) if place % SHARE == 0]
    demo, _ = Tag.objects.get_or_create(name=DEMO)
    buckets = {entry.name: entry for entry in Bucket.objects.all()}
    tools = stock_tools(people)
    for place, initiative in enumerate(chosen):
        Story(initiative, people, place).tell(demo, buckets, tools)
    endanger(chosen, people)
    return len(chosen)


class Story:
    """One initiative's. The share of them that has owners, figures and remarks follows from its place in the line."""

    def __init__(self, initiative: Initiative, people: dict[str, User], place: int) -> None:
        self.initiative, self.people, self.place = initiative, people, place
        self.chance = Random(f"{initiative.source} {initiative.external_id} {initiative.name}")  # noqa: S311
        self.office = people[staff.MEMBER.address]

    def tell(self, demo: Tag, buckets: Mapping[str, NamedEntry], tools: Mapping[str, Tool]) -> None:
        is_simple = self.place % 4 == 2 and self._may_be_simple()
        self._sort(demo, buckets)
        self._own()
        self._equip(tools, is_simple=is_simple)
        if self.place % 3 == 0:
            self._measure()
        if self.place % 4 == 0 or is_simple:
            self._answer(likely=1 if is_simple else LIKELY)
        if self.place % 2 == 0:
            decide(self.initiative, self.office, self.chance, harmless=is_simple)
            live_with(self.initiative, self.office, self.chance, self.place)
        if self.place % 5 == 0:
            self._discuss()
        # By a chance of their own, so that the stories before them stay as they were.
        if self.place % 3 == 1:
            hold_up(self.initiative, self.people, Random(f"barriers {self.initiative.name}"))  # noqa: S311
        if self.place % 6 == 3 and self.initiative.stage in RELEASING:
            release(self.initiative, self.people, Random(f"releases {self.initiative.name}"))  # noqa: S311
        plan(self.initiative, self.office, Random(f"plan {self.initiative.name}"))  # noqa: S311

    def _sort(self, demo: Tag, buckets: Mapping[str, NamedEntry]) -> None:
        """A bucket, a priority, and the mark that this is invented."""
        wanted: dict[str, Any] = {"tags": [*self.initiative.tags.all(), demo]}
        wanted |= {part: self.chance.choice((2, 3, 3, 4, 4, 5)) for part in PRIORITY_PARTS}
        if self.initiative.workflow_id is None:
            wanted["workflow"] = workflow_for(self.initiative)
        if self.initiative.bucket_id is None:
            wanted["bucket"] = buckets.get(self._bucket())
        changes = {field: Change(current_value(self.initiative, field), to) for field, to in wanted.items()}
        edit_initiative(self.initiative, actor=self.office, changes=changes, reason=NO_REASON)

    def _bucket(self) -> str:
        name = self.initiative.name.lower()
        fitting = (bucket for words, bucket in BUCKETS if any(word in name for word in words))
        return next(fitting, OTHER_BUCKET)

    def _may_be_simple(self) -> bool:
        """Whether nothing that its source says keeps it from the fast lane."""
        row = self.initiative
        touches = row.is_rights_impacting or row.is_safety_impacting or row.is_customer_facing
        return not touches and row.data_sensitivity in ("", *OPEN_DATA)

    def _equip(self, tools: Mapping[str, Tool], *, is_simple: bool) -> None:
        """Tools, the money asked for, and of the simplest ones that they touch nobody."""
        names = self.chance.sample(SOUND if is_simple else sorted(tools), k=self.chance.randrange(1, 3))
        amount = self.chance.randrange(4, 48) if is_simple else self.chance.choice((30, 60, 120, 180, 250, 400, 900))
        wanted: dict[str, Any] = {"tools": [tools[name] for name in names], "requested_amount": Decimal(amount * 1000)}
        if is_simple:
            wanted |= HARMLESS
        elif self.place % 5 == 4:
            del wanted["requested_amount"]
        changes = {field: Change(current_value(self.initiative, field), to) for field, to in wanted.items()}
        edit_initiative(self.initiative, actor=self.office, changes=changes, reason=NO_REASON)
        self.initiative.refresh_from_db()

    def _own(self) -> None:
        """Most have all three owners; some miss one, and some changed hands not long ago."""
        candidates = {
            OwnerKind.BUSINESS: ("business-owner", "lucia.ferrante", "omar.haddad", "emma.kowalski"),
            OwnerKind.TECHNICAL: ("technical-owner", "jonas.weber", "grace.mbeki"),
            OwnerKind.RISK: ("risk-owner", "samir.joshi"),
        }
        for kind, addresses in candidates.items():
            if self.place % 6 == 5 and kind == OwnerKind.RISK:
                continue
            person = self.people[self.chance.choice(addresses)]
            assign_owner(self.initiative, actor=self.office, kind=kind, person=person, since=self._some_day())
        if self.place % 7 == 0:
            deputy = self.people["requester"]
            add_deputy(self.initiative, actor=self.office, kind=OwnerKind.BUSINESS, person=deputy)

    def _some_day(self) -> date:
        return clock.today() - timedelta(days=self.chance.choice((12, 25, 60, 130, 210, 380)))

    def _measure(self) -> None:
        name, unit, direction, baseline, target, source = METRICS[self.place % len(METRICS)]
        today, since = clock.today(), self.initiative.stage_since
        baseline_on = today - timedelta(days=self.chance.randrange(90, 300))
        if since and self.initiative.stage in IN_PRODUCTION:
            baseline_on = min(baseline_on, since - BEFORE_USE)
        add_outcome_metric(
            self.initiative,
            actor=self.office,
            name=name,
            unit=unit,
            direction=direction,
            baseline=baseline,
            baseline_on=baseline_on,
            baseline_source=f"Invented: {source}",
            target=target,
            horizon_on=today + timedelta(days=self.chance.randrange(60, 360)),
        )

    def _answer(self, likely: float) -> None:
        questions = QuestionSet.objects.in_force(QuestionSet.Kind.RISK_TIER).questions.prefetch_related("options")
        answers = {}
        for question in questions:
            options = [*question.options.all()]
            is_mild = self.chance.random() < likely
            answers[question.code] = (options[0] if is_mild else self.chance.choice(options)).code
        answer_questions(self.initiative, actor=self.office, kind=QuestionSet.Kind.RISK_TIER, answers=answers)

    def _discuss(self) -> None:
        speakers = ("office-member", "business-owner", "technical-owner", "data-reviewer", "security-reviewer")
        for remark in self.chance.sample(REMARKS, k=self.chance.randrange(1, 4)):
            speaker = self.people[self.chance.choice(speakers)]
            add_comment(self.initiative, actor=speaker, text=remark)
