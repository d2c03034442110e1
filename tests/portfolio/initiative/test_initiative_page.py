"""The page: who sees it, at which addresses, what its first line says, and what it costs."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.accounts.models import Role
from portfolio.actions.answer_questions import answer_questions
from portfolio.models import (
    Bucket,
    Jurisdiction,
    Link,
    Objective,
    OutcomeMetric,
    OwnerKind,
    StageChange,
    Tag,
    Tool,
    UseCaseType,
    Workflow,
)
from tests.factories import (
    make_comment,
    make_decision,
    make_entry,
    make_initiative,
    make_ownership,
    make_person,
    make_unit,
    move_stage,
)

from .forms import htmx, opened

pytestmark = pytest.mark.django_db
TABS = ("", "owners/", "risk/", "decisions/", "outcomes/", "discussion/", "files/", "history/")
# What PAGES allows, and what it takes.
BUDGET = 15
# The first look after a change reads anew what the next gate lacks; looks after it find that kept.
ANEW = 45


def sentence(response) -> str:
    return " ".join(str(response.context["page"].answer).replace("<", " <").split())


@pytest.mark.parametrize("tab", TABS)
def test_everybody_signed_in_reads_an_ordinary_initiative(client, initiative, stranger, tab):
    client.force_login(stranger)

    response = client.get(f"{initiative.get_absolute_url()}{tab}")

    assert response.status_code == 200
    assert initiative.name in response.content.decode()
    assert "/edit/" not in response.content.decode()


@pytest.mark.parametrize(
    "tab", [*TABS, "preview/", "edit/", "edit/name/", "owners/risk/", "decisions/new/", "outcomes/new/"]
)
def test_a_confidential_one_does_not_exist_for_others(client, secret, stranger, executive, tab):
    for person in (stranger, executive):
        client.force_login(person)
        assert client.get(f"{secret.get_absolute_url()}{tab}").status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_its_owners_and_the_office_see_a_confidential_one(client, secret, business_owner, office_member, auditor, tab):
    for person in (business_owner, office_member, auditor):
        client.force_login(person)
        assert client.get(f"{secret.get_absolute_url()}{tab}").status_code == 200


def test_a_deputy_sees_a_confidential_one(client, secret, stranger):
    make_ownership(secret, stranger, OwnerKind.RISK, is_deputy=True)
    client.force_login(stranger)

    assert client.get(secret.get_absolute_url()).status_code == 200


def test_references_are_found_however_they_are_written(client, initiative, stranger):
    client.force_login(stranger)
    for written in (f"ai-{initiative.pk}", f"AI-{initiative.pk}", f"Ai-000{initiative.pk:04d}"):
        response = client.get(f"/initiatives/{written}/")
        assert response.status_code in (200, 302)
        if response.status_code == 302:
            assert response.headers["Location"] == initiative.get_absolute_url()


@pytest.mark.parametrize("address", ["/initiatives/AI-999999999/", "/initiatives/AI-9999999999/", "/initiatives/AI-x/"])
def test_unknown_references_are_not_found(client, stranger, address):
    client.force_login(stranger)

    assert client.get(address).status_code == 404


def test_the_first_line_tells_where_it_stands_and_what_is_missing(client, initiative, stranger):
    client.force_login(stranger)

    response = client.get(initiative.get_absolute_url())

    assert sentence(response).startswith('In pilot for <span class="nw">74 days')
    assert ">6 of 6 requirements </a> for" in sentence(response)
    assert len(response.context["page"].gaps) > 10


def test_the_first_line_begins_with_the_outcome(client, initiative, stranger):
    OutcomeMetric.objects.create(
        initiative=initiative,
        name="stops",
        unit="a month",
        direction="down",
        target=9,
        baseline=14,
        baseline_on=date(2026, 1, 5),
        baseline_source="Log",
    )
    client.force_login(stranger)

    assert sentence(client.get(initiative.get_absolute_url())).startswith("Stops from 14 to 9 a month; in pilot")


def test_one_that_ended_lacks_nothing_and_says_why(client, initiative, stranger):
    StageChange.objects.create(
        initiative=initiative, stage="closed", changed_on=clock.today(), source="opening", rationale="No <users>."
    )
    client.force_login(stranger)

    response = client.get(initiative.get_absolute_url())

    assert "Closed on" in sentence(response)
    assert "No &lt;users&gt;." in str(response.context["page"].answer)
    assert response.context["page"].gaps == []


def test_the_stages_show_their_days_and_gates(client, stranger):
    today = clock.today()
    initiative = make_initiative(since=today - timedelta(days=40))
    move_stage(initiative, "discovery", today - timedelta(days=30))
    move_stage(initiative, "paused", today - timedelta(days=10))
    client.force_login(stranger)

    track = client.get(initiative.get_absolute_url()).context["page"].track

    assert [(step.state, step.days) for step in track[:3]] == [("done", 10), ("done", 20), ("ahead", None)]
    assert track[0].gate.passed_on == today - timedelta(days=30)


def test_names_are_shown_as_typed(client, stranger):
    initiative = make_initiative("<b>Pumps</b> & valves", summary="<script>alert(1)</script>")
    client.force_login(stranger)

    page = client.get(initiative.get_absolute_url()).content.decode()

    assert "&lt;b&gt;Pumps&lt;/b&gt; &amp; valves" in page
    assert "<script>alert" not in page


def test_htmx_gets_the_tab_alone_with_what_its_change_moves(client, initiative, stranger):
    client.force_login(stranger)

    answer = client.get(f"{initiative.get_absolute_url()}risk/", headers=htmx("tab")).content.decode()

    assert "<html" not in answer
    assert 'id="answer" hx-swap-oob="true"' in answer
    assert "<title>Risk: " in answer


def test_after_a_dialog_htmx_gets_the_page_behind_it(client, initiative, stranger):
    client.force_login(stranger)

    response = client.get(initiative.get_absolute_url(), headers=htmx("dialog"))

    assert response.headers["HX-Retarget"] == "#main"
    assert "close-dialog" in response.headers["HX-Trigger-After-Swap"]


def test_a_deed_in_a_dialog_leads_to_the_tab_behind_it(client, initiative, office_member):
    client.force_login(office_member)
    address = f"{initiative.get_absolute_url()}edit/?fields=bucket,workflow"
    data = opened(client, address)

    def deed(behind: str) -> str:
        headers = htmx("dialog") | {"HX-Current-URL": f"http://testserver{behind}"}
        return client.post(address, data, headers=headers).headers["Location"]

    assert deed(f"{initiative.get_absolute_url()}risk/?x=1") == f"{initiative.get_absolute_url()}risk/"
    for elsewhere in ("/register/", f"{initiative.get_absolute_url()}files/new/", "//elsewhere.example/"):
        assert deed(elsewhere) == initiative.get_absolute_url()


def test_a_page_taken_back_from_history_is_whole(client, initiative, stranger):
    client.force_login(stranger)
    headers = htmx("tab") | {"HX-History-Restore-Request": "true"}

    assert "<html" in client.get(initiative.get_absolute_url(), headers=headers).content.decode()


def test_the_preview_is_a_fragment_for_the_drawer_and_else_leads_to_the_page(client, initiative, stranger):
    client.force_login(stranger)
    address = f"{initiative.get_absolute_url()}preview/"

    answer = client.get(address, headers=htmx("drawer")).content.decode()

    assert initiative.name in answer
    assert f'{initiative.get_absolute_url()}#missing"' in answer
    assert "<html" not in answer
    assert client.get(address).headers["Location"] == initiative.get_absolute_url()


def fill(initiative):
    """Much of everything."""
    people = [make_person("", Role.OFFICE_MEMBER) for _ in range(6)]
    for number in range(12):
        make_comment(initiative, people[number % 6], f"**{number}** @{people[0].email}").mentions.add(people[0])
        Link.objects.create(initiative=initiative, name=f"Link {number}", address="https://example.org")
        OutcomeMetric.objects.create(initiative=initiative, name=f"Metric {number}", unit="x", direction="up")
        make_decision(initiative)
        initiative.tags.add(make_entry(Tag))
        initiative.jurisdictions.add(make_entry(Jurisdiction))
    for person in people:
        make_ownership(initiative, person, OwnerKind.TECHNICAL, is_deputy=True)
    initiative.tools.add(make_entry(Tool))
    answer_questions(initiative, actor=people[0], kind="risk_tier", answers={"safety": "direct", "audience": "nobody"})
    initiative.refresh_from_db()
    initiative.unit = make_unit(parent=make_unit())
    for field, model in (("workflow", Workflow), ("bucket", Bucket), ("objective", Objective)):
        setattr(initiative, field, make_entry(model))
    initiative.use_case_type = make_entry(UseCaseType)
    initiative.save(update_fields=["unit", "workflow", "bucket", "objective", "use_case_type"])


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("who", ["stranger", "business_owner", "office_member"])
def test_queries_are_few_whatever_there_is_on_it(client, initiative, request, tab, who):
    client.force_login(request.getfixturevalue(who))
    client.get(initiative.get_absolute_url())
    address = f"{initiative.get_absolute_url()}{tab}"

    with CaptureQueriesContext(connection) as empty:
        client.get(address)
    fill(initiative)
    with CaptureQueriesContext(connection) as anew:
        client.get(address)
    with CaptureQueriesContext(connection) as full:
        client.get(address)

    assert len(anew) <= ANEW
    assert len(full) <= BUDGET, [query["sql"][:90] for query in full]
    assert len(empty) <= BUDGET
    assert get_user_model().objects.count() > 6
