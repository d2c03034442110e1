"""What holds whatever was done, checked after every step."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection, models, transaction
from django.db.models import Max
from django.db.utils import DatabaseError
from hypothesis.stateful import initialize, invariant, precondition, rule

from aiso import clock
from aiso.events.models import Event
from portfolio.models import Initiative, Stage, StageChange
from portfolio.models.stage import ENDED
from stagegates.models import (
    BallotVote,
    Closure,
    Condition,
    Decision,
    Envelope,
    Expansion,
    FundingEntry,
    FundingRequest,
    GateReview,
    Merge,
    SignOffAnswer,
    Tranche,
)

from ..funding.reckoning import unlike
from . import decided
from .books import Books
from .history import LIES, History, refuses_lies
from .money import Money
from .office import ENVELOPE


class Rules(Money):
    """Every deed that people do, and what must hold after each."""

    def __init__(self) -> None:
        super().__init__()
        self.books, self.history = Books(), History()
        # The evidence that each answer rests on.
        self.rests_on: dict[int, int] = {}
        self.latest: dict[type[models.Model], int] = {}
        self.settled: set[int] = set()
        # The latest event, and how many decisions were told of before this sequence.
        self.told = 0
        self.before = Event.objects.filter(name="decision.made").count()
        cast = self.cast
        self.voters = {each.pk for each in (cast.chair, cast.secretary, *cast.members, cast.sponsor)}

    def new[M: models.Model](self, model: type[M]) -> Iterator[M]:
        """What came since it was last asked for."""
        for row in model._default_manager.filter(pk__gt=self.latest.get(model, 0)).order_by("pk"):
            self.latest[model] = row.pk
            yield row

    @initialize()
    def begin_with_some_money(self):
        """Else half of each sequence would be over before there is any."""
        self.decide_alone(0, 0, Decimal(250_000), "conditions", Decimal("0.4"), overriding=False)

    @precondition(lambda self: self.latest)
    @rule()
    def rewrite_history(self):
        """Somebody changes or deletes what stands, past all actions."""
        for model in LIES:
            if refuses_lies(model):
                self.happened[f"rewriting {model.__name__} refused"] += 1

    @rule()
    def go_past_the_rules(self):
        """Somebody moves a stage, or gives money, without the decision for it."""
        row = Initiative.objects.filter(pk=self.initiatives[0].pk)
        with pytest.raises(DatabaseError, match="needs the decision"):
            move_without_decision(row.get())
        for decision in Decision.objects.filter(initiative__in=row)[:3]:
            told = {"initiative": row.get(), "envelope": self.envelope, "amount": (decision.amount or 0) + 1}
            with pytest.raises(DatabaseError, match="needs a decision that approved"), transaction.atomic():
                Tranche.objects.create(decision=decision, **told)
            self.happened["money without approval refused"] += 1

    @invariant()
    def holds(self):
        self.all_of_it_holds()

    def all_of_it_holds(self):
        told = Event.objects.aggregate(latest=Max("pk"))["latest"]
        if told == self.told:
            # All that was tried was refused.
            return
        self.told = told
        at_the_end()
        self.signers_are_apart()
        self.decisions_are_in_order()
        self.stages_follow()
        self.conditions_are_settled_by_others()
        self.money_adds_up()
        self.releases_are_in_order()
        self.nothing_is_left_of_what_ended()
        assert self.history.changed() == []

    def signers_are_apart(self):
        for answer in self.new(SignOffAnswer):
            review = answer.sign_off.review
            code = review.requirements.filter(evidence="statement").values_list("code", flat=True)[0]
            self.rests_on[answer.pk] = decided.shown(review.initiative_id, code)
            self.happened[f"signed off: {answer.verdict}"] += 1
            gave = review.initiative.evidence.filter(pk=self.rests_on[answer.pk]).values_list("given_by", flat=True)
            waived = review.requirements.exclude(waived_by=None).values_list("waived_by", flat=True)
            assert answer.answered_by in self.cast.lawyers
            assert answer.answered_by_id not in {*decided.parties_of(review), *gave, *waived}
        for vote in self.new(BallotVote):
            kept = decided.kept_from_deciding(vote.ballot.review)
            was_recused = vote.choice == "recused" and vote.reason != "So."
            assert vote.person_id in (kept if was_recused else self.voters - kept)

    def decisions_are_in_order(self):
        for decision in self.new(Decision):
            stages = self.stages[decision.initiative_id]
            ruling = self.rulings[decision.rationale]
            present = stages[-1]
            decided.check_as_asked(decision, ruling)
            decided.check_first(decision)
            decided.check_way_was_free(decision, present, self.rests_on)
            decided.check_stage(decision, stages)
            decided.check_duties(decision, self.voters)
            decided.check_body(decision)
            self.books.follow(decision, ruling)
            self.count(decision)
        made = Event.objects.filter(name="decision.made").count() - self.before
        assert made == Decision.objects.count()

    def count(self, decision):
        self.happened[f"decided: {decision.outcome}"] += 1
        self.happened[f"decided: {decision.way}"] += 1
        asked = decided.asked_of(decision)
        about = "review" if decision.review else type(asked).__name__ if asked else "initiative"
        self.happened[f"decided on {about}, {decision.way}"] += 1
        for each in decision.overrides:
            self.happened[f"overridden: {each['kind']}"] += 1

    def stages_follow(self):
        for one in Initiative.objects.filter(pk__in=[each.pk for each in self.initiatives]):
            stages = self.stages[one.pk]
            changes = one.stage_changes.order_by("pk").values_list("stage", "source", "by_decision")
            assert [stage for stage, *_ in changes] == stages
            assert one.stage == stages[-1]
            assert all(source == "decision" and by for _, source, by in changes[1:])

    def conditions_are_settled_by_others(self):
        for each in Condition.objects.exclude(confirmed_at=None, waived_at=None).exclude(pk__in=self.settled):
            self.settled.add(each.pk)
            self.happened["confirmed" if each.confirmed_at else "waived"] += 1
            if each.waived_because.startswith("Replaced by"):
                continue
            by = each.confirmed_by_id or each.waived_by_id
            review = each.sign_off_answer.sign_off.review if each.sign_off_answer else each.decision.review
            kept = decided.parties_of(review) if review else decided.parties(each.initiative_id)
            assert by not in {each.owner_id, *kept}
        assert not Condition.objects.open().filter(pk__in=self.settled).exists()

    def money_adds_up(self):
        columns = Tranche.objects.values_list("pk", "withheld", "released", "spent", "overspent")
        assert {pk: tuple(told) for pk, *told in columns} == {pk: each.columns for pk, each in self.books.plain.items()}
        assert unlike() == []
        free = Envelope.objects.get(pk=self.envelope.pk).free
        assert free == ENVELOPE - self.books.committed >= 0

    def releases_are_in_order(self):
        for entry in self.new(FundingEntry):
            self.happened[f"booked: {entry.kind}"] += 1
            if entry.kind == "spend":
                assert entry.recorded_by == self.cast.finance
            elif entry.kind == "release":
                self.check_release(entry)

    def check_release(self, entry):
        """It follows an approval; where it came later, its conditions were settled and nobody released their own."""
        tranche = entry.tranche
        assert tranche.approval.outcome in decided.APPROVING
        if entry.decision is not None:
            return
        assert self.stages[tranche.initiative_id][-1] not in (*ENDED, Stage.PAUSED)
        kept = decided.parties_of_decision(tranche.approval) | decided.parties(tranche.initiative_id)
        assert entry.recorded_by_id not in kept
        left = Condition.objects.open().filter(decision=tranche.approval)
        late = Condition.objects.overdue().filter(initiative=tranche.initiative)
        passed = {each["key"] for each in [*entry.overrides, *tranche.approval.overrides]}
        assert {f"condition:{each.pk}" for each in left | late} <= passed
        assert not entry.overrides or entry.recorded_by == self.cast.sponsor

    def nothing_is_left_of_what_ended(self):
        ended = Initiative.objects.filter(stage__in=ENDED)
        for model in (GateReview, FundingRequest, Expansion):
            assert not model.objects.open().filter(initiative__in=ended).exists()
        for tranche in Tranche.objects.filter(initiative__in=ended):
            assert tranche.withheld == tranche.unspent == Decimal(0)
        merged = ended.filter(stage=Stage.MERGED).values_list("pk", flat=True)
        assert {*merged} == {*Merge.objects.standing().values_list("merged", flat=True)}
        closed = ended.filter(stage=Stage.CLOSED).values_list("pk", flat=True)
        assert {*closed} == {*Closure.objects.values_list("initiative", flat=True)}


@transaction.atomic
def move_without_decision(initiative: Initiative) -> None:
    told = {"stage": Stage.SCALE, "changed_on": clock.today(), "source": "decision"}
    StageChange.objects.create(initiative=initiative, **told)
    at_the_end()


def at_the_end() -> None:
    """Check what Postgres would check when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
