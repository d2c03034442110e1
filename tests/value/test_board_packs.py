"""Board packs: what they tell in three formats and to whom, workers that die, and those that come by mail."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import typst
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone
from pptx import Presentation
from python_calamine import load_workbook

from aiso import clock
from aiso.accounts.models import Role
from aiso.documents.typeset import FONTS
from aiso.errors import DomainError
from aiso.events.actions import choose_mail
from aiso.events.letters import NotWantedError, letter_of
from aiso.events.models import Event, Mail, Notification
from portfolio.models import Bucket
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_entry, make_initiative, make_person, make_unit, move_stage
from value import tasks
from value.actions import make_packs
from value.actions.make_packs import make_pack
from value.actions.packs import ask_for_monthly_packs, ask_for_pack, end_subscription, subscribe_to_packs
from value.adoption import AdoptionCount, Sums
from value.dashboard.asked import Asked
from value.dashboard.reading import dashboard_of
from value.kept.recompute import recompute_marked
from value.models import BoardPack, PackFile, PackSubscription
from value.packs import pdf
from value.packs.pins import asked_of

from .factories import cost_of, post

DAY = date(2026, 6, 14)


class Killed(BaseException):
    """The worker is gone: nothing catches it."""


@pytest.fixture
def scaled(initiative, technical_owner, finance_controller):
    """49 days from pilot to production, and 1,250.25 € of run cost in the window."""
    move_stage(initiative, "pilot", date(2026, 4, 1))
    move_stage(initiative, "scale", date(2026, 5, 20))
    days = {"happened_on": date(2026, 6, 3), "first_on": date(2026, 6, 3), "last_on": date(2026, 6, 3)}
    post(initiative, finance_controller, cost_of("1250.25", **days))
    recompute_marked()
    return initiative


@pytest.fixture
def pack(scaled, executive) -> BoardPack:
    return made(executive)


def made(person, **pins: Any) -> BoardPack:
    asked = ask_for_pack(actor=person, **{"days": 30, "as_of": DAY} | pins)
    make_pack(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "ready", asked.failure
    return asked


def lines_of(pack: BoardPack) -> dict[tuple[str, str], dict[str, Any]]:
    return {(figure["name"], line["name"]): line for figure in pack.figures["figures"] for line in figure["lines"]}


def figures_of(pack: BoardPack) -> dict[str, dict[str, Any]]:
    return {figure["name"]: figure for figure in pack.figures["figures"]}


def content(pack: BoardPack, kind: str) -> bytes:
    return bytes(pack.files.get(kind=kind).content)


def words_of_slides(pack: BoardPack) -> list[str]:
    found = []
    for slide in Presentation(io.BytesIO(content(pack, "pptx"))).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


def words_of_pdf(pack: BoardPack) -> list[str]:
    """The words of its tables, as the template sets them."""
    data = {"data": json.dumps(pdf.printed(pack.figures))}
    options = {"root": pdf.TEMPLATE.parent, "font_paths": [FONTS], "ignore_system_fonts": True, "sys_inputs": data}
    return [*_texts(json.loads(typst.query(pdf.TEMPLATE, "table", field="children", **options)))]


def _texts(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for each in body:
            yield from _texts(each)
    elif isinstance(body, dict):
        if isinstance(body.get("text"), str):
            yield body["text"]
        yield from _texts([each for each in body.values() if isinstance(each, dict | list)])


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_figures_are_those_of_the_dashboard_in_all_three_formats(pack, executive):
    found, told = dashboard_of(executive, asked_of(pack)), lines_of(pack)
    assert told["lead_time", "median"]["now"] == str(found.now.lead_time.median) == "49"
    assert told["lead_time", "median"]["before"] is None
    assert told["net_value", "amount"]["now"] == str(found.now.net_value.worth.net) == "-1250.25"
    assert told["stable_owner", "active"]["now"] == str(found.now.stable_owner.active) == "1"
    assert told["closed", "with_rationale"]["now"] == str(found.now.closed.with_rationale) == "0"
    for figure in pack.figures["figures"]:
        trend = found.trends[figure["name"]]
        kept = [point["value"] and Decimal(point["value"]) for point in figure["trend"]["points"]]
        assert kept == trend.values
        assert [point["day"] for point in figure["trend"]["points"]] == [day.isoformat() for day in trend.days]

    slides, printed = words_of_slides(pack), words_of_pdf(pack)
    sheet = load_workbook(io.BytesIO(content(pack, "xlsx"))).get_sheet_by_name("Figures").to_python()
    rows = {(row[0], row[1]): row[2:4] for row in sheet[5:]}
    for figure in pack.figures["figures"]:
        for line in figure["lines"]:
            assert line["now_text"] in slides
            assert line["before_text"] in slides
            assert line["label"] in printed
            assert line["now_text"] in printed
            cells = [None if cell == "" else Decimal(str(cell)) for cell in rows[figure["title"], line["label"]]]
            known = [line[when] and Decimal(line[when]) for when in ("now", "before")]
            assert [cell and round(cell, 12) for cell in cells] == [value and round(value, 12) for value in known]
    assert content(pack, "pdf").startswith(b"%PDF")


def test_open_pilots_are_told_of_the_last_window_alone(scaled, executive, business_owner, client):
    move_stage(make_initiative("Another", owner=business_owner), "pilot", date(2026, 3, 1))
    found = made(executive)
    lead = found.figures["figures"][0]
    told = {line["name"]: (line["now"], line["before"], line["before_text"]) for line in lead["lines"]}
    assert told["open_pilots"] == ("1", None, "–")
    assert told["open_median"] == told["open_oldest"] == ("105", None, "–")
    assert told["median"] == ("49", None, "no data")
    assert told["count"] == ("1", "0", "0")
    client.force_login(executive)
    page = client.get(found.get_absolute_url()).text
    row = page.partition("Pilots still open</th>")[2].partition("</tr>")[0]
    assert row.endswith('data-l="Window before">–</td>')
    values = Script(make_api_token(executive)[1]).get(f"board-packs/{found.pk}/").json()["figures"][0]["values"]
    assert {each["name"]: each["before"] for each in values}["open_pilots"] is None
    sheet = load_workbook(io.BytesIO(content(found, "xlsx"))).get_sheet_by_name("Figures").to_python()
    assert [row[2:4] for row in sheet[5:] if row[1] == "Pilots still open"] == [[1.0, ""]]


def test_each_page_slide_and_sheet_says_what_it_is_pinned_to(pack):
    pins = pack.figures["pins"]
    assert plain(pins) == "As of 14 Jun 2026 · as known on 15 Jun 2026, 12:00 · The whole company"
    slides = Presentation(io.BytesIO(content(pack, "pptx"))).slides
    assert len(slides) == 8
    for slide in slides:
        assert slide.shapes.title.text_frame.text
        assert pins in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    book = load_workbook(io.BytesIO(content(pack, "xlsx")))
    assert len(book.sheet_names) == 8
    assert all(book.get_sheet_by_name(name).to_python()[1][0] == pins for name in book.sheet_names)


def test_charts_are_native_and_say_in_words_what_they_show(pack):
    slides = Presentation(io.BytesIO(content(pack, "pptx"))).slides
    charts = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 5
    money = charts[3]
    assert [*money.chart.plots[0].series[0].values][-1] == -1250.25
    assert "14 Jun 2026: −1.25 k€." in plain(money._element.nvGraphicFramePr.cNvPr.get("descr"))


def test_what_people_named_is_text_and_never_a_formula(scaled, executive):
    unit = make_unit('=HYPERLINK("http://example.org")&"x"')
    found = made(executive, unit=unit)
    book = load_workbook(io.BytesIO(content(found, "xlsx")))
    assert '=HYPERLINK("http://example.org")' in str(book.get_sheet_by_name("Figures").to_python()[1][0])
    assert any("=HYPERLINK" in text for text in words_of_slides(found))


def test_a_pack_never_changes_and_its_page_says_what_was_restated(pack, scaled, finance_controller, executive, client):
    before, kept = content(pack, "pdf"), pack.figures
    client.force_login(executive)
    assert "are the same" in client.get(pack.get_absolute_url()).text
    with clock.fixed_at(clock.now() + timedelta(hours=1)):
        days = {"happened_on": date(2026, 6, 4), "first_on": date(2026, 6, 4), "last_on": date(2026, 6, 4)}
        post(scaled, finance_controller, cost_of("100", **days))
        recompute_marked()
        page = client.get(pack.get_absolute_url()).text
        assert "Restated since" in page
        assert "−1,250.25\N{NO-BREAK SPACE}€" in page
        assert "−1,350.25\N{NO-BREAK SPACE}€" in page
        make_pack(pack.pk)
    pack.refresh_from_db()
    assert (content(pack, "pdf"), pack.figures) == (before, kept)
    changes = (
        lambda: BoardPack.objects.filter(pk=pack.pk).update(figures={}),
        lambda: BoardPack.objects.filter(pk=pack.pk).update(as_of=DAY - timedelta(days=1)),
        lambda: BoardPack.objects.filter(pk=pack.pk).update(money_units=[]),
        lambda: PackFile.objects.filter(pack=pack).update(content=b"x"),
        lambda: PackFile.objects.filter(pack=pack).delete(),
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_api_tells_changes_and_what_was_restated(pack, scaled, finance_controller, executive):
    script, address = Script(make_api_token(executive)[1]), f"board-packs/{pack.pk}/"
    told = {each["name"]: each for each in script.get(address).json()["figures"]}
    assert [told[name]["restated_since"] for name in told] == [[]] * 5
    assert {name: (told[name]["change"], told[name]["note"]) for name in told} == {
        figure["name"]: (figure["change"], figure["note"]) for figure in pack.figures["figures"]
    }
    assert (told["closed"]["change"], told["lead_time"]["change"]) == ("as before", "")
    with clock.fixed_at(clock.now() + timedelta(hours=1)):
        days = {"happened_on": date(2026, 6, 4), "first_on": date(2026, 6, 4), "last_on": date(2026, 6, 4)}
        post(scaled, finance_controller, cost_of("100", **days))
        recompute_marked()
        told = {each["name"]: each["restated_since"] for each in script.get(address).json()["figures"]}
        assert told["net_value"] == [
            {"name": "amount", "label": "Net value", "was": "-1250.25", "now": "-1350.25"},
            {"name": "run_cost", "label": "Run cost", "was": "1250.25", "now": "1350.25"},
        ]
        assert told["lead_time"] == []
        # Of whoever counts other initiatives, and of whose maker has left, nothing can be said.
        executive.is_active, executive.deactivated_at = False, clock.now()
        executive.save()
        office = Script(make_api_token(make_person("Office", Role.OFFICE_LEAD))[1])
        assert [each["restated_since"] for each in office.get(address).json()["figures"]] == [None] * 5


def test_a_pack_of_past_days_says_what_was_recorded_after_them(finance_controller, executive):
    days = {"happened_on": date(2026, 6, 3), "first_on": date(2026, 6, 3), "last_on": date(2026, 6, 3)}
    with at(2026, 6, 10, 9):
        initiative = make_initiative(stage="scale", since=date(2026, 5, 1))
        post(initiative, finance_controller, cost_of("100", **days))
    with at(2026, 6, 13, 9):
        assert {each["note"] for each in figures_of(made(executive, as_of=date(2026, 6, 13))).values()} == {""}
    with at(2026, 6, 20, 9):
        assert figures_of(made(executive))["net_value"]["note"] == ""
        post(initiative, finance_controller, cost_of("50", **days))
        late = made(executive)
    notes = {name: each["note"] for name, each in figures_of(late).items() if each["note"]}
    assert [*notes] == ["net_value"]
    assert any(notes["net_value"] in text for text in words_of_slides(late))
    told = Script(make_api_token(executive)[1]).get(f"board-packs/{late.pk}/").json()["figures"]
    assert {each["name"]: each["note"] for each in told if each["note"]} == notes


def test_asked_for_and_made_twice_there_is_one(scaled, executive):
    first = ask_for_pack(actor=executive, days=30, as_of=DAY, key="page:1")
    again = ask_for_pack(actor=executive, days=60, as_of=DAY, key="page:1")
    assert (first.pk, again.days) == (again.pk, 30)
    event = Event.objects.get(name="pack.asked")
    tasks.make_queued_pack(event.pk)
    tasks.make_queued_pack(event.pk)
    assert first.files.count() == 3
    assert Event.objects.filter(name="pack.ready").count() == 1
    told = Notification.objects.get(person=executive)
    assert (told.text, told.path) == (plain(f"{first} is ready"), first.get_absolute_url())


def test_while_three_of_one_person_are_made_a_fourth_is_refused(scaled, executive, office_lead, client):
    first = ask_for_pack(actor=executive, days=30, as_of=DAY, key="page:1")
    second, third = (ask_for_pack(actor=executive, days=days, as_of=DAY) for days in (60, 90))
    BoardPack.objects.filter(pk=second.pk).update(state="making")
    with pytest.raises(DomainError, match="Three of your packs"):
        ask_for_pack(actor=executive, days=30, as_of=DAY, key="page:2")
    client.force_login(executive)
    typed = {"days": 60, "as_of": "2026-06-10", "unit": "", "bucket": "", "key": "page:3"}
    answer = client.post("/dashboard/packs/new/", typed)
    assert (answer.status_code, "Three of your packs are still being made." in answer.text) == (422, True)
    answer = Script(make_api_token(executive)[1]).post("board-packs/", {"days": 30})
    assert (answer.status_code, "Three of your packs" in answer.text) == (409, True)
    assert BoardPack.objects.count() == 3
    # The same one again, one of somebody else, and one by mail are no fourth one.
    assert ask_for_pack(actor=executive, days=30, as_of=DAY, key="page:1") == first
    ask_for_pack(actor=office_lead, days=30, as_of=DAY)
    subscription = subscribe_to_packs(actor=executive, days=30)
    ask_for_pack(actor=executive, days=30, as_of=DAY, key="monthly", subscription=subscription)
    for pack in (first, second, third):
        make_pack(pack.pk)
    assert ask_for_pack(actor=executive, days=30, as_of=DAY, key="page:2").state == "queued"


def test_a_worker_that_dies_loses_nothing(scaled, executive, finance_controller, monkeypatch):
    pack = ask_for_pack(actor=executive, days=30, as_of=DAY)

    def die(*_):
        raise Killed

    drawn = dict(make_packs.DRAWN)
    monkeypatch.setitem(make_packs.DRAWN, PackFile.Kind.PPTX, (die, 80))
    with pytest.raises(Killed):
        make_pack(pack.pk)
    pack.refresh_from_db()
    assert (pack.state, pack.progress, pack.files.count()) == ("making", 60, 1)
    kept = pack.figures
    monkeypatch.setitem(make_packs.DRAWN, PackFile.Kind.PPTX, drawn[PackFile.Kind.PPTX])
    tasks.resume_packs()
    pack.refresh_from_db()
    assert pack.state == "making"
    with clock.fixed_at(clock.now() + timedelta(minutes=2)):
        post(scaled, finance_controller, cost_of(7, happened_on=DAY))
        tasks.resume_packs()
    pack.refresh_from_db()
    assert (pack.state, pack.progress, pack.files.count(), pack.figures) == ("ready", 100, 3, kept)


def test_one_that_dies_again_and_again_is_given_up(scaled, executive, client):
    pack = ask_for_pack(actor=executive, days=30, as_of=DAY)
    BoardPack.objects.update(attempts=make_packs.MOST_ATTEMPTS)
    make_pack(pack.pk)
    pack.refresh_from_db()
    assert pack.state == "failed"
    client.force_login(executive)
    assert "stopped again and again" in client.get(pack.get_absolute_url()).text


def test_of_whoever_left_none_is_made(scaled, executive):
    pack = ask_for_pack(actor=executive, days=30, as_of=DAY)
    executive.is_active, executive.deactivated_at = False, clock.now()
    executive.save()
    make_pack(pack.pk)
    pack.refresh_from_db()
    assert (pack.state, pack.figures) == ("failed", None)
    with pytest.raises(PermissionDenied):
        ask_for_pack(actor=executive, days=30, as_of=DAY)


def sees(person, pack: BoardPack) -> bool:
    person.__dict__.pop("role_units", None)
    return BoardPack.objects.visible_to(person).filter(pk=pack.pk).exists()


def test_a_pack_is_for_whose_roles_show_as_much(
    pack, executive, finance_controller, office_lead, auditor, requester, business_owner, client
):
    assert [each for each in (executive, finance_controller, office_lead, auditor) if not sees(each, pack)] == []
    assert [each for each in (requester, business_owner) if sees(each, pack)] == []
    for person in (requester, business_owner):
        client.force_login(person)
        script = Script(make_api_token(person)[1])
        assert client.get(pack.get_absolute_url()).status_code == 404
        assert client.get(f"{pack.get_absolute_url()}pdf/").status_code == 404
        assert str(pack.as_of.year) not in client.get("/dashboard/packs/").text.partition("Every month")[0]
        for below in ("", "pdf/", "pptx/", "xlsx/"):
            assert script.get(f"board-packs/{pack.pk}/{below}", accept="*/*").status_code == 404
        assert script.get("board-packs/").json()["results"] == []
    # The office counts confidential initiatives, which executives and finance do not.
    of_office = made(office_lead)
    assert [sees(each, of_office) for each in (auditor, executive, finance_controller)] == [True, False, False]
    executive.role_assignments.all().delete()
    assert not sees(executive, pack)


def test_a_role_for_a_unit_sees_what_was_made_of_it_alone(scaled, executive):
    theirs = make_person("Chief of one", Role.EXECUTIVE, role_unit=scaled.unit)
    assert sees(theirs, made(executive, unit=scaled.unit))
    assert not sees(theirs, made(executive))
    assert not sees(theirs, made(executive, unit=make_unit("Elsewhere")))
    assert sees(executive, made(theirs))


def test_a_pack_says_whose_money_it_counts_where_that_is_not_all(scaled, executive, requester, client):
    below = make_unit("Below", parent=scaled.unit)
    theirs = make_person("Chief of one", Role.EXECUTIVE, role_unit=scaled.unit)
    grant(theirs, Role.FINANCE_CONTROLLER, unit=below)
    limited, name = made(theirs), scaled.unit.name
    scope = f"The whole company; only money of {name} and below"
    assert (limited.figures["scope"], limited.figures["pins"].endswith(f" · {scope}")) == (scope, True)
    assert any(scope in text for text in words_of_slides(limited))
    assert json.loads(json.dumps(pdf.printed(limited.figures)))["pins"].endswith(scope)
    book = load_workbook(io.BytesIO(content(limited, "xlsx")))
    assert all(scope in book.get_sheet_by_name(each).to_python()[1][0] for each in book.sheet_names)
    whose = next(each["text"] for each in limited.figures["definitions"] if each["term"] == "Whose money")
    assert f"the money of {name}, and of the units below" in whose
    client.force_login(theirs)
    assert scope in client.get(limited.get_absolute_url()).text
    assert scope in client.get("/dashboard/packs/").text
    script = Script(make_api_token(theirs)[1])
    units = [{"id": scaled.unit_id, "name": name}]
    assert script.get(f"board-packs/{limited.pk}/").json()["money_units"] == units
    assert [each["money_units"] for each in script.get("board-packs/").json()["results"]] == [units]
    # All that is asked for is in reach, or nothing is.
    of_unit, whole, none = made(theirs, unit=scaled.unit), made(executive), made(requester)
    assert of_unit.figures["scope"] == f"{name} and below"
    assert whole.figures["scope"] == "The whole company"
    assert none.figures["scope"] == "The whole company; no money"
    told = {
        each["id"]: each["money_units"]
        for each in Script(make_api_token(executive)[1]).get("board-packs/").json()["results"]
    }
    assert told == {limited.pk: units, of_unit.pk: None, whole.pk: None, none.pk: []}


def test_of_many_units_a_pack_names_three_and_defines_all(scaled):
    chief = make_person("Chief of some", Role.EXECUTIVE, role_unit=make_unit("Audit"))
    for name in ("Board", "Claims", "Deals", "Export"):
        grant(chief, Role.EXECUTIVE, unit=make_unit(name))
    told = made(chief).figures
    assert plain(told["scope"]) == "The whole company; only money of Audit, Board, Claims and 2 more units and below"
    assert any("Audit, Board, Claims, Deals and Export, and" in each["text"] for each in told["definitions"])


def test_money_of_a_part_is_not_compared_with_the_target_of_the_company(scaled, executive):
    chief = make_person("Chief of one", Role.EXECUTIVE, role_unit=scaled.unit)
    bucket = make_entry(Bucket, "Cash desks")
    parts = [made(chief), made(executive, unit=scaled.unit), made(executive, bucket=bucket)]
    for told in (figures_of(pack) for pack in parts):
        assert told["net_value"]["target"] == ""
        assert told["net_value"]["standing"] in ("For information", "Incomplete", "No data")
        assert told["net_value"]["sentence"].find("target") == -1
        assert "is not compared with it" in told["net_value"]["definition"]
        assert told["stable_owner"]["target"]
    whole = figures_of(made(executive))["net_value"]
    assert (whole["target"] != "", whole["standing"]) == (True, "Off target")
    assert "not compared" not in whole["definition"]


def test_whose_roles_show_no_money_gets_none(scaled, requester):
    pack = made(requester)
    assert [figure["name"] for figure in pack.figures["figures"]] == ["lead_time", "stable_owner", "adoption", "closed"]
    told = " ".join(words_of_slides(pack)) + json.dumps(pack.figures)
    told += str(load_workbook(io.BytesIO(content(pack, "xlsx"))).sheet_names)
    assert "1,250" not in told
    assert "1250" not in told
    assert "Net value" not in told


def test_before_it_is_ready_only_whoever_asked_sees_it(scaled, executive, office_lead, client):
    pack = ask_for_pack(actor=executive, days=30, as_of=DAY)
    assert [sees(executive, pack), sees(office_lead, pack)] == [True, False]
    client.force_login(executive)
    page = client.get(pack.get_absolute_url()).text
    assert 'hx-trigger="every 1s"' in page
    assert client.get(f"{pack.get_absolute_url()}pdf/").status_code == 404
    make_pack(pack.pk)
    swapped = client.get(pack.get_absolute_url(), headers={"HX-Request": "true"}).text
    assert "<html" not in swapped
    assert "hx-trigger" not in swapped


def test_pages_ask_download_and_list(scaled, executive, client, django_assert_max_num_queries):
    client.force_login(executive)
    form = client.get("/dashboard/packs/new/?days=60&as_of=2026-06-10").text
    assert 'value="2026-06-10"' in form
    typed = {"days": 60, "as_of": "2026-06-10", "unit": "", "bucket": "", "key": "page:7"}
    for _ in range(2):
        answer = client.post("/dashboard/packs/new/", typed)
        assert answer.status_code == 302
    pack = BoardPack.objects.get()
    make_pack(pack.pk)
    for kind in PackFile.Kind:
        file = client.get(f"{pack.get_absolute_url()}{kind}/")
        name = f'attachment; filename="board-pack-60-days-2026-06-10.{kind}"'
        assert (file["Content-Disposition"], file.content) == (name, content(pack, kind))
    assert client.get(f"{pack.get_absolute_url()}docx/").status_code == 404
    for wrong in ({"days": 45}, {"as_of": "2026-06-16"}, {"as_of": "1999-01-01"}, {"unit": "999999"}):
        assert client.post("/dashboard/packs/new/", typed | wrong).status_code == 422
    made(executive)
    made(executive, days=90)
    with django_assert_max_num_queries(14):
        page = client.get("/dashboard/packs/").text
    assert page.count("PowerPoint<") == 3


def test_the_api_asks_tells_and_hands_out(scaled, executive):
    script = Script(make_api_token(executive)[1])
    answer = script.post("board-packs/", {"days": 30, "as_of": "2026-06-14", "unit": scaled.unit_id})
    assert answer.status_code == 201
    pack = BoardPack.objects.get()
    assert (answer.json()["state"], answer.json()["figures"]) == ("queued", [])
    assert script.get(f"board-packs/{pack.pk}/pdf/", accept="application/pdf").status_code == 404
    make_pack(pack.pk)
    told = script.get(f"board-packs/{pack.pk}/").json()
    values = {(each["name"], line["name"]): line["now"] for each in told["figures"] for line in each["values"]}
    pack.refresh_from_db()
    shown = script.get("dashboard/", {"window": 30, "as_of": "2026-06-14", "unit": scaled.unit_id}).json()
    money, owners, lead = shown["net_value"], shown["stable_owner"], shown["lead_time_days"]
    assert values["net_value", "amount"] == money["amount"] == "-1250.25"
    assert values["net_value", "run_cost"] == money["run_cost"] == "1250.25"
    assert values["stable_owner", "share"] == owners["share"]
    assert (values["lead_time", "median"], values["lead_time", "p90"]) == (str(lead["median"]), str(lead["p90"]))
    for kind in PackFile.Kind:
        file = script.get(f"board-packs/{pack.pk}/{kind}/", accept="*/*")
        assert file.content == content(pack, kind)
    assert [each["id"] for each in script.get("board-packs/").json()["results"]] == [pack.pk]


@pytest.mark.parametrize(
    "pins",
    [{"days": 45}, {"days": "x"}, {"as_of": "2026-06-16"}, {"as_of": "1999-12-31"}, {"as_of": "soon"}, {"unit": 987654},
     {"bucket": 0}, {"known_at": "2026-06-01"}],
)  # fmt: skip
def test_wrong_pins_are_refused(executive, pins):
    answer = Script(make_api_token(executive)[1]).post("board-packs/", pins)
    assert answer.status_code == 422
    assert not BoardPack.objects.exists()


def test_days_that_no_figure_is_told_of_are_refused(executive):
    for day in (date(2026, 6, 16), date(2001, 12, 31)):
        with pytest.raises(DomainError):
            ask_for_pack(actor=executive, days=30, as_of=day)


def at(*moment: int):
    return clock.fixed_at(datetime(*moment, tzinfo=UTC))


def asked_as_of() -> list[date]:
    return [*BoardPack.objects.order_by("as_of").values_list("as_of", flat=True)]


@pytest.mark.parametrize(("zone", "ends"), [("Europe/Berlin", (6, 30, 22)), ("America/New_York", (7, 1, 4))])
def test_monthly_packs_come_once_a_month_in_the_office_s_days(executive, stranger, zone, ends):
    with timezone.override(zone):
        subscription = subscribe_to_packs(actor=executive, days=30)
        assert subscribe_to_packs(actor=executive, days=30) == subscription
        assert ask_for_monthly_packs() == 0
        july = datetime(2026, *ends, tzinfo=UTC)
        with clock.fixed_at(july - timedelta(minutes=1)):
            assert ask_for_monthly_packs() == 0
        with clock.fixed_at(july):
            assert (ask_for_monthly_packs(), ask_for_monthly_packs()) == (1, 0)
            # June was over when this one began.
            subscribe_to_packs(actor=stranger, days=30)
            assert ask_for_monthly_packs() == 0
        assert asked_as_of() == [date(2026, 6, 30)]
        # July's was missed until the ninth; of months that nobody ran it, the last one comes.
        with at(2026, 8, 9, 9):
            assert (ask_for_monthly_packs(), ask_for_monthly_packs()) == (2, 0)
        with at(2028, 3, 1, 12):
            assert (ask_for_monthly_packs(), ask_for_monthly_packs()) == (2, 0)
        assert {*asked_as_of()} == {date(2026, 6, 30), date(2026, 7, 31), date(2028, 2, 29)}


def test_a_monthly_pack_that_could_not_be_made_is_asked_for_twice_more(executive):
    subscribe_to_packs(actor=executive, days=30)
    with at(2026, 7, 1, 5, 0):
        asked = []
        for _ in range(5):
            asked.append(ask_for_monthly_packs())
            BoardPack.objects.update(state="failed")
        assert asked == [1, 1, 1, 0, 0]
    with at(2026, 8, 1, 5, 0):
        assert (ask_for_monthly_packs(), ask_for_monthly_packs()) == (1, 0)
        make_pack(BoardPack.objects.latest("pk").pk)
        assert ask_for_monthly_packs() == 0


def test_whoever_left_or_ended_it_gets_none(executive, stranger, service_account):
    subscribe_to_packs(actor=executive, days=30)
    ended = subscribe_to_packs(actor=stranger, days=60)
    with pytest.raises(PermissionDenied):
        end_subscription(ended, actor=executive)
    end_subscription(ended, actor=stranger)
    end_subscription(ended, actor=stranger)
    assert Event.objects.filter(name="packs.unsubscribed").count() == 1
    executive.is_active, executive.deactivated_at = False, clock.now()
    executive.save()
    with at(2026, 7, 1, 5, 0):
        assert ask_for_monthly_packs() == 0
    with pytest.raises(PermissionDenied):
        subscribe_to_packs(actor=service_account, days=30)


def mailed(person) -> tuple[Mail, BoardPack]:
    with at(2026, 7, 1, 5, 0):
        ask_for_monthly_packs()
        pack = BoardPack.objects.get(asked_by=person)
        make_pack(pack.pk)
    return Mail.objects.get(person=person), pack


def test_the_mail_encloses_the_pdf_and_ends_by_one_click(scaled, executive, client):
    choose_mail(actor=executive, news="never")
    subscription = subscribe_to_packs(actor=executive, days=30)
    mail, pack = mailed(executive)
    letter = letter_of(mail)
    assert letter.attachments == [("board-pack-30-days-2026-06-30.pdf", content(pack, "pdf"), "application/pdf")]
    assert pack.get_absolute_url() in letter.body
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert address in letter.body
    path = address.partition("/mail/")[1] + address.partition("/mail/")[2]
    assert "End the monthly pack?" in client.get(path).text
    assert PackSubscription.objects.get(pk=subscription.pk).ended_at is None
    assert "No more of these packs" in client.post(path).text
    assert PackSubscription.objects.get(pk=subscription.pk).ended_at
    with pytest.raises(NotWantedError):
        letter_of(mail)
    assert client.get("/mail/packs/end/forged/").status_code == 404


def test_what_a_role_shows_no_more_is_not_mailed(scaled, executive):
    subscribe_to_packs(actor=executive, days=30)
    mail, _ = mailed(executive)
    executive.role_assignments.all().delete()
    with pytest.raises(NotWantedError):
        letter_of(Mail.objects.get(pk=mail.pk))


def test_subscriptions_on_the_page_and_over_the_api(scaled, executive, stranger, client):
    client.force_login(executive)
    answer = client.post("/dashboard/packs/subscriptions/", {"days": 30, "unit": scaled.unit_id, "bucket": ""})
    assert answer.status_code == 302
    subscription = PackSubscription.objects.get()
    assert str(subscription) in client.get("/dashboard/packs/").text
    assert client.post("/dashboard/packs/subscriptions/", {"days": 31}).status_code == 422
    script, other = Script(make_api_token(executive)[1]), Script(make_api_token(stranger)[1])
    again = script.post("pack-subscriptions/", {"days": 30, "unit": scaled.unit_id})
    assert (again.status_code, again.json()["id"]) == (201, subscription.pk)
    assert script.get(f"pack-subscriptions/{subscription.pk}/").json() == again.json()
    assert other.get("pack-subscriptions/").json()["results"] == []
    assert other.get(f"pack-subscriptions/{subscription.pk}/").status_code == 404
    assert other.delete(f"pack-subscriptions/{subscription.pk}/").status_code == 404
    client.force_login(stranger)
    assert client.post(f"/dashboard/packs/subscriptions/{subscription.pk}/end/").status_code == 404
    assert script.delete(f"pack-subscriptions/{subscription.pk}/").status_code == 204
    assert script.get("pack-subscriptions/").json()["results"] == []
    assert script.get(f"pack-subscriptions/{subscription.pk}/").status_code == 404


def test_a_share_is_written_alike_wherever_it_stands(scaled, executive, monkeypatch):
    """1,281 of 2,850 are 44.9 %, though four decimals of it would round to 45.0 %."""
    found = dashboard_of(executive, Asked(30, DAY))
    told = AdoptionCount(Sums(target=2850, active=1281), workflows=1)
    now = replace(found.now, adoption=told)
    monkeypatch.setattr(make_packs, "dashboard_of", lambda *_: replace(found, now=now))
    pack = made(executive)
    figure = next(each for each in pack.figures["figures"] if each["name"] == "adoption")
    assert {figure["value"], figure["lines"][0]["now_text"]} == {"44.9\N{NO-BREAK SPACE}%"}
    sheet = load_workbook(io.BytesIO(content(pack, "xlsx"))).get_sheet_by_name("Figures").to_python()
    assert [f"{row[2]:.1%}" for row in sheet[5:] if row[1] == "Active of target users"] == ["44.9%"]
