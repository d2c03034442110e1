"""Whatever people do in whatever order: stages move by decisions alone, duties stay separate, decisions stand."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from aiso import clock
from aiso.errors import DomainError
from forums.actions.live import put_to_vote
from portfolio.models import OwnerKind, Ownership, Stage, StageChange
from portfolio.models.stage import ENDED
from stagegates.actions.ballots import cast_vote, open_ballot
from stagegates.actions.conditions import confirm_condition, meet_condition
from stagegates.actions.decide import decide_initiative, decide_review
from stagegates.actions.decide_in_meeting import decide_item
from stagegates.actions.ruling import NewCondition, Ruling
from stagegates.deciding import gate_ahead
from stagegates.models import Closure, Condition, Decision, GateReview, MeetingVoice
from stagegates.separation import parties_of
from tests.factories import learnt, make_initiative, make_person

from ..decisions.conftest import make_review, seat
from .conftest import let_in, make_item, make_meeting

REFUSED = (PermissionDenied, DomainError)
outcomes = st.sampled_from(["approve", "conditions", "hold", "send_back", "pause", "resume", "terminate"])
people = st.integers(0, 7)
choices = st.sampled_from(["for", "against", "abstain", "recused"])


class Office(RuleBasedStateMachine):
    """One initiative, its owner, the portfolio review in progress, and a stranger."""

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.owner, self.stranger = make_person("Boris Owen"), make_person("Nobody Special")
        self.chair = seat(make_person("Carla Chair"), "portfolio-review", "chair")
        self.secretary = seat(make_person("Selma Minutes"), "portfolio-review", "secretary")
        self.members = [seat(make_person(), "portfolio-review") for _ in range(3)]
        self.sponsor = seat(make_person("Sofia Prime"), "executive-sponsor", "sponsor")
        self.people = [self.chair, self.secretary, *self.members, self.sponsor, self.owner, self.stranger]
        self.initiative = make_initiative(stage=Stage.PILOT, owner=self.owner, risk_tier="moderate")
        self.meeting = make_meeting()
        let_in(self.meeting, self.chair, *self.members)
        self.item = None
        self.seen: dict[int, Any] = {}
        self.judged: set[int] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @property
    def review(self) -> GateReview | None:
        return GateReview.objects.open().filter(initiative=self.initiative).first()

    def tries(self, deed):
        """Do it, or be refused and leave nothing behind."""
        try:
            with transaction.atomic():
                return deed()
        except REFUSED:
            return None

    def told(self, outcome):
        until = clock.today() + timedelta(days=20)
        gate = self.review.gates[0] if self.review else ""
        condition = NewCondition("Prove it", self.owner, until)
        conditions = [condition] if outcome == "conditions" else []
        asked = {"hold_until": until, "back_to": gate, "conditions": conditions}
        return {"outcome": outcome, "rationale": "So."} | asked | learnt(outcome)

    @precondition(lambda self: self.review is None)
    @rule()
    def ask(self):
        self.initiative.refresh_from_db()
        gate = gate_ahead(self.initiative)
        if gate and self.initiative.stage not in (*ENDED, Stage.PAUSED):
            review = make_review(self.initiative, gates=(gate.code,))
            self.item = make_item(self.meeting, review)

    @precondition(lambda self: self.review is not None)
    @rule(who=people, outcome=outcomes)
    def put_to_vote(self, who, outcome):
        self.tries(lambda: put_to_vote(self.item, actor=self.people[who], data={"outcome": outcome}))
        self.item.refresh_from_db()

    @precondition(lambda self: self.review is not None)
    @rule(who=people, choice=choices)
    def vote(self, who, choice):
        if self.item.is_waiting and who < 5:
            told = {"choice": choice, "cast_by": self.people[who], "motion": self.item.motion}
            self.item.votes.update_or_create(person=self.people[who], defaults=told)

    @precondition(lambda self: self.item is not None)
    @rule(who=people, outcome=outcomes, by_consent=st.booleans())
    def record(self, who, outcome, by_consent):
        ruling = Ruling(**self.told(outcome))
        self.tries(lambda: decide_item(self.item, ruling, actor=self.people[who], by_consent=by_consent))
        self.item.refresh_from_db()

    @precondition(lambda self: self.review is not None)
    @rule(who=people, outcome=outcomes)
    def decide_alone(self, who, outcome):
        review = self.review
        self.tries(lambda: decide_review(review, actor=self.people[who], **self.told(outcome)))

    @rule(who=people, outcome=st.sampled_from(["pause", "resume", "terminate"]))
    def decide_without_review(self, who, outcome):
        actor = self.people[who]
        told = {"outcome": outcome, "rationale": "So."} | learnt(outcome)
        self.tries(lambda: decide_initiative(self.initiative, actor=actor, **told))

    @precondition(lambda self: self.review is not None)
    @rule(outcome=outcomes, votes=st.lists(st.tuples(st.integers(0, 6), choices), max_size=5))
    def ask_in_writing(self, outcome, votes):
        review, day = self.review, clock.today()
        ballot = self.tries(lambda: open_ballot(review, actor=self.secretary, closes_on=day, **self.told(outcome)))
        for who, choice in votes if ballot else ():
            actor = self.people[who]
            self.tries(lambda: cast_vote(ballot, actor=actor, choice=choice, reason="So."))  # noqa: B023

    @rule(who=people)
    def become_an_owner(self, who):
        held = Ownership.objects.current().filter(initiative=self.initiative, person=self.people[who])
        if not held.exists():
            told = {"kind": OwnerKind.TECHNICAL, "is_deputy": True, "started_on": clock.today()}
            Ownership.objects.create(initiative=self.initiative, person=self.people[who], **told)

    @rule(who=people)
    def settle_conditions(self, who):
        for condition in Condition.objects.open().filter(initiative=self.initiative):
            actor = self.people[who]
            self.tries(lambda: meet_condition(condition, actor=actor, note="Done."))  # noqa: B023
            self.tries(lambda: confirm_condition(condition, actor=actor))  # noqa: B023

    @rule()
    def rewrite_history(self):
        if Decision.objects.exists():
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE stagegates_decision SET outcome = 'approve'")

    @invariant()
    def stages_move_by_decisions_alone(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        moved = StageChange.objects.filter(initiative=self.initiative).order_by("-changed_on", "-pk")
        self.initiative.refresh_from_db()
        assert self.initiative.stage == moved[0].stage
        assert not moved.exclude(source="opening").filter(by_decision=None).exists()

    @invariant()
    def duties_are_separate(self):
        # Who becomes an owner afterwards was no party when it was decided.
        for decision in Decision.objects.filter(review__isnull=False).exclude(pk__in=self.judged):
            self.judged.add(decision.pk)
            parties = parties_of(decision.review)
            assert decision.decided_by_id not in parties
            voices = MeetingVoice.objects.filter(record__decision=decision).exclude(choice="recused")
            assert not {*voices.values_list("person", flat=True)} & parties
        confirmed = Condition.objects.exclude(confirmed_by=None)
        assert not any(each.confirmed_by_id == each.owner_id for each in confirmed)

    @invariant()
    def decisions_stand(self):
        now = {row["id"]: row for row in Decision.objects.values()}
        assert {pk: now[pk] for pk in self.seen} == self.seen
        self.seen = now

    @invariant()
    def an_end_says_why(self):
        ended = Decision.objects.filter(outcome="terminate")
        assert {*Closure.objects.values_list("decision", flat=True)} == {*ended.values_list("pk", flat=True)}

    @invariant()
    def meetings_had_their_quorum(self):
        for each in Decision.objects.filter(way="meeting").select_related("in_meeting"):
            made = each.in_meeting
            assert made.present >= made.needed
            assert made.by_consent or made.agree > made.against


def test_any_sequence_keeps_the_rules(db):
    told = settings(max_examples=12, stateful_step_count=20, deadline=None, derandomize=True, database=None)
    run_state_machine_as_test(Office, settings=told)
