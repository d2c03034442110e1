"""Writing a request: saved answer by answer, its requester's alone, nothing lost."""

import pytest
from django.core.exceptions import PermissionDenied

from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.actions.intakes import save_answers, start_intake, withdraw_intake
from portfolio.actions.intakes.writing import MOST_DRAFTS
from portfolio.intake_sheet import Sheet
from portfolio.models import Intake
from tests.portfolio.initiative.forms import htmx

pytestmark = pytest.mark.django_db


def step(intake: Intake, slug: str, rest: str = "") -> str:
    return f"/intakes/{intake.reference}/steps/{slug}/{rest}"


def test_starting_makes_a_draft(client, requester, unit):
    requester.unit = unit
    requester.save()
    client.force_login(requester)
    assert "15 minutes" in client.get("/intakes/new/").content.decode()

    response = client.post("/intakes/new/")

    intake = Intake.objects.get()
    assert response.headers["Location"] == step(intake, "case")
    assert (intake.state, intake.requester) == ("draft", requester)
    # What the system knows is not asked.
    assert intake.answers == {"unit": str(unit.pk), "business_owner": "Rita Quest <rita.quest@example.org>"}
    assert Event.objects.get(name="intake.started").payload == {"intake": intake.pk}


def test_an_auditor_makes_none(client, auditor):
    client.force_login(auditor)

    assert client.get("/intakes/new/").status_code == 403
    with pytest.raises(PermissionDenied):
        start_intake(actor=auditor)


def test_too_many_drafts_are_refused(client, requester):
    Intake.objects.bulk_create(Intake(requester=requester) for _ in range(MOST_DRAFTS))
    client.force_login(requester)

    response = client.post("/intakes/new/")

    assert response.status_code == 409
    assert "withdraw some first" in response.content.decode()


def test_an_answer_saves_itself_and_the_others_stay(client, draft, requester, django_assert_max_num_queries):
    client.force_login(requester)
    client.post(step(draft, "case", "save/"), {"name": "Date replies", "summary": "Drafts a reply"})
    with django_assert_max_num_queries(40):
        response = client.post(step(draft, "outcome", "save/"), {"outcome": "Faster"}, headers=htmx("meaning"))

    draft.refresh_from_db()
    assert draft.answers["name"] == "Date replies"
    assert draft.answers["outcome"] == "Faster"
    page = response.content.decode()
    assert "Date replies" in page  # the title follows
    assert 'id="steps"' in page
    assert "<main" not in page


def test_what_cannot_be_right_is_kept_and_named(client, draft, requester):
    client.force_login(requester)

    response = client.post(step(draft, "money"), {"requested_amount": "a lot", "starts_on": "soon"})

    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="a lot"' in page
    assert "2 answers need another look" in page
    assert "required" not in page
    draft.refresh_from_db()
    assert draft.answers["requested_amount"] == "a lot"


def test_empty_answers_do_not_hold_up_the_next_step(client, draft, requester):
    client.force_login(requester)

    response = client.post(step(draft, "case"), {"name": "Only a name"})

    assert response.headers["Location"] == step(draft, "outcome")


def test_rows_of_the_table(client, draft, requester):
    client.force_login(requester)
    rows = {
        "decisions-0-name": "Find the order",
        "decisions-0-cost_of_error": "low",
        "decisions-4-name": "Send it",
    }

    response = client.post(step(draft, "decisions"), rows)

    draft.refresh_from_db()
    assert [row["name"] for row in draft.answers["decisions"]] == ["Find the order", "Send it"]
    assert response.status_code == 422
    assert "Each row needs" in response.content.decode()
    for stays in ({"add": "1"}, {"decisions-0-do": "remove"}):
        response = client.post(step(draft, "decisions"), rows | stays)
        assert response.headers["Location"] == f"{step(draft, 'decisions')}#rows"
    draft.refresh_from_db()
    assert [row["name"] for row in draft.answers["decisions"]] == ["Send it"]


def test_a_draft_is_its_requesters_alone(client, draft, office_lead, auditor, stranger):
    for person in (office_lead, auditor, stranger):
        client.force_login(person)
        assert client.get(draft.get_absolute_url()).status_code == 404
        assert client.post(step(draft, "case", "save/"), {"name": "Mine"}).status_code == 404
        with pytest.raises(PermissionDenied):
            save_answers(draft, actor=person, answers={"name": "Mine"})


def test_with_the_office_it_rests(client, submitted, requester):
    client.force_login(requester)

    assert client.get(step(submitted, "case")).headers["Location"] == submitted.get_absolute_url()
    assert client.post(step(submitted, "case", "save/"), {"name": "Other"}).status_code == 409
    with pytest.raises(DomainError, match="with the office"):
        save_answers(submitted, actor=requester, answers={"name": "Other"})


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"colour": "red"}, "not a question"),
        ({"tier-": "x"}, "not a question"),
        ({"name": "x" * 20_001}, "longer than"),
        ({"name": {"a": 1}}, "one text"),
        ({"jurisdictions": ["1"] * 201}, "entries"),
        ({"decisions": "none"}, "list of rows"),
        ({"decisions": [{"colour": "red"}]}, "not asked"),
        ({"decisions": [{}] * 101}, "At most"),
    ],
)
def test_bad_answers_are_refused_whole(draft, requester, answers, told):
    with pytest.raises(DomainError, match=told):
        save_answers(draft, actor=requester, answers={"summary": "Kept?"} | answers)

    draft.refresh_from_db()
    assert draft.answers == {}


def test_odd_text_is_kept_as_far_as_postgres_can(draft, requester):
    save_answers(draft, actor=requester, answers={"name": "Nul\0 Ünïcode 漢字 🙂", "unit": "99999999999999999999"})

    draft.refresh_from_db()
    assert draft.answers["name"] == "Nul Ünïcode 漢字 🙂"
    assert draft.unit is None
    assert not Sheet(draft.answers).is_complete


def test_one_withdraws_ones_own(client, submitted, requester, office_lead):
    with pytest.raises(PermissionDenied):
        withdraw_intake(submitted, actor=office_lead)
    client.force_login(requester)

    client.post(f"{submitted.get_absolute_url()}withdraw/")

    submitted.refresh_from_db()
    assert submitted.state == "withdrawn"
    assert submitted.initiative.is_off_register
    assert Event.objects.filter(name="intake.withdrawn").count() == 1
    with pytest.raises(DomainError, match="withdrawn already"):
        withdraw_intake(submitted, actor=requester)


def test_a_row_that_is_begun_is_no_mistake_when_one_comes_back(client, draft, requester):
    client.force_login(requester)
    client.post(step(draft, "decisions", "save/"), {"decisions-0-name": "Find the order"})

    page = client.get(step(draft, "decisions")).content.decode()

    assert "Find the order" in page
    assert 'role="alert"' not in page.partition('id="step"')[2].partition("</form>")[0]
    assert "This field is required" not in page
    assert "decides the lane" not in page
