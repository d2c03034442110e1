"""Files of spending that land in the moment in which somebody else moves money of the same envelope."""

import time
from decimal import Decimal

import pytest
from django.db import transaction

from portfolio.models import Initiative, Stage
from stagegates.actions import land_spending as landing
from stagegates.actions.ask_funding import ask_money, decide_request
from stagegates.actions.merge import hold
from stagegates.models import FundingEntry, SpendFile, Tranche
from tests.at_once import both
from tests.factories import fund, make_initiative

from .test_files import HEAD

# Seconds in which the other one comes as far as its first lock.
A_MOMENT = 0.4


@pytest.fixture
def two(transactional_db, request) -> list[Initiative]:
    """Two with a tranche each, of one envelope."""
    owner, chair = (request.getfixturevalue(name) for name in ("business_owner", "chair"))
    told = {"stage": Stage.PILOT, "owner": owner, "risk_tier": "moderate"}
    first = make_initiative(**told)
    fund(first)
    rows = [first, make_initiative(**told, bucket=first.bucket)]
    for row in rows:
        asked = ask_money(row, actor=owner, amount=Decimal(1000), reason="It grows.")
        decide_request(asked, actor=chair, outcome="approve", rationale="It pays.")
    assert len({each.envelope_id for each in Tranche.objects.all()}) == 1
    return rows


@pytest.fixture(autouse=True)
def _slow(monkeypatch) -> None:
    """Each row takes its time, with the locks that it has."""

    def record_slowly(*args, **told):
        entry = record(*args, **told)
        time.sleep(A_MOMENT)
        return entry

    record = landing.record_spend
    monkeypatch.setattr(landing, "record_spend", record_slowly)


def file_of(rows: list[Initiative], actor, key: str) -> SpendFile:
    told = "".join(f"{row.reference},{row.tranches.get().pk},2026-01-05,20,Invoice,{key}\n" for row in rows)
    return landing.upload_spending((HEAD + told).encode(), file_name="erp.csv", actor=actor)


def test_two_files_that_name_the_same_crosswise_both_land(two, finance_controller):
    files = [file_of(two, finance_controller, "A"), file_of(two[::-1], finance_controller, "B")]

    assert both(lambda number: landing.land_spending(files[number], actor=finance_controller)) == ["done", "done"]

    assert FundingEntry.objects.spending().count() == 4


def test_a_file_and_an_approval_of_what_its_last_row_names(two, finance_controller, business_owner, chair):
    file = file_of(two, finance_controller, "A")
    asked = ask_money(two[1], actor=business_owner, amount=Decimal(500), reason="It grows again.")

    def approve():
        with transaction.atomic():
            hold(two[1])
            time.sleep(A_MOMENT)
            decide_request(asked, actor=chair, outcome="approve", rationale="It pays.")

    deeds = (lambda: landing.land_spending(file, actor=finance_controller), approve)
    assert both(lambda number: deeds[number]()) == ["done", "done"]

    assert FundingEntry.objects.spending().count() == 2
    assert Tranche.objects.count() == 3
