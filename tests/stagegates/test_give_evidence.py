"""Evidence: what may be given, versions, expiry, and taking it back."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.utils import ProgrammingError

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.discuss import remove_attachment
from portfolio.models import Stage
from stagegates.actions.give_evidence import give_evidence, withdraw_evidence
from stagegates.models import Evidence
from stagegates.standing import standings_of

pytestmark = pytest.mark.django_db

LINEAGE, OWNERS = "data-fit/lineage", "data-fit/data-owners"
LINK = "https://files.example.org/lineage"


def a_file(name="lineage.pdf", content=b"%PDF lineage"):
    return SimpleUploadedFile(name, content)


def standing(review, code):
    return next(each for each in standings_of([review])[review.pk] if each.requirement.code == code)


def test_a_file_meets_its_requirement_and_leaves_an_event(review, initiative, business_owner):
    evidence = give_evidence(initiative, actor=business_owner, code=LINEAGE, file=a_file(), text="As of May")

    assert evidence.version == 1
    assert evidence.kind == Evidence.Kind.FILE
    assert evidence.attachment.name == "lineage.pdf"
    assert standing(review, LINEAGE).is_met
    assert standing(review, LINEAGE).says == "lineage.pdf"
    event = Event.objects.get(name="evidence.given")
    assert event.payload == {"initiative": initiative.pk, "evidence": evidence.pk, "code": LINEAGE}


def test_a_link_counts_before_a_review_is_opened_too(initiative, business_owner):
    evidence = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)

    assert (evidence.kind, evidence.link) == (Evidence.Kind.LINK, LINK)


def test_a_better_one_is_the_next_version(review, initiative, business_owner, technical_owner):
    give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)
    second = give_evidence(initiative, actor=technical_owner, code=LINEAGE, file=a_file())

    assert second.version == 2
    assert [*Evidence.objects.filter(initiative=initiative).current()] == [second]


def test_what_was_given_is_never_edited_or_deleted(initiative, business_owner):
    evidence = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)

    evidence.link = "https://files.example.org/other"
    with pytest.raises(ProgrammingError):
        evidence.save()


def test_it_expires_when_its_requirement_says(initiative, business_owner):
    with clock.fixed_at(datetime(2032, 2, 29, 12, tzinfo=ZoneInfo("UTC"))):
        evidence = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)

    assert evidence.expires_on == date(2033, 2, 28)


def test_an_earlier_end_may_be_given_and_no_later_one(initiative, business_owner):
    with clock.fixed_at(datetime(2031, 11, 21, 12, tzinfo=ZoneInfo("UTC"))):
        earlier = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK, expires_on=date(2032, 1, 1))
        assert earlier.expires_on == date(2032, 1, 1)
        with pytest.raises(DomainError, match="12 months"):
            give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK, expires_on=date(2033, 1, 1))
        with pytest.raises(DomainError, match="expired already"):
            give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK, expires_on=date(2031, 11, 20))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"code": LINEAGE}, "Choose a file, or give a link"),
        ({"code": LINEAGE, "text": "In words"}, "Choose a file, or give a link"),
        ({"code": LINEAGE, "link": LINK, "file": a_file()}, "not both"),
        ({"code": LINEAGE, "file": SimpleUploadedFile("run.exe", b"MZ")}, "Programs cannot be attached"),
        ({"code": OWNERS, "link": LINK}, "Answer this in words"),
        ({"code": OWNERS, "text": "  "}, "Write the answer"),
        ({"code": "production-fit/audit-logs", "link": LINK}, "does not ask for this"),
    ],
)
def test_what_does_not_suit_is_refused(review, initiative, business_owner, given, told):
    with pytest.raises(DomainError, match=told):
        give_evidence(initiative, actor=business_owner, **given)

    assert not Evidence.objects.exists()


def test_an_address_that_runs_code_is_refused(review, initiative, business_owner):
    with pytest.raises(ValidationError):
        give_evidence(initiative, actor=business_owner, code=LINEAGE, link="javascript:alert(1)")


def test_what_the_system_knows_is_not_given(owned, business_owner):
    with pytest.raises(DomainError, match="The system fills this in"):
        give_evidence(owned(Stage.INTAKE), actor=business_owner, code="workflow-fit/volume", text="Often")


def test_only_owners_and_the_office_give_it(review, initiative, data_reviewer, auditor, office_lead):
    for person in (data_reviewer, auditor):
        with pytest.raises(PermissionDenied):
            give_evidence(initiative, actor=person, code=LINEAGE, link=LINK)

    assert give_evidence(initiative, actor=office_lead, code=LINEAGE, link=LINK).given_by == office_lead


def test_an_ended_initiative_needs_none(owned, business_owner):
    with pytest.raises(DomainError, match="any more"):
        give_evidence(owned(Stage.CLOSED), actor=business_owner, code=LINEAGE, link=LINK)


def test_what_was_withdrawn_counts_no_more_and_neither_does_an_earlier_version(review, initiative, business_owner):
    first = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)
    second = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)
    with pytest.raises(DomainError, match="A later version took its place"):
        withdraw_evidence(first, actor=business_owner, reason="Old")

    withdrawn = withdraw_evidence(second, actor=business_owner, reason="It was of another line")

    assert withdrawn.withdrawn_by == business_owner
    assert not standing(review, LINEAGE).is_met
    assert Event.objects.filter(name="evidence.withdrawn").count() == 1
    with pytest.raises(DomainError, match="withdrawn before"):
        withdraw_evidence(second, actor=business_owner, reason="Again")


def test_withdrawing_takes_a_reason_and_the_right(review, initiative, business_owner, data_reviewer):
    evidence = give_evidence(initiative, actor=business_owner, code=LINEAGE, link=LINK)

    with pytest.raises(DomainError, match="Say why"):
        withdraw_evidence(evidence, actor=business_owner, reason=" ")
    with pytest.raises(PermissionDenied):
        withdraw_evidence(evidence, actor=data_reviewer, reason="Not mine to say")


def test_a_file_that_is_evidence_stays(initiative, business_owner):
    evidence = give_evidence(initiative, actor=business_owner, code=LINEAGE, file=a_file())

    with pytest.raises(DomainError, match="evidence"):
        remove_attachment(evidence.attachment, actor=business_owner)

    assert initiative.attachments.count() == 1
