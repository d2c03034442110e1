"""The pages of levels, maps and the inventory."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.actions.choose_level import choose_level
from portfolio.actions.step_down import step_down
from portfolio.autonomy_map import standing_of
from portfolio.models import DecisionClass, LevelChoice, StepDown, Workflow
from tests.factories import make_decision, make_entry, make_initiative
from tests.portfolio.initiative.forms import events, filled_in, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(initiative) -> Workflow:
    initiative.workflow = make_entry(Workflow, "Claims")
    initiative.save()
    return initiative.workflow


def below(decision: DecisionClass, rest: str = "level/") -> str:
    return f"{decision.initiative.get_absolute_url()}decisions/{decision.pk}/{rest}"


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_both_owners_accept_on_the_page_and_a_change_reopens_it(
    client, initiative, delegated, business_owner, risk_owner
):
    tab = f"{initiative.get_absolute_url()}decisions/"
    for person in (business_owner, risk_owner):
        client.force_login(person)
        form = opened(client, tab)
        assert (
            client.post(f"{tab}accept/", {"role": form["role"], "fingerprint": form["fingerprint"]}).status_code == 302
        )
    assert standing_of(initiative).is_accepted
    assert "accepted these levels" in text_of(client.get(tab))

    step_down(delegated, because="Incident")

    page = text_of(client.get(tab))
    assert "What changed since it was accepted" in page
    assert "“Sort the mail” went from delegate to delegate with audit." in page
    assert client.post(f"{tab}accept/", {"role": "risk", "fingerprint": "0" * 64}).status_code == 409


def test_the_page_of_a_level_tells_what_set_it(client, surfaced, business_owner, risk_owner):
    client.force_login(business_owner)
    sent = {"level": "delegate", "evidence": "https://example.org/trial", "because": "Six weeks"}
    assert client.post(below(surfaced, "level/choose/"), sent | {"evidence": ""}).status_code == 422
    assert client.post(below(surfaced, "level/choose/"), sent).status_code == 302
    page = text_of(client.get(below(surfaced)))
    assert "“Delegate” was asked for" in page
    assert "It lacks the risk owner’s consent" in page
    assert "Agree to" not in page

    client.force_login(risk_owner)
    waiting = LevelChoice.objects.get()
    assert "Agree to" in text_of(client.get(below(surfaced)))
    assert client.post(below(surfaced, f"level/{waiting.pk}/agree/")).status_code == 302
    assert "Delegate was chosen, bolder than the tests say" in text_of(client.get(below(surfaced)))
    assert client.post(below(surfaced, f"level/{waiting.pk}/agree/")).status_code == 422
    assert client.post(below(surfaced, f"level/{waiting.pk}/end/"), {"because": "Over"}).status_code == 302
    surfaced.refresh_from_db()
    assert surfaced.autonomy == "surface"


def test_a_reading_is_recorded_and_its_step_down_answered(client, delegated, business_owner, risk_owner):
    client.force_login(business_owner)
    told = {"first_day": "2026-05-01", "last_day": "2026-05-31", "volume": "200", "overrides": "60", "errors": "1"}
    sent = {f"reading-{name}": value for name, value in told.items()}
    assert client.post(below(delegated, "readings/"), sent | {"reading-overrides": "300"}).status_code == 422
    assert client.post(below(delegated, "readings/"), sent).status_code == 302
    step = StepDown.objects.get()
    page = text_of(client.get(below(delegated)))
    assert "30.0 %" in page
    assert "Waits for an answer" in page
    assert client.post(below(delegated, f"steps/{step.pk}/"), {"answer": "lifted", "reason": "x"}).status_code == 403

    client.force_login(risk_owner)
    assert client.post(below(delegated, f"steps/{step.pk}/"), {"answer": "lifted"}).status_code == 422
    assert (
        client.post(below(delegated, f"steps/{step.pk}/"), {"answer": "lifted", "reason": "Fixed"}).status_code == 302
    )
    assert "Lifted by Rolf Owen" in text_of(client.get(below(delegated)))


def test_strangers_see_a_level_and_change_nothing(client, delegated, surfaced, stranger, risk_owner):
    choice = choose_level(delegated, actor=risk_owner, level="surface")
    client.force_login(stranger)
    assert client.get(below(delegated)).status_code == 200
    for rest in ("level/choose/", f"level/{choice.pk}/agree/", f"level/{choice.pk}/end/", "readings/"):
        assert client.post(below(delegated, rest)).status_code == 403, rest
    delegated.initiative.is_confidential = True
    delegated.initiative.save()
    assert client.get(below(delegated)).status_code == 404
    assert client.post(below(delegated, "readings/")).status_code == 404


def test_the_gap_and_the_history_tell_it(client, initiative, delegated, business_owner, risk_owner):
    client.force_login(business_owner)
    gaps = [gap.what for gap in client.get(initiative.get_absolute_url()).context["page"].gaps]
    assert "Accepted autonomy map" in gaps
    choose_level(delegated, actor=business_owner, level="surface")
    step_down(delegated, because="Incident")
    gaps = [gap.what for gap in client.get(initiative.get_absolute_url()).context["page"].gaps]
    assert "Answer to a step down" in gaps
    page = text_of(client.get(f"{initiative.get_absolute_url()}history/"))
    assert "Chosen level of Sort the mail" in page
    assert "Step down of Sort the mail" in page


def test_what_is_stepped_down_is_not_removed(client, delegated, business_owner):
    step_down(delegated, because="Incident")
    client.force_login(business_owner)
    response = client.post(below(delegated, "remove/"))
    assert response.status_code == 409
    assert "stepped down" in text_of(response)


def test_the_table_is_edited_in_one_go(client, workflow, delegated, surfaced, business_owner):
    client.force_login(business_owner)
    address = f"/workflows/{workflow.pk}/decisions/"
    form = opened(client, address)
    form |= {f"d{delegated.pk}-cost_of_error": "medium", f"d{delegated.pk}-owner": business_owner.email}
    form |= {f"d{surfaced.pk}-reviewers": "2"}

    assert client.post(address, form).status_code == 302

    delegated.refresh_from_db()
    surfaced.refresh_from_db()
    assert (delegated.autonomy, delegated.owner, surfaced.reviewers) == ("delegate_with_audit", business_owner, 2)
    assert len(events("decision_class.edited")) == 2
    page = text_of(client.get(address))
    assert "Rubber stamp" in page
    assert "1 a week" not in page


def test_the_table_of_the_whole_portfolio_is_saved_without_a_new_row(client, delegated, business_owner):
    client.force_login(business_owner)
    form = opened(client, "/decision-classes/")

    assert client.post("/decision-classes/", form).status_code == 302
    assert client.post("/decision-classes/", form | {f"d{delegated.pk}-reviewers": "3"}).status_code == 302

    delegated.refresh_from_db()
    assert delegated.reviewers == 3


def test_a_row_that_is_wrong_keeps_no_other_back(client, workflow, delegated, surfaced, business_owner):
    client.force_login(business_owner)
    address = f"/workflows/{workflow.pk}/decisions/"
    form = opened(client, address)
    form |= {f"d{delegated.pk}-volume_per_week": "-1", f"d{surfaced.pk}-reviewers": "9"}

    response = client.post(address, form)

    assert response.status_code == 422
    assert "One row needs another look." in text_of(response)
    assert "greater than or equal to 0" in text_of(response)
    surfaced.refresh_from_db()
    assert surfaced.reviewers == 9
    assert filled_in(response.content.decode())[f"d{delegated.pk}-volume_per_week"] == "-1"


def test_two_who_edit_a_row_see_each_other(client, workflow, delegated, business_owner, office_member):
    client.force_login(business_owner)
    address = f"/workflows/{workflow.pk}/decisions/"
    form = opened(client, address)
    DecisionClass.objects.filter(pk=delegated.pk).update(cost_of_error="high")

    response = client.post(address, form | {f"d{delegated.pk}-cost_of_error": "medium"})

    assert response.status_code == 409
    assert "Somebody else made this" in text_of(response)
    again = filled_in(response.content.decode())
    assert client.post(address, again).status_code == 302
    delegated.refresh_from_db()
    assert delegated.cost_of_error == "medium"


def test_a_row_is_added(client, workflow, initiative, business_owner):
    client.force_login(business_owner)
    address = f"/workflows/{workflow.pk}/decisions/"
    form = opened(client, address) | {"new-name": "Route a call"}
    assert client.post(address, form).status_code == 422
    form |= {"new-initiative": initiative.pk, "new-cost_of_error": "low", "new-reversibility": "easy"}
    assert client.post(address, form).status_code == 302
    assert initiative.decision_classes.get().name == "Route a call"
    assert client.post(address, form).status_code == 422  # the name is used


def test_others_rows_are_read_only_and_hidden_ones_are_not_there(client, workflow, delegated, business_owner):
    other = make_initiative("Other", workflow=workflow)
    theirs = make_decision(other, "Theirs")
    secret = make_decision(make_initiative("Secret", workflow=workflow, is_confidential=True), "Hidden decision")
    client.force_login(business_owner)
    address = f"/workflows/{workflow.pk}/decisions/"
    response = client.get(address)
    assert f"d{theirs.pk}-name" not in response.content.decode()
    assert "Theirs" in text_of(response)
    assert "Hidden decision" not in text_of(response)
    form = opened(client, address)
    form["row"] = [str(delegated.pk), str(theirs.pk), str(secret.pk)]
    form |= {f"d{theirs.pk}-name": "Mine", f"d{secret.pk}-name": "Mine"}
    client.post(address, form)
    theirs.refresh_from_db()
    secret.refresh_from_db()
    assert (theirs.name, secret.name) == ("Theirs", "Hidden decision")


def test_an_auditor_reads_and_saves_nothing(client, workflow, delegated, auditor):
    client.force_login(auditor)
    assert "Save the table" not in text_of(client.get(f"/workflows/{workflow.pk}/decisions/"))
    assert client.post(f"/workflows/{workflow.pk}/decisions/", {"row": [delegated.pk]}).status_code == 403


def test_the_not_yet_automated_list(client, workflow, initiative, delegated, stranger):
    make_decision(initiative, "Dismiss", not_automated_because="Works agreement")
    make_decision(make_initiative("Elsewhere"), "Refuse", not_automated_because="Not trusted")
    client.force_login(stranger)
    here = text_of(client.get(f"/workflows/{workflow.pk}/decisions/?show=not-automated"))
    assert "Works agreement" in here
    assert "Sort the mail" not in here
    assert "Not trusted" not in here
    everywhere = text_of(client.get("/decision-classes/?show=not-automated"))
    assert "Works agreement" in everywhere
    assert "Not trusted" in everywhere


def test_workflows_with_their_counts(client, workflow, delegated, surfaced, stranger):
    make_decision(make_initiative("Elsewhere"), "Refuse")
    client.force_login(stranger)
    rows = client.get("/workflows/").context["rows"]
    assert [(row["workflow"], row["decisions"], row["highest"]) for row in rows] == [
        (workflow, 2, "delegate"),
        (None, 1, "delegate"),
    ]


@pytest.mark.parametrize("show", ["", "not-automated", "stepped-down", "rubber-stamp"])
def test_the_inventory_costs_the_same_however_many(client, workflow, initiative, delegated, business_owner, show):
    client.force_login(business_owner)
    address = f"/workflows/{workflow.pk}/decisions/?show={show}"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    cost()
    one = cost()
    for number in range(6):
        other = make_initiative(workflow=workflow, owner=business_owner)
        for _ in range(4):
            make_decision(other, not_automated_because="x" if number % 2 else "", owner=business_owner)
    assert cost() <= one + 2
    many = cost()
    for _ in range(6):
        make_decision(make_initiative(workflow=workflow, owner=business_owner), not_automated_because="x")
    assert cost() == many
    assert many <= 14
