"""A more cautious level is free; a bolder one needs evidence, the risk owner, and at times legal, a body and an end."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from aiso import clock
from aiso.accounts.models import User
from aiso.errors import DomainError
from aiso.events.models import Event
from aiso.events.outbox import publish
from portfolio import tasks
from portfolio.actions.choose_level import agree_to_level, choose_level, end_level
from portfolio.actions.keep_decisions import edit_decision_class
from portfolio.autonomy_work import autonomy_of, message_of_autonomy
from portfolio.models import Initiative, Intake, LevelChoice, OwnerKind
from stagegates.tasks import renew_reviews
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_decision, make_ownership, make_person, make_seat, make_unit
from tests.portfolio.initiative.forms import events

pytestmark = pytest.mark.django_db
NOW = datetime(2036, 6, 30, 12, tzinfo=ZoneInfo("UTC"))
SAFE = {"evidence": "https://example.org/trial", "because": "Six weeks without an error."}


@pytest.fixture(autouse=True)
def _fixed_clock():
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def barred(initiative):
    """Of high risk, so that the matrix asks for the portfolio review."""
    initiative.risk_tier = "high"
    initiative.save()
    return make_decision(initiative, "Refuse an application", is_regulated=True)


@pytest.fixture
def chair(db):
    return seated("portfolio-review", "chair")


def seated(forum, role):
    person = make_person()
    make_seat(forum, person, role)
    return person


def level_of(decision) -> str:
    decision.refresh_from_db()
    return str(decision.autonomy)


def test_a_more_cautious_level_holds_at_once(delegated, technical_owner):
    choose_level(delegated, actor=technical_owner, level="surface")

    assert level_of(delegated) == "surface"
    assert (delegated.chosen_level, delegated.steps_down) == ("surface", 0)
    assert len(events("decision_class.level_chosen")) == 1


def test_a_bolder_one_waits_for_the_risk_owner(surfaced, business_owner, risk_owner):
    with pytest.raises(DomainError, match="show why it is safe"):
        choose_level(surfaced, actor=business_owner, level="delegate")
    choice = choose_level(surfaced, actor=business_owner, level="delegate", **SAFE)
    assert level_of(surfaced) == "surface"
    assert len(events("decision_class.level_asked")) == 1

    agree_to_level(choice, actor=risk_owner)

    assert level_of(surfaced) == "delegate"
    assert events("decision_class.level_agreed")[0].payload["holds"] is True
    with pytest.raises(DomainError, match="does not wait"):
        agree_to_level(choice, actor=risk_owner)


def test_the_risk_owner_who_chooses_consents_by_it(surfaced, risk_owner):
    choice = choose_level(surfaced, actor=risk_owner, level="delegate_with_audit", **SAFE)
    assert choice.risk_agreed_by == risk_owner
    assert level_of(surfaced) == "delegate_with_audit"


def test_their_deputy_may_consent_a_deputy_of_another_owner_not(surfaced, initiative, business_owner, stranger):
    choice = choose_level(surfaced, actor=business_owner, level="delegate", **SAFE)
    make_ownership(initiative, stranger, OwnerKind.TECHNICAL, is_deputy=True)
    with pytest.raises(PermissionDenied):
        agree_to_level(choice, actor=stranger)
    deputy = make_person("Dina Deputy")
    make_ownership(initiative, deputy, OwnerKind.RISK, is_deputy=True)
    agree_to_level(choice, actor=deputy)
    assert level_of(surfaced) == "delegate"


def test_over_a_regulated_decision_legal_a_body_and_an_end_too(
    barred, business_owner, risk_owner, legal_reviewer, chair
):
    with pytest.raises(DomainError, match="until when") as refused:
        choose_level(barred, actor=business_owner, level="surface", **SAFE)
    assert refused.value.field == "until"
    choice = choose_level(barred, actor=business_owner, level="surface", until=date(2036, 12, 31), **SAFE)
    agree_to_level(choice, actor=risk_owner)
    assert level_of(barred) == "keep_human"
    with pytest.raises(DomainError, match="waits for somebody else"):
        agree_to_level(choice, actor=risk_owner)

    agree_to_level(choice, actor=legal_reviewer)
    assert level_of(barred) == "keep_human"

    agree_to_level(choice, actor=chair)

    assert level_of(barred) == "surface"
    choice.refresh_from_db()
    assert (choice.body, choice.body_agreed_by) == ("portfolio-review", chair)
    with pytest.raises(DomainError, match="does not wait"):
        agree_to_level(choice, actor=chair)


def asked(barred, actor):
    return choose_level(barred, actor=actor, level="surface", until=date(2036, 12, 31), **SAFE)


def test_the_body_is_the_one_that_the_matrix_asks_for(barred, initiative, business_owner, chair):
    sponsor = seated("executive-sponsor", "sponsor")
    choice = asked(barred, business_owner)
    assert choice.body == "portfolio-review"
    initiative.risk_tier = "critical"
    initiative.save()

    with pytest.raises(PermissionDenied):
        agree_to_level(choice, actor=chair)

    agree_to_level(choice, actor=sponsor)
    choice.refresh_from_db()
    assert (choice.body, choice.body_agreed_by) == ("executive-sponsor", sponsor)


def test_the_body_follows_before_anybody_opens_the_page(barred, initiative, business_owner, chair):
    choice = asked(barred, business_owner)
    sponsor = seated("executive-sponsor", "sponsor")
    assert [*autonomy_of(sponsor)] == []
    initiative.risk_tier = "critical"
    initiative.save()

    renew_reviews(publish("initiative.edited", actor=None, initiative=initiative).pk)

    choice.refresh_from_db()
    assert choice.body == "executive-sponsor"
    assert len([*autonomy_of(sponsor)]) == 1
    assert [*autonomy_of(chair)] == []


def test_a_higher_body_speaks_too_its_members_and_a_lower_one_do_not(barred, business_owner):
    choice = asked(barred, business_owner)
    for person in (seated("portfolio-review", "member"), seated("fast-lane-delegate", "member")):
        with pytest.raises(PermissionDenied):
            agree_to_level(choice, actor=person)
    assert agree_to_level(choice, actor=seated("executive-sponsor", "sponsor")).body_agreed_at


def _owns(initiative, choice, person):
    make_ownership(initiative, person, OwnerKind.TECHNICAL, is_deputy=True)


def _requested(initiative, choice, person):
    Intake.objects.create(initiative=initiative, requester=person)


def _asked_for_it(initiative, choice, person):
    LevelChoice.objects.update(chosen_by=person)


def _agreed_as_legal(initiative, choice, person):
    LevelChoice.objects.update(legal_agreed_by=person, legal_agreed_at=clock.now())


def _is_an_auditor(initiative, choice, person):
    grant(person, "auditor")


def _is_a_program(initiative, choice, person):
    person.is_service_account = True
    person.save()


@pytest.mark.parametrize("become", [_owns, _requested, _asked_for_it, _agreed_as_legal, _is_an_auditor, _is_a_program])
def test_a_chair_who_has_part_in_it_does_not_speak_for_the_body(barred, initiative, business_owner, chair, become):
    choice = asked(barred, business_owner)
    become(initiative, choice, chair)

    with pytest.raises(PermissionDenied, match="chair of the body"):
        agree_to_level(choice, actor=User.objects.get(pk=chair.pk))

    choice.refresh_from_db()
    assert choice.body_agreed_at is None


def test_the_chair_is_asked_and_sees_a_confidential_one(barred, initiative, business_owner, chair, stranger):
    initiative.is_confidential = True
    initiative.save()
    assert not Initiative.objects.visible_to(chair).exists()

    choice = asked(barred, business_owner)

    assert [*Initiative.objects.visible_to(chair)] == [initiative]
    assert not Initiative.objects.visible_to(stranger).exists()
    assert ["waits for your consent" in item.what for item in autonomy_of(chair)] == [True]
    told = message_of_autonomy(Event.objects.get(name="decision_class.level_asked"))
    assert chair in told.people
    agree_to_level(choice, actor=chair)
    assert [*autonomy_of(chair)] == []


def test_the_chair_agrees_on_the_page_and_by_the_api(barred, initiative, business_owner, chair, client):
    choice = asked(barred, business_owner)
    page = f"/initiatives/{initiative.reference}/decisions/{barred.pk}/level/"
    api = f"initiatives/{initiative.reference}/decisions/{barred.pk}/levels/{choice.pk}/"
    client.force_login(chair)
    shown = client.get(page).content.decode()
    assert "The body is Portfolio review" in shown
    assert "Agree to" in shown
    script = Script(make_api_token(chair)[1])
    assert "the consent of the approval body" in script.get(api).json()["lacks"]

    assert client.post(f"{page}{choice.pk}/agree/").status_code == 302

    told = script.get(api).json()
    assert (told["body"], told["body_agreed_by"]["id"]) == ("portfolio-review", chair.pk)
    assert script.post(f"{api}agree/").status_code == 409


def test_legal_alone_is_not_enough_and_not_on_what_they_own(barred, initiative, business_owner, legal_reviewer):
    choice = choose_level(barred, actor=business_owner, level="surface", until=date(2036, 12, 31), **SAFE)
    agree_to_level(choice, actor=legal_reviewer)
    assert level_of(barred) == "keep_human"
    other = make_person("Lea Lex", "legal_reviewer", role_unit=make_unit())
    with pytest.raises(PermissionDenied):
        agree_to_level(choice, actor=other)
    make_ownership(initiative, legal_reviewer, OwnerKind.TECHNICAL, is_deputy=True)
    LevelChoice.objects.update(legal_agreed_at=None, legal_agreed_by=None)
    with pytest.raises(PermissionDenied):
        agree_to_level(choice, actor=legal_reviewer)


def test_the_not_yet_automated_list_stands(initiative, risk_owner):
    listed = make_decision(initiative, "Dismiss", not_automated_because="Works agreement")
    with pytest.raises(DomainError, match="not yet automated list"):
        choose_level(listed, actor=risk_owner, level="surface", **SAFE)


def test_asking_for_more_takes_no_caution_back(delegated, surfaced, business_owner, risk_owner):
    choose_level(surfaced, actor=business_owner, level="keep_human")
    choice = choose_level(surfaced, actor=business_owner, level="delegate", **SAFE)
    assert level_of(surfaced) == "keep_human"
    agree_to_level(choice, actor=risk_owner)
    assert level_of(surfaced) == "delegate"
    assert surfaced.choices.standing().count() == 1


def test_a_choice_that_no_longer_covers_the_case_falls_back(surfaced, business_owner, risk_owner):
    choose_level(surfaced, actor=risk_owner, level="delegate", **SAFE)
    edit_decision_class(surfaced, actor=business_owner, is_regulated=True)
    assert level_of(surfaced) == "keep_human"


def test_it_is_taken_back_with_a_reason(delegated, business_owner, stranger):
    choice = choose_level(delegated, actor=business_owner, level="surface")
    with pytest.raises(PermissionDenied):
        end_level(choice, actor=stranger, because="No.")
    with pytest.raises(DomainError, match="Say why"):
        end_level(choice, actor=business_owner, because=" ")
    end_level(choice, actor=business_owner, because="Trial is over.")
    assert level_of(delegated) == "delegate"
    with pytest.raises(DomainError, match="ended before"):
        end_level(choice, actor=business_owner, because="Again.")


def test_its_last_day_past_it_falls_back_at_night_once(barred, business_owner, risk_owner, legal_reviewer, chair):
    choice = choose_level(barred, actor=risk_owner, level="surface", until=date(2036, 7, 3), **SAFE)
    agree_to_level(choice, actor=legal_reviewer)
    agree_to_level(choice, actor=chair)
    with clock.fixed_at(NOW + timedelta(days=3)):
        tasks.end_levels_of_the_night()
        assert level_of(barred) == "surface"
    with clock.fixed_at(NOW + timedelta(days=4)):
        tasks.end_levels_of_the_night()
        tasks.end_levels_of_the_night()
        assert level_of(barred) == "keep_human"
    assert len(events("decision_class.level_ended")) == 1


def test_strangers_and_auditors_choose_nothing(delegated, stranger, auditor, service_account):
    for person in (stranger, auditor, service_account):
        with pytest.raises(PermissionDenied):
            choose_level(delegated, actor=person, level="surface")


def test_the_lane_follows(delegated, initiative, office_member):
    for name, value in {
        "risk_tier": "low",
        "employee_effect": "none",
        "data_sensitivity": "internal",
        "is_customer_facing": False,
        "is_rights_impacting": False,
        "is_safety_impacting": False,
        "requested_amount": 1000,
    }.items():
        setattr(initiative, name, value)
    initiative.save()
    edit_decision_class(delegated, actor=office_member, cost_of_error="medium")
    initiative.refresh_from_db()
    assert (initiative.lane, initiative.lane_decided_by) == ("full", "autonomy")
    choose_level(delegated, actor=office_member, level="surface")
    initiative.refresh_from_db()
    assert initiative.lane == "fast"


def test_the_chair_refuses_on_the_page_and_by_the_api(barred, initiative, business_owner, chair, client):
    page = f"/initiatives/{initiative.reference}/decisions/{barred.pk}/level/"
    first = asked(barred, business_owner)
    client.force_login(chair)
    assert "Refuse or take back" in client.get(page).content.decode()
    assert client.post(f"{page}{first.pk}/end/", {"because": ""}).status_code == 422

    assert client.post(f"{page}{first.pk}/end/", {"because": "Too early."}).status_code == 302

    first.refresh_from_db()
    assert (first.ended_because, first.is_waiting) == ("Too early.", False)
    assert len(events("decision_class.level_ended")) == 1
    second = asked(barred, business_owner)
    api = f"initiatives/{initiative.reference}/decisions/{barred.pk}/levels/{second.pk}/end/"
    told = Script(make_api_token(chair)[1]).post(api, {"because": "Still too early."}).json()
    assert told["ended_because"] == "Still too early."


def test_members_lower_bodies_and_chairs_who_own_it_do_not_refuse(barred, initiative, business_owner, chair, client):
    choice = asked(barred, business_owner)
    for person in (seated("portfolio-review", "member"), seated("fast-lane-delegate", "member")):
        with pytest.raises(PermissionDenied):
            end_level(choice, actor=person, because="No.")
    Intake.objects.create(initiative=initiative, requester=chair)
    with pytest.raises(PermissionDenied):
        end_level(choice, actor=chair, because="No.")
    client.force_login(chair)
    page = f"/initiatives/{initiative.reference}/decisions/{barred.pk}/level/"
    assert "Refuse or take back" not in client.get(page).content.decode()
    assert client.post(f"{page}{choice.pk}/end/", {"because": "No."}).status_code == 403
    api = f"initiatives/{initiative.reference}/decisions/{barred.pk}/levels/{choice.pk}/end/"
    assert Script(make_api_token(chair)[1]).post(api, {"because": "No."}).status_code == 403
