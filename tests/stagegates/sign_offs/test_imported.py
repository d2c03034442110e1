"""A file that is imported changes what was signed off, and what a review asks."""

import pytest

from aiso.events.models import Event
from aiso.events.outbox import subscribers
from portfolio.actions.imports.run import run_import, start_import
from portfolio.actions.imports.undo import undo_import
from portfolio.actions.imports.upload import upload_import
from portfolio.models import Initiative
from stagegates.models import GateReview, SignOff
from stagegates.sign_off_registry import CHANGING
from stagegates.sign_off_tasks import follow_changes
from stagegates.tasks import renew_reviews
from tests.portfolio.imports.conftest import changed, sheet

from .factories import answered, make_review, sign_off_of

pytestmark = pytest.mark.django_db


def bring_in(content, actor):
    job = upload_import(content, file_name="cases.csv", actor=actor)
    start_import(job, actor=actor)
    run_import(job.pk)
    job.refresh_from_db()
    return job


def latest(name: str) -> int:
    return Event.objects.filter(name=name).latest("pk").pk


@pytest.fixture
def signed(db, monday, office_member, legal_reviewer) -> GateReview:
    """A review of an initiative that a file brought, approved by legal."""
    bring_in(sheet(), office_member)
    review = make_review(Initiative.objects.get(external_id="U-2"), office_member, "legal", "security")
    answered(review, "legal", legal_reviewer)
    return review


@pytest.mark.parametrize("name", ["initiative.edited", "import.finished"])
def test_a_changed_file_outdates_what_rested_on_it(signed, office_member, name):
    bring_in(sheet(changed(1, Description="Pays claims alone")), office_member)

    for _ in range(2):
        follow_changes(latest(name))

    legal = sign_off_of(signed, "legal")
    assert legal.state == SignOff.State.OUTDATED
    [told] = legal.answer.outdated_because
    assert (told["key"], told["was"], told["now"]) == ("case/summary", "Flags odd claims", "Pays claims alone")


def test_an_import_that_is_undone_lets_it_stand_again(signed, office_member):
    job = bring_in(sheet(changed(1, Description="Pays claims alone")), office_member)
    follow_changes(latest("import.finished"))

    undo_import(job, actor=office_member)
    follow_changes(latest("import.undone"))

    assert sign_off_of(signed, "legal").state == SignOff.State.ANSWERED


def test_the_events_of_files_and_deputies_are_followed():
    for name in ("import.finished", "import.undone"):
        assert {follow_changes, renew_reviews} <= {*subscribers(name)}
    assert "initiative.deputy_removed" in CHANGING


def test_after_a_file_the_review_asks_what_its_initiative_asks_now(signed, office_member):
    """The import writes past the actions; what it brought counts for the review nevertheless."""
    bring_in(sheet(changed(1, Description="Pays claims alone")), office_member)
    Initiative.objects.filter(pk=signed.initiative_id).update(risk_tier="high")

    renew_reviews(latest("import.finished"))

    assert signed.requirements.filter(code="assessment/impact-assessment").exists()
