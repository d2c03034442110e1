"""The demonstration tells of a shared cost where three initiatives cost something."""

from tests.factories import make_initiative
from value.demo.sharing import tell_of_sharing
from value.models import CostCentre, LedgerEntry, SharedCost

from .factories import cost_of, post


def test_three_share_a_platform(business_owner, finance_controller):
    people = {"finance-controller": finance_controller}
    tell_of_sharing(people)
    assert not SharedCost.objects.exists()
    for _ in range(3):
        post(make_initiative(owner=business_owner), business_owner, cost_of(5))
    tell_of_sharing(people)
    cost = SharedCost.objects.get()
    assert cost.parts.count() == 3
    assert CostCentre.objects.get().mappings.get().rule == cost.version.rule
    assert LedgerEntry.objects.count() == 6
