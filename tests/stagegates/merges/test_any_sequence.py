"""Whatever is merged and undone in whatever order, money adds up, and what moved comes back."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso.errors import DomainError
from portfolio.models import Stage
from stagegates.actions.funding import commit_money
from stagegates.actions.merge import merge_into, undo_merge
from stagegates.actions.ruling import Ruling
from stagegates.models import Decision, FundingEntry, Merge, Tranche
from tests.factories import fund, make_barrier, make_decision, make_initiative
from tests.stagegates.funding.factories import spend

pytestmark = pytest.mark.django_db
FOUR = 4
steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "merge", "merge", "undo", "undo", "spend"]),
        st.integers(0, FOUR - 1),
        st.integers(0, FOUR - 1),
        st.integers(1, 40_000).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=14,
)


class Story:
    """Four initiatives with money and work, and a plain reckoning of who has what."""

    def __init__(self, people: dict[str, Any]) -> None:
        self.people, self.keys = people, 0
        first = make_initiative("One", stage=Stage.BUILD, risk_tier="moderate")
        self.envelope = fund(first, 1_000)
        others = [
            make_initiative(name, stage=stage, risk_tier="moderate", bucket=self.envelope.bucket)
            for name, stage in (("Two", Stage.PILOT), ("Three", Stage.DISCOVERY), ("Four", Stage.BUILD))
        ]
        self.rows = [first, *others]
        self.before: dict[int, list[Any]] = {}
        for number, row in enumerate(self.rows):
            make_decision(row, "Shared")
            make_decision(row, f"Own {number}")
            make_barrier(row, people["chair"], f"Barrier {number}")
        for row in self.rows[:3]:
            self.approve(row)
        self.approved = Decimal(300)
        self.spent = Decimal(0)

    def approve(self, row: Any) -> None:
        chair = self.people["chair"]
        decision = Decision.objects.create(
            initiative=row, outcome="approve", rationale="Go.", amount=100, way="chair", decided_by=chair,
            body=chair.memberships.get().forum,
        )  # fmt: skip
        commit_money(decision, Ruling("approve", "Go.", amount=Decimal(100)))

    def look(self) -> list[Any]:
        """Who has what, at which stage."""
        return [
            (
                row.pk,
                type(row).objects.values_list("stage", flat=True).get(pk=row.pk),
                sorted(row.decision_classes.values_list("pk", flat=True)),
                sorted(row.barriers.values_list("pk", flat=True)),
            )
            for row in self.rows
        ]

    def merge(self, one: int, other: int, _: Decimal) -> None:
        before = self.look()
        try:
            with transaction.atomic():
                done = merge_into(
                    self.rows[one], actor=self.people["chair"], survivor=self.rows[other], rationale="Twice."
                )
        except DomainError:
            assert self.look() == before
            return
        self.before[done.merge.pk] = before

    def undo(self, one: int, _: int, __: Decimal) -> None:
        merge = Merge.objects.standing().filter(merged=self.rows[one]).first()
        if merge is None:
            return
        try:
            with transaction.atomic():
                undo_merge(merge, actor=self.people["chair"], rationale="They differ.")
        except DomainError:
            return
        both = (merge.merged_id, merge.survivor_id)
        now, then = ([each for each in rows if each[0] in both] for rows in (self.look(), self.before[merge.pk]))
        assert now == then, "all is where it was"

    def spend(self, one: int, _: int, amount: Decimal) -> None:
        tranche = Tranche.objects.filter(initiative=self.rows[one], released__gt=0).last()
        if tranche:
            self.keys += 1
            spend(tranche, self.people["finance"], amount, f"K-{self.keys}")
            self.spent += amount

    def check(self) -> None:
        self.envelope.refresh_from_db()
        sums = Tranche.objects.aggregate(
            *map(Sum, ("committed", "withheld", "released", "spent", "unspent", "overspent"))
        )
        assert sums["committed__sum"] == self.approved == self.envelope.committed
        assert sums["released__sum"] == sums["spent__sum"] + sums["unspent__sum"]
        assert sums["spent__sum"] + sums["overspent__sum"] == self.spent
        for tranche in Tranche.objects.all():
            kinds = dict(
                tranche.entries.order_by()
                .values_list("kind")
                .annotate(total=Sum("amount"))
                .values_list("kind", "total")
            )
            gone = kinds.get("free", Decimal(0)) + kinds.get("return", Decimal(0))
            assert tranche.committed == kinds["commit"] - gone
        for row in self.rows:
            row.refresh_from_db()
            left = Tranche.objects.filter(initiative=row).aggregate(left=Sum("unspent"))["left"] or 0
            assert row.stage != Stage.MERGED or left == 0, "nothing unspent is left with a merged one"
            by = row.stage_changes.filter(source="decision", by_decision=None)
            assert not by.exists()
        assert Merge.objects.standing().count() == sum(row.stage == Stage.MERGED for row in self.rows)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_is_merged_adds_up(chair, finance_controller, steps):
    with transaction.atomic():
        story = Story({"chair": chair, "finance": finance_controller})
        for deed, one, other, amount in steps:
            getattr(story, deed)(one, other, amount)
            story.check()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert FundingEntry.objects.filter(kind="commit").count() == Tranche.objects.count()
        transaction.set_rollback(True)
