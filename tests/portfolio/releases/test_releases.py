"""Releases: recorded, measured and let out, in actions and on pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from aiso import clock
from aiso.errors import ConflictError, DomainError
from portfolio.actions.record_releases import (
    add_criterion,
    change_criterion,
    change_release,
    mark_released,
    record_release,
    record_result,
    remove_criterion,
)
from portfolio.models import Initiative, OwnerKind, Release, ReleaseCriterion
from tests.factories import make_criterion, make_initiative, make_ownership, make_person, make_release
from tests.portfolio.initiative.forms import events, opened

pytestmark = pytest.mark.django_db

# After the rules that the migrations shipped began to hold.
NOON = datetime(2027, 6, 15, 12, tzinfo=UTC)
TODAY = date(2027, 6, 15)
QUALITY = {"category": "evaluation", "name": "Right answers", "demand": "at_least", "threshold": 90, "unit": "%"}


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.fixed_at(NOON):
        yield


@pytest.fixture
def initiative(business_owner, risk_owner) -> Initiative:
    return make_initiative("Maintenance", stage="pilot", owner=business_owner, risk_owner=risk_owner)


@pytest.fixture
def release(initiative, business_owner) -> Release:
    return make_release(initiative, business_owner, "2.1")


@pytest.fixture
def criterion(release) -> ReleaseCriterion:
    return make_criterion(release, "Right answers")


def address(initiative: Initiative, *parts: object) -> str:
    start = reverse("portfolio:initiative_releases", args=[initiative.reference])
    return start + "".join(f"{each}/" for each in parts)


@pytest.mark.parametrize("who", ["business_owner", "risk_owner", "office_member"])
def test_owners_and_office_record_one(request, initiative, who):
    actor = request.getfixturevalue(who)
    made = record_release(initiative, actor=actor, name="2.1", scope="One site", volume_share=Decimal(10))

    assert (made.recorded_by, made.recorded_at, made.is_out) == (actor, NOON, False)
    assert events("release.recorded")[0].payload == {"initiative": initiative.pk, "release": made.pk}


@pytest.mark.parametrize("who", ["stranger", "auditor", "executive", "legal_reviewer", "service_account"])
def test_nobody_else_does_anything(request, initiative, release, criterion, who):
    actor = request.getfixturevalue(who)
    deeds = [
        lambda: record_release(initiative, actor=actor, name="3", scope="All"),
        lambda: change_release(release, actor=actor, scope="All"),
        lambda: add_criterion(release, actor=actor, **QUALITY),
        lambda: change_criterion(criterion, actor=actor, threshold=1),
        lambda: remove_criterion(criterion, actor=actor),
        lambda: record_result(criterion, actor=actor, result=Decimal(99)),
        lambda: mark_released(release, actor=actor),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    assert not events("release.recorded")


def test_a_version_is_there_once_and_a_share_is_per_cent(initiative, release, business_owner):
    with pytest.raises(ValidationError, match="already"):
        record_release(initiative, actor=business_owner, name="2.1", scope="All")
    with pytest.raises(ValidationError):
        record_release(initiative, actor=business_owner, name="3", scope="All", volume_share=Decimal(101))


def test_the_next_one_begins_with_what_the_last_had_to_meet(initiative, release, business_owner):
    make_criterion(release, "Right answers", result=95)
    make_criterion(release, "Attacks", demand="yes", threshold=None, unit="", answer=True, category="red_team")

    following = record_release(initiative, actor=business_owner, name="2.2", scope="All", like=release)
    told = following.criteria.order_by("name").values_list("name", "demand", "threshold", "result", "answer")
    assert [*told] == [("Attacks", "yes", None, None, None), ("Right answers", "at_least", 90, None, None)]
    other = make_release(make_initiative(), business_owner)
    with pytest.raises(DomainError, match="of this initiative"):
        record_release(initiative, actor=business_owner, name="2.3", scope="All", like=other)


@pytest.mark.parametrize(
    "wrong", [{"threshold": None}, {"demand": "yes"}, {"demand": "about"}, {"category": "luck"}, {"name": ""}]
)
def test_what_cannot_be_demanded_is_refused(release, business_owner, wrong):
    with pytest.raises(ValidationError):
        add_criterion(release, actor=business_owner, **QUALITY | wrong)


def test_a_criterion_is_added_once_changed_and_taken_off(release, business_owner, office_member):
    added = add_criterion(release, actor=business_owner, **QUALITY)
    with pytest.raises(ValidationError, match="already"):
        add_criterion(release, actor=business_owner, **QUALITY)
    record_result(added, actor=business_owner, result=Decimal(91))
    change_criterion(added, actor=business_owner, seen={"threshold": Decimal(90)}, threshold=Decimal(95))
    with pytest.raises(ConflictError):
        change_criterion(added, actor=office_member, seen={"threshold": Decimal(90)}, threshold=Decimal(80))
    changed = change_criterion(added, actor=business_owner, demand="yes", threshold=None)
    assert (changed.result, changed.threshold) == (None, None)

    remove_criterion(changed, actor=business_owner)
    assert not release.criteria.exists()
    names = ("criterion_added", "criterion_changed", "criterion_removed", "result_recorded")
    assert [len(events(f"release.{name}")) for name in names] == [1, 2, 1, 1]


def test_a_result_says_its_day_and_can_be_taken_back(criterion, business_owner):
    measured = record_result(criterion, actor=business_owner, result=Decimal("91.5"), evidence="https://example.org/e")
    assert (measured.measured_on, measured.evidence) == (TODAY, "https://example.org/e")
    with pytest.raises(DomainError, match="to come"):
        record_result(criterion, actor=business_owner, result=Decimal(91), measured_on=date(2027, 6, 16))
    with pytest.raises(DomainError, match="figure"):
        record_result(criterion, actor=business_owner, answer=True)

    back = record_result(criterion, actor=business_owner)
    assert (back.result, back.measured_on, back.evidence) == (None, None, "")


def test_a_yes_takes_no_figure(release, business_owner):
    attacks = make_criterion(release, demand="yes", threshold=None, unit="")

    with pytest.raises(DomainError, match="yes or no"):
        record_result(attacks, actor=business_owner, result=Decimal(1))
    assert record_result(attacks, actor=business_owner, answer=False).answer is False


def test_it_goes_out_when_all_that_must_be_met_is(release, criterion, business_owner):
    record_result(criterion, actor=business_owner, result=Decimal(90))
    make_criterion(release, result=1, is_required=False)
    out = mark_released(release, actor=business_owner, despite="Unneeded.")

    assert (out.released_on, out.released_by, out.despite) == (TODAY, business_owner, "")
    assert events("release.released")[0].payload["unmet"] == 0
    for deed in (
        lambda: mark_released(release, actor=business_owner),
        lambda: change_release(release, actor=business_owner, scope="All"),
        lambda: record_result(criterion, actor=business_owner, result=Decimal(99)),
        lambda: add_criterion(release, actor=business_owner, **QUALITY | {"name": "Late one"}),
        lambda: remove_criterion(criterion, actor=business_owner),
    ):
        with pytest.raises(DomainError, match="is out since"):
            deed()


@pytest.mark.parametrize("result", [None, 89])
def test_only_the_risk_owner_lets_out_what_falls_short_and_says_why(
    release, criterion, business_owner, office_lead, risk_owner, result
):
    ReleaseCriterion.objects.update(result=result, measured_on=TODAY if result else None)
    for actor in (business_owner, office_lead):
        with pytest.raises(DomainError, match="Only the risk owner"):
            mark_released(release, actor=actor, despite="We want to.")
    with pytest.raises(DomainError, match="Say why") as refused:
        mark_released(release, actor=risk_owner, despite=" ")
    assert refused.value.field == "despite"

    assert mark_released(release, actor=risk_owner, despite="Watched by hand.").despite == "Watched by hand."
    assert events("release.released")[0].payload["unmet"] == 1


def test_a_deputy_of_the_risk_owner_stands_in_and_another_deputy_does_not(initiative, release, criterion):
    technical, risk = make_person("Deputy T"), make_person("Deputy R")
    make_ownership(initiative, technical, OwnerKind.TECHNICAL, is_deputy=True)
    make_ownership(initiative, risk, OwnerKind.RISK, is_deputy=True)

    with pytest.raises(DomainError, match="Only the risk owner"):
        mark_released(release, actor=technical, despite="We want to.")
    assert mark_released(release, actor=risk, despite="Watched.").is_out


def test_no_day_to_come(release, business_owner):
    with pytest.raises(DomainError, match="to come"):
        mark_released(release, actor=business_owner, released_on=date(2027, 6, 16))


def test_the_database_holds_what_must_hold(release, criterion):
    for wrong in ({"demand": "yes"}, {"threshold": None}, {"answer": True}, {"result": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReleaseCriterion.objects.filter(pk=criterion.pk).update(**wrong)
    for wrong in ({"released_on": TODAY}, {"despite": "x"}, {"volume_share": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.filter(pk=release.pk).update(**wrong)


def test_the_whole_way_on_the_pages(client, initiative, risk_owner):
    client.force_login(risk_owner)
    assert "No release yet" in client.get(address(initiative)).content.decode()
    assert client.post(address(initiative, "new"), {"name": "2.1"}).status_code == 422
    assert client.post(address(initiative, "new"), {"name": "2.1", "scope": "One site"}).status_code == 302
    release = Release.objects.get()
    here = address(initiative, release.pk)

    quality = {"name": "Right answers", "category": "evaluation", "demand": "at_least", "is_required": "on"}
    assert client.post(f"{here}criteria/new/", quality).status_code == 422
    assert client.post(f"{here}criteria/new/", quality | {"threshold": "90", "unit": "%"}).status_code == 302
    criterion = release.criteria.get()
    measured = {"result": "85", "measured_on": "2027-06-14", "evidence": "https://example.org/run/7"}
    assert client.post(f"{here}criteria/{criterion.pk}/result/", measured).status_code == 302
    shown = client.get(here).content.decode()
    assert "Not met" in shown
    assert "https://example.org/run/7" in shown

    assert client.post(f"{here}out/", {"released_on": "2027-06-15"}).status_code == 422
    out = {"released_on": "2027-06-15", "despite": "Watched by hand."}
    assert client.post(f"{here}out/", out).status_code == 302
    assert client.post(f"{here}out/", out).status_code == 422
    assert client.post(f"{here}criteria/{criterion.pk}/remove/").status_code == 409
    shown = client.get(here).content.decode()
    assert "Watched by hand." in shown
    assert "Mark as released" not in shown
    assert "2.1" in client.get(f"{initiative.get_absolute_url()}history/").content.decode()


def test_an_owner_edits_it_on_its_pages(client, release, criterion, business_owner, initiative):
    client.force_login(business_owner)
    here = address(initiative, release.pk)
    changed = opened(client, f"{here}edit/") | {"scope": "All sites", "rollback": "Switch off"}
    assert client.post(f"{here}edit/", changed).status_code == 302
    release.refresh_from_db()
    assert (release.scope, release.rollback) == ("All sites", "Switch off")
    changed = opened(client, f"{here}criteria/{criterion.pk}/") | {"demand": "yes", "threshold": ""}
    assert client.post(f"{here}criteria/{criterion.pk}/", changed).status_code == 302
    assert client.post(f"{here}criteria/{criterion.pk}/remove/").status_code == 302
    form = client.get(address(initiative, "new")).context["form"]
    assert form.initial["like"] == release


def test_others_look_and_may_not(client, initiative, release, criterion, stranger, django_assert_max_num_queries):
    client.force_login(stranger)
    here = address(initiative, release.pk)

    assert client.get(address(initiative)).status_code == client.get(here).status_code == 200
    for each in ("edit/", "out/", "criteria/new/", f"criteria/{criterion.pk}/", f"criteria/{criterion.pk}/result/"):
        assert client.get(f"{here}{each}").status_code == 403
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    assert client.get(here).status_code == client.get(address(initiative)).status_code == 404


def test_the_tab_costs_the_same_however_many(client, initiative, release, office_member, django_assert_max_num_queries):
    client.force_login(office_member)
    for _ in range(8):
        for _ in range(3):
            make_criterion(release, result=95)
        release = make_release(initiative, office_member)

    client.get(address(initiative))
    with django_assert_max_num_queries(20):
        client.get(address(initiative))
