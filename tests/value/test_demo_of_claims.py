"""The demonstration: what overlaps is shared and confirmed, and one pair waits for shares."""

from datetime import date
from decimal import Decimal

from portfolio.models import OutcomeMetric
from portfolio.models.lists import Workflow
from tests.factories import make_entry, make_initiative, make_unit
from value.demo.ledger import tell_of_the_ledger
from value.models import ClaimAnswer, LedgerEntry
from value.overlaps import sharing_of


def test_one_pair_waits_for_shares(business_owner, finance_controller, office_lead):
    unit, workflow = make_unit(), make_entry(Workflow, "Maintenance")
    baseline = {"baseline": Decimal(14), "baseline_on": date(2026, 1, 1), "baseline_source": "Log"}
    for number in range(3):
        initiative = make_initiative(
            owner=business_owner,
            unit=unit,
            workflow=workflow if number else None,
            stage="pilot",
            since=date(2026, 1, 1),
        )
        OutcomeMetric.objects.create(initiative=initiative, name="Stops", unit="stops", direction="down", **baseline)

    tell_of_the_ledger({"finance-controller": finance_controller, "office-lead": office_lead})

    waiting = sharing_of(LedgerEntry.objects.waiting().values_list("pk", flat=True))
    assert len([each for each in waiting.values() if each.unshared or (each.share is None and each.others)]) == 2
    assert ClaimAnswer.objects.filter(share=Decimal("0.5"), verdict="confirmed").exists()
    assert ClaimAnswer.objects.filter(share=1).exists()
