"""Growing after launch: in its order, or with a recorded exception."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.accounts.models import BusinessUnit
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Initiative, Stage
from stagegates.actions.ask_funding import decide_request, withdraw_request
from stagegates.actions.expand import ask_expansion
from stagegates.actions.merge import merge_into, undo_merge
from stagegates.expansion import expansions_of, track_of
from stagegates.funding_work import requests_waiting
from stagegates.models import Decision, Expansion
from tests.api.conftest import Script, make_api_token
from tests.factories import fund, make_decision, make_initiative, make_unit, move_stage

pytestmark = pytest.mark.django_db


def script(person) -> Script:
    return Script(make_api_token(person)[1])


def body_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def live(business_owner) -> Initiative:
    return make_initiative("Sort claims", stage=Stage.SCALE, owner=business_owner, risk_tier="moderate")


@pytest.fixture
def grown(live):
    return make_decision(live, "Which desk", volume_per_week=400)


def ask(initiative, actor, step="volume", **more) -> Expansion:
    told = {"what": "All claims", "reason": "It holds."}
    return ask_expansion(initiative, actor=actor, step=step, **told | more)


def decide(asked, actor, outcome="approve", **more) -> Decision:
    return decide_request(asked, actor=actor, outcome=outcome, rationale="The readings hold.", **more)


def states(initiative) -> list[str]:
    return [each.state for each in track_of(expansions_of(initiative))]


def test_step_by_step(live, grown, business_owner, chair):
    assert states(live) == ["next", "later", "later", "later"]
    asked = ask(live, business_owner, decision_class=grown, volume_after=900)
    assert (asked.volume_before, asked.skips) == (400, [])
    assert states(live) == ["asked", "later", "later", "later"]
    assert Event.objects.get(name="expansion.asked").payload["request"] == asked.pk
    assert [each.url for each in requests_waiting(chair)] == [asked.get_absolute_url()]

    decision = decide(asked, chair)

    asked.refresh_from_db()
    assert (decision.on_expansion.request, asked.is_open) == (asked, False)
    assert states(live) == ["done", "next", "later", "later"]
    live.refresh_from_db()
    assert live.stage == Stage.SCALE
    assert [*requests_waiting(chair)] == []
    with pytest.raises(DomainError, match="decided this on"):
        decide(asked, chair)


def test_a_skip_is_a_recorded_exception(live, business_owner, chair):
    unit = make_unit("North")
    with pytest.raises(DomainError, match="This skips: more volume in one decision class, then adjacent"):
        ask(live, business_owner, "unit", unit=unit)
    asked = ask(live, business_owner, "unit", unit=unit, skip_because="One class only.")
    decision = decide(asked, chair)
    assert [(each["key"], each["reason"]) for each in decision.overrides] == [
        ("step:volume", "One class only."),
        ("step:adjacent", "One class only."),
    ]
    assert states(live) == ["skipped", "skipped", "done", "next"]


@pytest.fixture
def survivor(business_owner) -> Initiative:
    return make_initiative("Sort letters", stage=Stage.SCALE, owner=business_owner, risk_tier="moderate")


def merged_after_growing(live, grown, survivor, business_owner, chair):
    """What grew by a step was merged."""
    decide(ask(live, business_owner, decision_class=grown, volume_after=900), chair)
    return merge_into(live, actor=chair, survivor=survivor, rationale="The same thing twice.").merge


def test_a_step_of_what_was_merged_into_it_counts(
    live, grown, survivor, business_owner, chair, django_assert_num_queries
):
    merge = merged_after_growing(live, grown, survivor, business_owner, chair)
    with django_assert_num_queries(2):
        assert states(survivor) == ["done", "next", "later", "later"]
    asked = ask(survivor, business_owner, "adjacent")
    assert asked.skips == []
    withdraw_request(asked, actor=business_owner)

    undo_merge(merge, actor=chair, rationale="They differ.")

    assert states(survivor) == ["next", "later", "later", "later"]
    assert states(live)[0] == "done"
    with pytest.raises(DomainError, match="This skips: more volume"):
        ask(survivor, business_owner, "adjacent")


def test_a_step_of_a_confidential_one_does_not(live, grown, survivor, business_owner, chair):
    merged_after_growing(live, grown, survivor, business_owner, chair)
    Initiative.objects.filter(pk=live.pk).update(is_confidential=True)
    assert states(survivor) == ["next", "later", "later", "later"]


def test_with_money(live, grown, business_owner, chair):
    envelope = fund(live)
    asked = ask(live, business_owner, decision_class=grown, volume_after=900, amount=Decimal(30_000))
    with pytest.raises(DomainError, match="at most the"):
        decide(asked, chair, amount=Decimal(30_001))
    decision = decide(asked, chair, amount=Decimal(20_000))
    assert [each.released for each in decision.tranches.all()] == [20_000]
    envelope.refresh_from_db()
    assert envelope.committed == 20_000


def test_a_held_one_waits_and_is_decided_again(live, grown, business_owner, chair):
    asked = ask(live, business_owner, decision_class=grown, volume_after=900)
    held = decide(asked, chair, "hold", hold_until=clock.today() + timedelta(days=9))
    asked.refresh_from_db()
    assert asked.is_open
    assert decide(asked, chair).supersedes == held


def test_one_that_was_sent_back_does_not_grow(live, grown, business_owner, chair):
    asked = ask(live, business_owner, decision_class=grown, volume_after=900)
    move_stage(live, Stage.BUILD)
    with pytest.raises(DomainError, match="sent back to build: it grows once it is in production"):
        decide(asked, chair)
    move_stage(live, Stage.LIMITED_ROLLOUT)
    assert decide(asked, chair).outcome == "approve"


def test_what_it_lacks(live, grown, business_owner):
    with pytest.raises(DomainError, match="Choose the decision class"):
        ask(live, business_owner)
    with pytest.raises(DomainError, match="more than the 400"):
        ask(live, business_owner, decision_class=grown, volume_after=400)
    with pytest.raises(DomainError, match="Say what it covers"):
        ask(live, business_owner, "adjacent", what=" ")
    with pytest.raises(DomainError, match="another team"):
        ask(live, business_owner, "unit", unit=live.unit)
    with pytest.raises(DomainError, match="another workflow"):
        ask(live, business_owner, "workflow")
    ask(live, business_owner, decision_class=grown, volume_after=900)
    with pytest.raises(DomainError, match="waits for a decision already"):
        ask(live, business_owner, decision_class=grown, volume_after=900)
    pilot = make_initiative(stage=Stage.PILOT, owner=business_owner)
    with pytest.raises(DomainError, match="in production"):
        ask(pilot, business_owner, "adjacent")


def test_who_may(live, grown, business_owner, stranger, member, chair):
    with pytest.raises(PermissionDenied):
        ask(live, stranger, decision_class=grown, volume_after=900)
    asked = ask(live, business_owner, decision_class=grown, volume_after=900)
    for person in (stranger, business_owner, member):
        with pytest.raises(PermissionDenied):
            decide(asked, person)
    with pytest.raises(PermissionDenied):
        withdraw_request(asked, actor=chair)
    withdraw_request(asked, actor=business_owner)
    assert Event.objects.filter(name="expansion.withdrawn").exists()
    with pytest.raises(DomainError, match="withdrawn"):
        decide(asked, chair)


def test_pages(client, live, grown, business_owner, chair, stranger):
    client.force_login(business_owner)
    assert "Ask for an expansion" in body_of(client.get(live.get_absolute_url()))
    address = f"/initiatives/{live.reference}/expansions/ask/"
    assert client.get(address).status_code == 200
    told = {"step": "volume", "what": "All claims", "reason": "It holds.", "decision_class": grown.pk}
    assert client.post(address, told).status_code == 422
    done = client.post(address, told | {"volume_after": 900})
    assert done.status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    page = body_of(client.get(done.url))
    assert "400 a week now, 900 then" in page
    assert "Record the decision" not in page
    assert client.post(done.url, {"outcome": "approve", "rationale": "x"}).status_code == 403
    assert "All claims" in body_of(client.get("/expansions/"))
    client.force_login(chair)
    assert client.post(done.url, {"outcome": "approve", "rationale": ""}).status_code == 422
    assert client.post(done.url, {"outcome": "approve", "rationale": "It holds."}).status_code == 302
    assert "None waits" in body_of(client.get("/expansions/"))
    assert "All claims" in body_of(client.get("/expansions/?state=all"))
    assert "Done" in body_of(client.get(live.get_absolute_url()))
    assert "All claims" in body_of(client.get(Decision.objects.get().get_absolute_url()))


def test_a_confidential_one_is_not_found(client, live, grown, business_owner, stranger):
    asked = ask(live, business_owner, decision_class=grown, volume_after=900)
    Initiative.objects.filter(pk=live.pk).update(is_confidential=True)
    client.force_login(stranger)
    assert client.get(asked.get_absolute_url()).status_code == 404
    assert "All claims" not in body_of(client.get("/expansions/"))
    assert script(stranger).get("expansions/").json()["results"] == []


def test_over_the_api(live, grown, business_owner, chair, stranger):
    assert BusinessUnit.objects.exists()
    body = {"step": "volume", "what": "All claims", "reason": "It holds.", "decision_class": grown.pk}
    address = f"initiatives/{live.reference}/expansions/"
    assert script(stranger).post(address, body).status_code == 403
    assert script(business_owner).post(address, body).status_code == 422
    made = script(business_owner).post(address, body | {"volume_after": 900})
    assert (made.status_code, made.json()["volume_before"]) == (201, 400)
    one = f"expansions/{made.json()['id']}/"
    assert script(stranger).get(one).status_code == 200
    ruling = {"outcome": "approve", "rationale": "It holds."}
    assert script(stranger).post(f"{one}decide/", ruling).status_code == 403
    decided = script(chair).post(f"{one}decide/", ruling)
    assert (decided.status_code, len(decided.json()["decisions"])) == (200, 1)
    assert script(chair).post(f"{one}decide/", ruling).status_code == 409
    assert script(business_owner).post(f"{one}withdraw/").status_code == 409


def test_lists_cost_the_same(live, grown, business_owner, office_lead, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(office_lead)

    def look() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/expansions/").status_code == 200
        return len(asked)

    ask(live, business_owner, decision_class=grown, volume_after=900)
    look()
    few = look()
    for number in range(4):
        other = make_initiative(f"Other {number}", stage=Stage.SCALE, owner=business_owner)
        ask(other, business_owner, "adjacent", skip_because="One class only.")
    assert look() == few


def test_what_waits_is_read_in_fixed_queries_without_what_is_held(live, grown, business_owner, chair):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            [*requests_waiting(chair)]
        return len(queries)

    first = ask(live, business_owner, decision_class=grown, volume_after=900)
    count()  # what is kept of a request is read once
    before = count()
    for name in ("Sort mail", "Sort calls", "Sort forms"):
        more = make_initiative(name, stage=Stage.SCALE, owner=business_owner, risk_tier="moderate")
        ask(more, business_owner, "adjacent", skip_because="One class only.")
    assert len([*requests_waiting(chair)]) == 4
    assert count() == before

    decide(first, chair, "hold", hold_until=clock.today() + timedelta(days=9))

    assert first.get_absolute_url() not in [each.url for each in requests_waiting(chair)]
