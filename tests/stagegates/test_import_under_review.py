"""A spreadsheet brought in again moves no initiative whose review is open; its other rows land."""

import pytest

from portfolio.actions.imports import run
from portfolio.models import Initiative, Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.open_review import open_review
from stagegates.actions.submit_review import withdraw_review

from ..api.conftest import Script, make_api_token
from ..portfolio.imports import conftest as imports
from ..portfolio.imports.conftest import changed, sheet

pytestmark = pytest.mark.django_db
bring_in = imports.bring_in
AGAIN = sheet(changed(1, Status="Live", Description="Flags claims."))


def counts(job):
    return job.rows_created, job.rows_updated, job.rows_unchanged, job.rows_rejected


@pytest.fixture
def fraud(bring_in) -> Initiative:
    """Brought in as a pilot."""
    bring_in()
    Initiative.objects.update(risk_tier=RiskTier.MODERATE)
    return Initiative.objects.get(external_id="U-2")


def test_the_row_is_refused_with_its_reason_and_the_others_land(fraud, bring_in, office_member):
    review = open_review(fraud, actor=office_member)

    rows = changed(1, Status="Live", Description="Flags claims.")
    rows[0][7] = "Matches all invoices"
    job = bring_in(sheet(rows))

    fraud.refresh_from_db()
    assert counts(job) == (0, 1, 1, 1)
    assert (fraud.stage, fraud.summary) == (Stage.PILOT, "Flags odd claims")
    assert Initiative.objects.get(external_id="U-1").summary == "Matches all invoices"
    told = (
        f"{fraud.reference} stays in pilot while its review is open (production fit): it is not moved to scale. "
        "Have the review decided or withdrawn, then import this row again."
    )
    assert job.rows.get(number=3).reason == told
    script = Script(make_api_token(office_member)[1])
    rejected = script.get(f"imports/{job.pk}/rejected/").json()["results"]
    assert [row["reason"] for row in rejected] == [told]

    withdraw_review(review, actor=office_member, reason="Not yet.")
    assert counts(bring_in(AGAIN)) == (0, 2, 1, 0)
    fraud.refresh_from_db()
    assert fraud.stage == Stage.SCALE


def test_what_leaves_the_stage_as_it_is_lands(fraud, bring_in, office_member):
    open_review(fraud, actor=office_member)
    assert counts(bring_in(sheet(changed(1, Description="Flags claims.")))) == (0, 1, 2, 0)


def test_a_review_opened_while_the_file_lands_counts(fraud, bring_in, office_member, monkeypatch):
    """What was planned before it was opened is looked at again under the lock."""

    def planned(ground, rows):
        decide(ground, rows)
        open_review(fraud, actor=office_member)

    decide = run.decide
    monkeypatch.setattr(run, "decide", planned)

    assert counts(bring_in(AGAIN)) == (0, 0, 2, 1)
    fraud.refresh_from_db()
    assert fraud.stage == Stage.PILOT
