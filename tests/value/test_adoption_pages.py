"""Adoption on pages, in files and over the API: recorded, corrected, withheld, never naming who may not be named."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Workflow
from tests.api.conftest import Script, make_api_token, problem
from tests.factories import make_entry, make_initiative, make_person, make_unit
from value.actions.land_adoption import land_adoption, planned_adoption, upload_adoption
from value.adoption import adoption_figure
from value.adoption_told import Told
from value.demo.adoption import tell_of_adoption
from value.models import AdoptionReading
from value.worth import Window

from .adoption_factories import WEEK, read

A_WEEK = timedelta(days=7)
NEWEST = "2026-W24"


@pytest.fixture
def workflow(business_owner) -> Workflow:
    found = make_entry(Workflow, "Handle a claim", is_critical=True)
    make_initiative("Claims", owner=business_owner, workflow=found, stage="scale")
    return found


def text_of(response) -> str:
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def here(workflow: Workflow) -> str:
    return f"/adoption/workflows/{workflow.pk}/"


# --- pages


def test_an_owner_records_several_weeks_in_one_go(client, workflow, business_owner, stranger):
    client.force_login(business_owner)
    page = text_of(client.get(f"{here(workflow)}record/"))
    assert page.index(f">{NEWEST}<") < page.index(">2026-W23<")
    sent = {"source": "Usage report"}
    for week, active in ((NEWEST, 60), ("2026-W22", 50)):
        sent |= {f"{week}-target_users": 100, f"{week}-active_users": active}
    assert client.post(f"{here(workflow)}record/", sent).status_code == 302
    assert [*AdoptionReading.objects.values_list("week_ends_on", "active_users")] == [
        (WEEK, 60),
        (WEEK - A_WEEK * 2, 50),
    ]
    shown = text_of(client.get(here(workflow)))
    assert "10 weeks of the last 12 are missing: 2026-W23, 2026-W21" in shown
    assert f">{NEWEST}<" not in text_of(client.get(f"{here(workflow)}record/"))
    # An earlier week, by any day of it.
    assert ">2025-W01<" in text_of(client.get(f"{here(workflow)}record/?day=2025-01-02"))
    client.force_login(stranger)
    assert client.get(here(workflow)).status_code == 200
    assert "Record weeks" not in text_of(client.get(here(workflow)))
    for answer in (client.get(f"{here(workflow)}record/"), client.post(f"{here(workflow)}record/", sent)):
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({}, "Fill at least one week"),
        ({"active_users": 9}, "Say how many are meant to use it."),
        ({"target_users": 5, "active_users": 9}, "More people used it than it is meant for"),
        ({"target_users": 9, "repeat_users": 1}, "Say how many used it in this week"),
        ({"target_users": 9, "active_users": 5, "satisfaction": 4}, "with how many people answered"),
    ],
)
def test_what_is_wrong_is_said_beside_the_week(client, workflow, business_owner, row, told):
    client.force_login(business_owner)
    sent = {"source": "x"} | {f"{NEWEST}-{name}": value for name, value in row.items()}
    answer = client.post(f"{here(workflow)}record/", sent)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not AdoptionReading.objects.exists()


def test_a_correction_stays_beside_what_it_corrects(client, workflow, business_owner, office_member, stranger):
    reading = read(workflow, business_owner)
    client.force_login(business_owner)
    address = f"{reading.get_absolute_url()}correct/"
    assert client.get(address).status_code == 200
    sent = {"target_users": 100, "active_users": 71, "source": "Usage report"}
    assert client.post(address, sent).status_code == 422
    made = client.post(address, sent | {"reason": "Late data."})
    later = AdoptionReading.objects.current().get()
    assert (made.status_code, made.headers["Location"]) == (302, later.get_absolute_url())
    assert client.post(address, sent | {"active_users": 72, "reason": "Again."}).status_code == 422
    for person, sees_who in ((stranger, False), (office_member, True)):
        client.force_login(person)
        page = text_of(client.get(reading.get_absolute_url()))
        assert "It was corrected since" in page
        assert ("Late data." in page, business_owner.name in page) == (True, sees_who)
    client.force_login(stranger)
    assert client.post(address, sent | {"reason": "x"}).status_code == 403
    assert client.get("/adoption/readings/999999/").status_code == 404


def test_the_list_tells_share_trend_and_what_is_unmeasured(client, workflow, office_member):
    unit = make_unit("Claims unit")
    other = make_entry(Workflow, "Answer a customer", unit=unit)
    for back in range(7):
        read(workflow, office_member, WEEK - A_WEEK * back, active_users=61 - back)
    read(other, office_member, active_users=10)
    client.force_login(office_member)
    page = text_of(client.get("/adoption/"))
    assert "58 % of the target users used the critical workflows in production" in page
    assert page.index("Handle a claim") < page.index("Answer a customer")
    assert "From 55 % in 2026-W18 to 61 % in 2026-W24; 5 weeks without a figure" in page
    assert page.count("Unmeasured") == 2  # the tab and one row
    for query, names in (
        ("show=critical", {"Handle a claim"}),
        ("show=unmeasured", {"Answer a customer"}),
        (f"unit={unit.pk}", {"Answer a customer"}),
    ):
        shown = text_of(client.get(f"/adoption/?{query}"))
        assert {each.name for each in (workflow, other) if f"data-open>{each.name}<" in shown} == names


def test_a_confidential_initiative_is_never_named(client, workflow, business_owner, office_member, stranger):
    workflow.initiatives.update(is_confidential=True, name="Project Falcon")
    for back in range(7):
        read(workflow, office_member, WEEK - A_WEEK * back)
    client.force_login(stranger)
    assert "Project Falcon" not in text_of(client.get(here(workflow)))
    assert business_owner.name not in text_of(client.get(here(workflow)))
    # That there is one in production does not show in the sum either.
    assert "No figure yet of critical workflows in production" in text_of(client.get("/adoption/"))
    client.force_login(business_owner)
    assert "Project Falcon" in text_of(client.get(here(workflow)))


SECRET = {"target_users": 4, "active_users": 3, "repeat_users": 2, "satisfaction": Decimal("3.21"), "answered": 3}


def test_small_groups_show_nowhere(client, workflow, business_owner, office_lead):
    small = read(workflow, business_owner, **SECRET)
    part = {"active_users": 4, "repeat_users": 2, "satisfaction": Decimal("3.21"), "answered": 4}
    for back in range(1, 7):
        read(workflow, business_owner, WEEK - A_WEEK * back, **part)
    client.force_login(office_lead)
    initiative = workflow.initiatives.get()
    for path in (
        "/adoption/",
        here(workflow),
        small.get_absolute_url(),
        f"{small.get_absolute_url()}correct/",
        f"{initiative.get_absolute_url()}value/",
    ):
        page = text_of(client.get(path))
        assert "3.21" not in page
        assert "75 %" not in page
    assert "under 5 people" in text_of(client.get(here(workflow)))
    file = b"".join(client.get("/adoption/export/?format=csv").streaming_content).decode()
    assert "3.21" not in file
    assert file.splitlines()[-1].count("under 5 people") == 6
    script = Script(make_api_token(office_lead)[1])
    [last] = [row for row in script.get("adoption-readings/").json()["results"] if row["id"] == small.pk]
    assert (last["target_users"], last["active_users"], last["share"], last["satisfaction"]) == (None,) * 4
    assert last["withheld"] == sorted(AdoptionReading.FIGURES)
    told = script.get(f"workflows/{workflow.pk}/adoption/").json()
    assert (told["active"], told["target"], told["answered"], told["satisfaction"]) == (0, 0, 0, None)
    assert (told["repeat_share"], told["share"], told["is_withheld"]) == (None, None, True)


def test_one_to_four_people_are_told_nowhere_and_none_is(client, workflow, business_owner, office_lead):
    few = read(workflow, business_owner, target_users=89, active_users=3, opt_outs=4)
    read(workflow, business_owner, WEEK - A_WEEK, active_users=0, opt_outs=0)
    client.force_login(office_lead)
    page = text_of(client.get(few.get_absolute_url()))
    assert "Under 5 people used it in the week to 14 Jun 2026." in page
    assert page.count("under 5 people") == 3
    initiative = workflow.initiatives.get().get_absolute_url()
    for path in ("/adoption/", here(workflow), f"{few.get_absolute_url()}correct/", f"{initiative}value/"):
        assert "3 %" not in text_of(client.get(path))
    assert "Under 5 people used it in 2026-W24" in text_of(client.get(f"{initiative}value/"))
    lines = b"".join(client.get("/adoption/export/?format=csv").streaming_content).decode().splitlines()
    assert lines[1].startswith("Handle a claim,2026-W23,100,0,,0,")
    assert lines[2].startswith("Handle a claim,2026-W24,89,under 5 people,,under 5 people,")
    script = Script(make_api_token(office_lead)[1])
    told = script.get(f"adoption-readings/{few.pk}/").json()
    assert [told[name] for name in ("target_users", "active_users", "share", "opt_outs")] == [89, None, None, None]
    assert told["withheld"] == ["active_users", "opt_outs"]
    sums = script.get(f"workflows/{workflow.pk}/adoption/?window=14").json()
    assert (sums["active"], sums["target"], sums["opt_out_share"]) == (0, 100, "0.0000")


def test_two_readings_of_a_week_do_not_tell_what_one_person_answered(client, workflow, business_owner, office_lead):
    first = read(workflow, business_owner, satisfaction=Decimal("4.11"), answered=20)
    second = read(workflow, business_owner, satisfaction=Decimal("4.22"), answered=21, corrects=first, reason="Late.")
    far = {"satisfaction": Decimal("4.33"), "answered": 30, "corrects": second, "reason": "Later."}
    third = read(workflow, business_owner, **far)
    client.force_login(office_lead)
    for each in (first, second, third):
        page = text_of(client.get(each.get_absolute_url()))
        assert ["4.11" in page, "4.22" in page, "4.33" in page] == [False, False, True]
    script = Script(make_api_token(office_lead)[1])
    listed = script.get("adoption-readings/?corrected=true").json()["results"]
    assert [row["satisfaction"] for row in listed] == [None, None, "4.33"]
    assert [row["withheld"] for row in listed] == [["answered", "satisfaction"]] * 2 + [[]]
    assert [row["active_users"] for row in listed] == [60, 60, 60]
    # Five answers away and with nothing between, both are told.
    other = read(workflow, business_owner, WEEK - A_WEEK, satisfaction=Decimal(4), answered=20)
    read(workflow, business_owner, WEEK - A_WEEK, answered=25, satisfaction=Decimal(4), corrects=other, reason="Late.")
    assert script.get(f"adoption-readings/{other.pk}/").json()["answered"] == 20


def test_the_initiative_tells_of_its_workflow(client, workflow, business_owner, stranger):
    initiative = workflow.initiatives.get()
    client.force_login(stranger)
    assert "Nobody read yet" in text_of(client.get(f"{initiative.get_absolute_url()}value/"))
    read(workflow, business_owner)
    page = text_of(client.get(f"{initiative.get_absolute_url()}value/"))
    assert "60 % of its target users used it in 2026-W24" in page
    client.force_login(stranger)
    assert "Adoption of" not in text_of(client.get(f"{make_initiative().get_absolute_url()}value/"))


def test_the_office_marks_a_workflow_as_critical(client, workflow, office_lead):
    Workflow.objects.update(is_critical=False)
    client.force_login(office_lead)
    page = text_of(client.get(here(workflow)))
    edit = f"/administration/lists/workflows/{workflow.pk}/"
    assert f'href="{edit}"' in page
    assert "Counts in the adoption figure of the dashboard." in text_of(client.get(edit))
    sent = {"name": workflow.name, "is_critical": "on", "initial-name": workflow.name, "initial-is_critical": "False"}
    assert client.post(edit, sent).status_code == 302
    assert "Critical" in text_of(client.get(here(workflow)))


def test_pages_cost_the_same_with_more_rows(client, office_member):
    client.force_login(office_member)

    def add(times: int) -> None:
        for _ in range(times):
            each = make_entry(Workflow, is_critical=True)
            make_initiative(workflow=each, stage="scale")
            for back in range(3):
                read(each, office_member, WEEK - A_WEEK * back)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    add(2)
    first = Workflow.objects.first()
    paths = ["/adoption/", here(first), "/adoption/export/?format=xlsx"]
    for path in paths:
        queries(path)
    few = [queries(path) for path in paths]
    add(15)
    for back in range(3, 30):
        read(first, office_member, WEEK - A_WEEK * back)
    assert [queries(path) for path in paths] == few


# --- files

HEAD = "Workflow,ISO week,Target,Active,Repeat users,Opt-outs,Satisfaction,Answers,Source,Reason\n"
GOOD = ("Handle a claim,2026-W24,100,60,40,2,4.25,20,Report,", "handle a claim,2026-06-03,100,50,,,,,Report,")
BAD = {
    "Other,2026-W24,100,60,,,,,Report,": "No workflow is called “Other”",
    "Handle a claim,2026-W25,100,60,,,,,Report,": "is not over yet",
    "Handle a claim,2026-W54,100,60,,,,,Report,": "is no week",
    "Handle a claim,2026-W20,10,60,,,,,Report,": "More people used it",
    "Handle a claim,2026-W20,10,x,,,,,Report,": "not a whole number",
    "Handle a claim,2026-W20,10,6,,,7,5,Report,": "not 1 to 5",
    "Handle a claim,2026-W20,10,6,,,,,,": "Source is missing",
    "Handle a claim,2026-W24,100,61,,,,,Report,": "stands in the file twice",
    "Handle a claim,2026-W22,100,61,,,,,Report,": "This week was read before",
    "Handle a claim,2026-W19,under 5 people,4,,,,,Report,": "is none to import",
}


def test_good_rows_land_and_bad_ones_come_back(client, workflow, business_owner, stranger, auditor):
    earlier = read(workflow, business_owner, WEEK - A_WEEK * 2)
    late = "Handle a claim,2026-W22,100,61,,,,,Usage report,Counted late"
    content = (HEAD + "\n".join([*GOOD, *BAD])).encode()
    client.force_login(business_owner)
    address = client.post("/adoption/files/upload/", {"file": SimpleUploadedFile("a.csv", content)}).headers["Location"]
    page = text_of(client.get(address))
    assert f"2 to record, 0 recorded before, {len(BAD)} rejected" in page
    for told in BAD.values():
        assert told in page
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}land/").status_code == 404
    client.force_login(business_owner)
    assert client.post(f"{address}land/").status_code == 302
    assert f"2 recorded, 0 recorded before, {len(BAD)} rejected" in text_of(client.get(address))
    back = b"".join(client.get(f"{address}rejected/?format=csv").streaming_content).decode()
    assert len(back.splitlines()) == len(BAD) + 1
    # With a reason, the earlier reading is corrected.
    file = upload_adoption((HEAD + late).encode(), file_name="b.csv", actor=business_owner)
    assert [row.outcome for row in planned_adoption(file, business_owner)] == ["updated"]
    land_adoption(file, actor=business_owner)
    assert AdoptionReading.objects.get(corrects=earlier).reason == "Counted late"
    with pytest.raises(DomainError, match="has landed"):
        land_adoption(file, actor=business_owner)
    assert Event.objects.filter(name="adoption.landed").count() == 2
    client.force_login(auditor)
    assert client.get("/adoption/files/upload/").status_code == 403


def test_a_stranger_lands_nothing(workflow, stranger):
    file = upload_adoption((HEAD + GOOD[0]).encode(), file_name="a.csv", actor=stranger)
    [row] = planned_adoption(file, stranger)
    assert (row.outcome, "record how many use" in row.reason) == ("rejected", True)
    land_adoption(file, actor=stranger)
    assert not AdoptionReading.objects.exists()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_exported_imports_again_without_loss(client, workflow, business_owner, office_member, format):
    first = read(workflow, business_owner, **SECRET)
    read(workflow, business_owner, corrects=first, reason="=Late", **SECRET | {"opt_outs": 1})
    part = {"active_users": 4, "repeat_users": 2, "satisfaction": Decimal("3.21"), "answered": 4}
    read(workflow, business_owner, WEEK - A_WEEK, source="=SUM(A1)", **part)
    read(workflow, business_owner, WEEK - A_WEEK * 2, satisfaction=Decimal("4.5"), answered=50, opt_outs=0)
    before = AdoptionReading.objects.count()
    client.force_login(office_member)
    answer = client.get(f"/adoption/export/?workflow={workflow.pk}&format={format}")
    content = answer.content if format == "xlsx" else b"".join(answer.streaming_content)
    file = upload_adoption(content, file_name=f"a.{format}", actor=office_member)
    assert [row.outcome for row in planned_adoption(file, office_member)] == ["unchanged"] * 3
    land_adoption(file, actor=office_member)
    assert AdoptionReading.objects.count() == before
    if format == "xlsx":
        rows = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        assert len(rows) == 4
    else:
        # Elsewhere, where nothing was read, what is told comes in whole.
        elsewhere = content.decode().replace("Handle a claim", "Elsewhere")
        make_entry(Workflow, "Elsewhere")
        file = upload_adoption(elsewhere.encode(), file_name="b.csv", actor=office_member)
        land_adoption(file, actor=office_member)
        assert [outcome for outcome, _ in file.outcomes] == []
        made = AdoptionReading.objects.filter(workflow__name="Elsewhere").get()
        assert (made.opt_outs, made.satisfaction, Told.of(made).week) == (0, Decimal("4.50"), "2026-W22")


def test_a_file_draws_nothing_withheld_into_sight(client, workflow, business_owner):
    read(workflow, business_owner, **SECRET)
    row = ",".join(["Handle a claim", NEWEST, *["under 5 people"] * 6, "Another report", "Named anew"])
    file = upload_adoption((HEAD + row).encode(), file_name="a.csv", actor=business_owner)
    client.force_login(business_owner)
    page = text_of(client.get(file.get_absolute_url()))
    assert ("1 to correct" in page, "3.21" in page, page.count("under 5 people")) == (True, False, 7)
    land_adoption(file, actor=business_owner)
    later = AdoptionReading.objects.current().get()
    assert (later.target_users, later.source) == (4, "Another report")


def test_a_file_tells_nobody_what_is_withheld(workflow, business_owner, office_member):
    read(workflow, business_owner, active_users=3, repeat_users=2)

    def planned(person, *figures: object, reason: str = "") -> tuple[str, str]:
        row = ",".join(["Handle a claim", NEWEST, *map(str, figures), "", "", "", "Usage report", reason])
        file = upload_adoption((HEAD + row).encode(), file_name="a.csv", actor=person)
        [found] = planned_adoption(file, person)
        return found.outcome, found.reason

    assert planned(business_owner, 100, 3, 2)[0] == "unchanged"
    refused = planned(office_member, 100, 4, 2)
    assert refused[0] == "rejected"
    assert planned(office_member, 100, 3, 2) == refused
    assert {planned(office_member, 100, guess, 2, reason="Anew.") for guess in (3, 4)} == {("updated", "")}
    under = "under 5 people"
    assert planned(office_member, 100, under, under)[0] == "unchanged"
    # A figure held against one that is withheld would tell that.
    for mixed in ((100, under, 3), (100, under, 4), (3, under, under), (2, under, under), (100, 3, under)):
        outcome, told = planned(office_member, *mixed, reason="Anew.")
        assert (outcome, "Write every figure anew" in told) == ("rejected", True)


def test_the_demonstration_tells_of_three_workflows(workflow, office_lead):
    for number in range(3):
        make_initiative(workflow=make_entry(Workflow, f"Workflow {number}"), stage="limited_rollout")
    tell_of_adoption({"office-lead": office_lead})
    figure = adoption_figure(Workflow.objects.filter(adoption_readings__isnull=False).distinct(), Window.of_days(90))
    assert (len(figure.by_workflow), len(figure.unmeasured)) == (3, 1)
    assert AdoptionReading.objects.exclude(corrects=None).count() == 2


def test_a_plan_costs_the_same_with_more_rows(workflow, office_member, django_assert_max_num_queries):
    names = [make_entry(Workflow).name for _ in range(5)]
    rows = [f"{name},2026-W{week:02},100,60,,,,,Report," for name in names for week in range(1, 25)]
    file = upload_adoption((HEAD + "\n".join(rows)).encode(), file_name="a.csv", actor=office_member)
    with django_assert_max_num_queries(5):
        assert len(planned_adoption(file, office_member)) == 120
    with django_assert_max_num_queries(28):
        land_adoption(file, actor=office_member)
    assert AdoptionReading.objects.count() == 120


# --- the API


def test_the_api_records_and_corrects(workflow, business_owner, service_account, stranger):
    program, nobody = (Script(make_api_token(person)[1]) for person in (service_account, stranger))
    sent = {"workflow": workflow.pk, "week_ends_on": "2026-06-14", "target_users": 100, "active_users": 60}
    sent |= {"source": "Identity provider", "satisfaction": "4.25", "answered": 9}
    assert nobody.post("adoption-readings/", sent).status_code == 403
    made = program.post("adoption-readings/", sent)
    body = made.json()
    assert (made.status_code, body["week"], body["share"], body["is_current"]) == (201, NEWEST, "0.6000", True)
    assert program.post("adoption-readings/", sent).json()["id"] == body["id"]
    assert nobody.get(made["Location"]).json() == body
    other = sent | {"active_users": 61}
    assert problem(program.post("adoption-readings/", other), 409)["detail"].startswith("This week was read before")
    correction = other | {"corrects": body["id"]}
    assert problem(program.post("adoption-readings/", correction), 422)["errors"][0]["pointer"] == "/reason"
    later = program.post("adoption-readings/", correction | {"reason": "Late."}).json()
    assert (later["corrects"], program.get(made["Location"]).json()["is_current"]) == (body["id"], False)
    assert [row["id"] for row in nobody.get("adoption-readings/").json()["results"]] == [later["id"]]
    listed = nobody.get(f"adoption-readings/?corrected=1&workflow={workflow.pk}&since=2026-06-14").json()["results"]
    assert len(listed) == 2
    wrong = problem(program.post("adoption-readings/", sent | {"week_ends_on": "2026-06-13"}), 422)
    assert wrong["errors"][0]["pointer"] == "/week_ends_on"
    assert nobody.get("adoption-readings/999999/").status_code == 404


def test_the_api_answers_guesses_with_the_same_words(workflow, service_account, office_member):
    program, guesser = (Script(make_api_token(person)[1]) for person in (service_account, office_member))
    sent = {
        "workflow": workflow.pk,
        "week_ends_on": "2026-06-14",
        "target_users": 4,
        "active_users": 3,
        "source": "IdP",
    }
    made = program.post("adoption-readings/", sent).json()
    assert program.post("adoption-readings/", sent).json()["id"] == made["id"]
    right, wrong = (problem(guesser.post("adoption-readings/", sent | {"active_users": n}), 409) for n in (3, 4))
    assert right["detail"] == wrong["detail"]
    for answer in (guesser.post("adoption-readings/bulk/", {"readings": [sent | {"active_users": n}]}) for n in (3, 4)):
        assert problem(answer, 409)["detail"] == right["detail"]
    assert AdoptionReading.objects.count() == 1


def test_the_api_takes_many_at_once(workflow, service_account, auditor):
    program, reader = (Script(make_api_token(person)[1]) for person in (service_account, auditor))
    rows = [
        {
            "workflow": workflow.pk,
            "week_ends_on": (WEEK - A_WEEK * back).isoformat(),
            "target_users": 100,
            "active_users": 10 * back,
            "source": "Identity provider",
        }
        for back in range(6)
    ]
    assert reader.post("adoption-readings/bulk/", {"readings": rows}).status_code == 403
    first = program.post("adoption-readings/bulk/", {"readings": rows})
    assert (first.status_code, len(first.json()["results"])) == (201, 6)
    assert program.post("adoption-readings/bulk/", {"readings": rows}).json() == first.json()
    bad = [*rows[:2], rows[2] | {"week_ends_on": "2026-06-21"}]
    refused = problem(program.post("adoption-readings/bulk/", {"readings": bad}), 422)
    assert refused["errors"][0]["pointer"] == "/readings/2/week_ends_on"
    assert program.post("adoption-readings/bulk/", {"readings": []}).status_code == 422
    assert AdoptionReading.objects.count() == 6


def test_the_api_tells_figures_of_a_window(workflow, business_owner):
    script = Script(make_api_token(make_person())[1])
    address = f"workflows/{workflow.pk}/adoption/"
    told = script.get(address).json()
    assert (told["share"], told["is_unmeasured"], told["weeks"]) == (None, True, 13)
    before = clock.now().isoformat()
    with clock.fixed_at(clock.now() + timedelta(minutes=1)):
        for back in range(3):
            read(workflow, business_owner, WEEK - A_WEEK * back, active_users=10 * (back + 1))
        told = script.get(f"{address}?window=30").json()
        assert (told["share"], told["active"], told["target"], told["weeks_read"]) == ("0.2000", 60, 300, 3)
        assert script.get(address, {"window": 30, "known_at": before}).json()["weeks_read"] == 0
        assert script.get(f"{address}?as_of=2026-06-07&window=30").json()["weeks_read"] == 2
    for wrong in ("window=1", "as_of=0001-01-01", "as_of=x", "nonsense=1"):
        assert script.get(f"{address}?{wrong}").status_code == 400
    assert script.get("workflows/999999/adoption/").status_code == 404


def test_the_api_takes_files(workflow, service_account, stranger, auditor):
    program, nobody, reader = (Script(make_api_token(each)[1]) for each in (service_account, stranger, auditor))
    sent = (HEAD + "\n".join([*GOOD, *BAD])).encode()
    made = program.upload("adoption-files/", file=SimpleUploadedFile("a.csv", sent))
    assert made.json()["outcomes"] == {"created": 3, "rejected": len(BAD) - 1}
    assert reader.upload("adoption-files/", file=SimpleUploadedFile("a.csv", sent)).status_code == 403
    assert nobody.get(made["Location"]).status_code == 404
    assert len(program.get(f"{made['Location']}rows/?outcome=created").json()["results"]) == 3
    assert program.post(f"{made['Location']}land/", {}).json()["landed_at"]
    assert program.post(f"{made['Location']}land/", {}).status_code == 409
    assert len(program.get(f"{made['Location']}rows/?outcome=rejected").json()["results"]) == len(BAD) - 1
    assert [row["id"] for row in program.get("adoption-files/").json()["results"]] == [made.json()["id"]]
    assert AdoptionReading.objects.count() == 3
