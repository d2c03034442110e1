"""Whatever is done in whatever order, money adds up: in the database, and in a second reckoning in plain Python."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.errors import DomainError
from portfolio.models import Stage
from stagegates.actions.decide import decide_initiative
from stagegates.actions.funding import commit_money, release_tranche, reverse_spend
from stagegates.actions.ruling import NewCondition, Ruling
from stagegates.models import Closure, Condition, Decision, FundingEntry, Tranche
from tests.factories import fund, learnt, make_initiative

from .factories import spend
from .reckoning import Plain, unlike

pytestmark = pytest.mark.django_db
ENVELOPE = 100

cents = st.integers(1, 6000).map(lambda count: Decimal(count) / 100)
steps = st.lists(
    st.tuples(
        st.sampled_from(["commit", "commit", "release", "release", "spend", "spend", "reverse", "end"]),
        st.integers(0, 1),
        cents,
        st.integers(0, 4),
    ),
    max_size=25,
)


class Story:
    """What happens to two initiatives of one bucket, done for real and reckoned beside it."""

    def __init__(self, people: dict[str, Any]) -> None:
        self.people = people
        first = make_initiative(stage=Stage.PILOT, risk_tier="moderate")
        self.envelope = fund(first, ENVELOPE)
        second = make_initiative(stage=Stage.PILOT, risk_tier="moderate", bucket=self.envelope.bucket)
        self.initiatives, self.ended = [first, second], set[int]()
        self.plain: dict[int, Plain] = {}
        self.keys = 0

    def commit(self, who: int, amount: Decimal, part: int) -> None:
        if who in self.ended:
            return
        now = (amount * part / 4).quantize(Decimal("0.01"))
        try:
            with transaction.atomic():
                tranches = self._approve(who, amount, now)
        except DomainError:
            assert amount > ENVELOPE - sum(each.withheld + each.given for each in self.plain.values())
            return
        for tranche in tranches:
            held = tranche.is_held_back
            self.plain[tranche.pk] = Plain(
                who, tranche.amount if held else Decimal(0), Decimal(0) if held else tranche.amount
            )

    def _approve(self, who: int, amount: Decimal, now: Decimal) -> list[Tranche]:
        chair = self.people["chair"]
        decision = Decision.objects.create(
            initiative=self.initiatives[who], outcome="conditions", rationale="Go.", amount=amount,
            body=chair.memberships.get().forum, way="chair", decided_by=chair,
        )  # fmt: skip
        due = clock.today() + timedelta(days=9)
        condition = NewCondition("Show it", chair, due)
        Condition.objects.create(
            initiative=decision.initiative,
            decision=decision,
            text=condition.text,
            owner=chair,
            due_on=due,
            set_by=chair,
        )
        return commit_money(decision, Ruling("conditions", "Go.", [condition], amount=amount, release_now=now))

    def release(self, who: int, amount: Decimal, which: int) -> None:
        tranche = self._pick(who, which, withheld=True)
        if tranche is None or who in self.ended:
            return
        tranche.decision.conditions.open().update(waived_at=clock.now(), waived_because="Shown.")
        release_tranche(tranche, actor=self.people["office"])
        plain = self.plain[tranche.pk]
        plain.given, plain.withheld = plain.given + plain.withheld, Decimal(0)

    def spend(self, who: int, amount: Decimal, which: int) -> None:
        if tranche := self._pick(who, which):
            self.keys += 1
            spend(tranche, self.people["finance"], amount, f"K-{self.keys}")
            self.plain[tranche.pk].receipts[f"K-{self.keys}"] = amount

    def reverse(self, who: int, amount: Decimal, which: int) -> None:
        tranche = self._pick(who, which)
        receipts = self.plain[tranche.pk].receipts if tranche else {}
        if not receipts:
            return
        key = [*receipts][which % len(receipts)]
        reverse_spend(FundingEntry.objects.get(key=key), actor=self.people["finance"], reason="Wrong.")
        del receipts[key]
        if who in self.ended:
            self.plain[tranche.pk].hand_back()

    def end(self, who: int, amount: Decimal, which: int) -> None:
        # Seldom enough that much happens before.
        if who in self.ended or which:
            return
        ended, chair = self.initiatives[who], self.people["chair"]
        decide_initiative(ended, actor=chair, outcome="terminate", rationale="No value path.", **learnt())
        self.ended.add(who)
        before = [each for each in self.plain.values() if each.owner == who]
        left = sum(each.withheld + each.unspent for each in before)
        assert Closure.objects.with_handed_back().get(initiative=ended).handed_back == left
        for each in self.plain.values():
            if each.owner == who:
                each.hand_back()

    def _pick(self, who: int, which: int, *, withheld: bool = False) -> Tranche | None:
        mine = [pk for pk, each in self.plain.items() if each.owner == who and (each.withheld or not withheld)]
        return Tranche.objects.get(pk=mine[which % len(mine)]) if mine else None

    def check(self) -> None:
        """Columns, entries summed in SQL, and the plain reckoning all say the same, and the identity holds."""
        columns = Tranche.objects.values_list("pk", "withheld", "released", "spent", "overspent")
        assert {pk: tuple(told) for pk, *told in columns} == {pk: each.columns for pk, each in self.plain.items()}
        self.envelope.refresh_from_db()
        assert self.envelope.free == ENVELOPE - sum(each.withheld + each.given for each in self.plain.values())
        assert unlike() == []


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=steps)
def test_money_adds_up_whatever_happens(told, chair, office_member, finance_controller):
    people = {"chair": chair, "office": office_member, "finance": finance_controller}
    with transaction.atomic():
        story = Story(people)
        for deed, who, amount, which in told:
            getattr(story, deed)(who, amount, which)
            story.check()
        transaction.set_rollback(True)
