"""A second reckoning of all the money of a sequence, from what was asked and allowed, not from what was booked."""

from decimal import Decimal

from portfolio.models import Initiative
from portfolio.models.stage import ENDED
from stagegates.actions.ruling import Ruling
from stagegates.models import Decision, FundingEntry, Merge, Tranche

from ..funding.reckoning import Plain

NOTHING = Decimal(0)


class Books:
    """What each tranche should hold, by its id."""

    def __init__(self) -> None:
        self.plain: dict[int, Plain] = {}
        self.keys: list[str] = []

    @property
    def committed(self) -> Decimal:
        return sum((each.withheld + each.given for each in self.plain.values()), NOTHING)

    def follow(self, decision: Decision, ruling: Ruling) -> None:
        """What a decision does to money."""
        if decision.outcome in ("approve", "conditions"):
            self._approve(decision, ruling)
        elif decision.outcome == "terminate":
            self._hand_back(decision.initiative_id)
        elif decision.outcome == "merge":
            of_it = [pk for pk, each in self.plain.items() if each.owner == decision.initiative_id]
            self._move(of_it, decision, decision.merge.survivor_id)
        elif decision.outcome == "undo_merge":
            merge = Merge.objects.get(undone_by=decision)
            came = Tranche.objects.filter(decision=merge.decision, initiative=merge.survivor)
            self._move([*came.values_list("pk", flat=True)], decision, merge.merged_id)

    def release(self, tranche: Tranche) -> None:
        plain = self.plain[tranche.pk]
        plain.given, plain.withheld = plain.given + plain.withheld, NOTHING

    def spend(self, tranche: Tranche, key: str, amount: Decimal) -> None:
        self.keys.append(key)
        self.plain[tranche.pk].receipts[key] = amount

    def reverse(self, entry: FundingEntry) -> None:
        plain = self.plain[entry.tranche_id]
        del plain.receipts[entry.key]
        if Initiative.objects.get(pk=plain.owner).stage in ENDED:
            plain.hand_back()

    def _approve(self, decision: Decision, ruling: Ruling) -> None:
        """One tranche that is released at once, and one that waits for conditions."""
        amount = decision.amount or NOTHING
        now = ruling.release_now
        now = (NOTHING if ruling.conditions else amount) if now is None else now
        parts = {False: now, True: amount - now}
        found = {each.is_held_back: each for each in decision.tranches.all()}
        assert {held: each.amount for held, each in found.items()} == {
            held: sum_ for held, sum_ in parts.items() if sum_
        }
        for held, each in found.items():
            withheld, given = (each.amount, NOTHING) if held else (NOTHING, each.amount)
            self.plain[each.pk] = Plain(decision.initiative_id, withheld, given)

    def _hand_back(self, initiative: int) -> None:
        for each in self.plain.values():
            if each.owner == initiative:
                each.hand_back()

    def _move(self, tranches: list[int], decision: Decision, goal: int) -> None:
        """What is left goes on there as it was, released or withheld."""
        left = {pk: self.plain[pk] for pk in tranches if self.plain[pk].withheld or self.plain[pk].unspent}
        there = {each.moved_from_id: each.pk for each in decision.tranches.all()}
        assert there.keys() == left.keys()
        for pk, each in left.items():
            self.plain[there[pk]] = Plain(goal, each.withheld, each.unspent)
            each.hand_back()
