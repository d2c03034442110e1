"""Risks on pages: the tab, one risk, the register with its filters, files and the heat map."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from aiso.web.filtered import PAGE
from portfolio.heat_map import counts_by_place, level_of
from portfolio.models import Bucket, Initiative, Risk
from tests.factories import make_acceptance, make_initiative, make_person, make_risk, make_unit

from .conftest import NOON, TODAY

pytestmark = pytest.mark.django_db
LEVELS = st.integers(1, 5)


def at(initiative: Initiative, *parts: object) -> str:
    return reverse("portfolio:initiative_risks", args=[initiative.reference]) + "".join(f"{each}/" for each in parts)


def sent(owner, /, **other) -> dict:
    told = {"title": "Wrong orders", "cause": "Few labels", "event": "wrong answers", "effect": "late orders"}
    told |= {"likelihood": 4, "impact": 3, "treatment": "reduce", "measures": "More labels."}
    told |= {"residual_likelihood": 2, "residual_impact": 3}
    return told | {"owner": owner.email, "due_on": "2027-07-15"} | other


def edited(client, address: str, **changes) -> dict:
    """The form of a risk as it was opened, with some fields changed."""
    form = client.get(address).context["form"]
    opened = {name: form[name].value() for name in form.fields}
    return opened | {f"initial-{name}": value for name, value in opened.items()} | changes


def test_risks_are_raised_changed_treated_closed_and_reopened(client, initiative, technical_owner):
    client.force_login(initiative.business_owner)
    new = at(initiative, "new")
    for wrong in ({"title": ""}, {"owner": ""}, {"due_on": "2027-01-01"}, {"likelihood": 6}, {"residual_impact": 5}):
        assert client.post(new, sent(technical_owner, **wrong)).status_code == 422
    assert client.get(new).status_code == 200
    assert client.post(new, sent(technical_owner)).status_code == 302
    # Sent twice, it is there once.
    again = client.post(new, sent(technical_owner))
    assert (again.status_code, "stands here already" in again.content.decode()) == (422, True)
    risk = Risk.objects.get()
    edit = at(initiative, risk.pk, "edit")
    assert client.post(edit, edited(client, edit, title="Late orders")).status_code == 302
    for deed, once in (("treat", "Labels there."), ("close", "Switched off."), ("reopen", "On again.")):
        assert client.get(at(initiative, risk.pk, deed)).status_code == 200
        assert client.post(at(initiative, risk.pk, deed), {"reason": ""}).status_code == 422
        assert client.post(at(initiative, risk.pk, deed), {"reason": once}).status_code == 302
        assert client.post(at(initiative, risk.pk, deed), {"reason": once}).status_code == 422
    page = client.get(at(initiative, risk.pk)).content.decode()
    assert "Late orders" in page
    assert "On again." in page
    assert "Late orders" in client.get(f"{initiative.get_absolute_url()}history/").content.decode()
    tab = client.get(at(initiative)).content.decode()
    assert "Late orders" in tab
    assert "1 risk after treatment, 0 above appetite" in tab


def test_of_what_has_ended_a_risk_is_only_closed(client, office_member, technical_owner):
    ended = make_initiative("Ended", stage="closed")
    risk = make_risk(ended, technical_owner)
    client.force_login(office_member)
    page = client.get(at(ended, risk.pk)).content.decode()
    assert [verb in page for verb in ("Mark as treated", "data-edit", "/close/")] == [False, False, True]
    edit = at(ended, risk.pk, "edit")
    assert client.post(edit, edited(client, edit, title="Other")).status_code == 422
    assert client.post(at(ended, risk.pk, "treat"), {"reason": "So."}).status_code == 422
    assert client.post(at(ended, risk.pk, "close"), {"reason": "So."}).status_code == 302


def test_a_risk_that_nobody_bears_any_more_shows_as_open_again(client, initiative, technical_owner, office_member):
    past = {"status": "treated", "reason": "So.", "status_by": office_member, "status_at": NOON}
    left = make_risk(initiative, technical_owner, treatment="accept", measures="", **past)
    make_acceptance(left, office_member, TODAY - timedelta(days=1))
    client.force_login(office_member)
    for address in ("/risks/", at(initiative), at(initiative, left.pk)):
        assert "open again, not accepted" in client.get(address).content.decode()


def test_what_is_left_is_accepted_and_withdrawn(client, initiative, risk, risk_owner):
    client.force_login(risk_owner)
    accept, withdraw = at(initiative, risk.pk, "accept"), at(initiative, risk.pk, "withdraw")
    asked = client.get(accept).content.decode()
    assert "You answer for it by name that <b>6</b>, moderate, within the appetite of <b>9</b>" in asked
    assert "; after treatment <b>6</b>" in asked
    for wrong in ({"reason": ""}, {"until": "2027-01-01"}, {"until": "2028-06-16"}, {"until": "soon"}):
        assert client.post(accept, {"reason": "Borne.", "until": "2027-12-31"} | wrong).status_code == 422
    assert client.post(accept, {"reason": "Borne.", "until": "2027-12-31"}).status_code == 302
    assert client.post(accept, {"reason": "Borne.", "until": "2027-12-31"}).status_code == 422
    page = client.get(at(initiative, risk.pk)).content.decode()
    assert "accepted until 31 Dec 2027" in page.replace("\xa0", " ")
    assert "Borne." in page
    assert client.post(withdraw, {"reason": "Wrong."}).status_code == 302
    assert client.post(withdraw, {"reason": "Wrong."}).status_code == 422
    assert "nobody has accepted that" in client.get(at(initiative, risk.pk)).content.decode()


def test_a_higher_score_is_told_to_void_the_acceptance(client, initiative, risk, office_member):
    make_acceptance(risk, office_member, TODAY)
    client.force_login(initiative.business_owner)
    edit = at(initiative, risk.pk, "edit")
    answer = client.post(edit, edited(client, edit, residual_likelihood=4), follow=True)

    assert "it is accepted no longer" in answer.content.decode()
    assert "Voided by a higher score" in answer.content.decode()


def test_two_editors_of_one_risk_are_shown_each_other(client, initiative, risk):
    client.force_login(initiative.business_owner)
    mine = edited(client, at(initiative, risk.pk, "edit"), likelihood=5)
    Risk.objects.update(likelihood=3)

    answer = client.post(at(initiative, risk.pk, "edit"), mine)
    assert answer.status_code == 409
    assert "“3”" in answer.content.decode()


def test_others_see_it_and_may_not(client, initiative, risk, stranger, risk_owner, grave):
    client.force_login(stranger)
    assert client.get(at(initiative)).status_code == client.get(at(initiative, risk.pk)).status_code == 200
    for deed in ("edit", "treat", "close", "reopen", "accept", "withdraw"):
        assert client.get(at(initiative, risk.pk, deed)).status_code == 403
        assert client.post(at(initiative, risk.pk, deed), {}).status_code == 403
    assert client.get(at(initiative, "new")).status_code == 403
    client.force_login(risk_owner)
    assert client.get(at(initiative, grave.pk, "accept")).status_code == 403
    assert "Accept what is left" not in client.get(at(initiative, grave.pk)).content.decode()
    assert "Accept what is left" in client.get(at(initiative, risk.pk)).content.decode()


def test_of_a_confidential_one_nothing_is_found(client, initiative, risk, stranger, office_member):
    elsewhere = make_initiative("Claims")
    Initiative.objects.filter(pk=initiative.pk).update(is_confidential=True)
    client.force_login(stranger)

    for address in (at(initiative), at(initiative, risk.pk), at(initiative, risk.pk, "accept")):
        assert client.get(address).status_code == 404
    page = client.get(f"/risks/?initiative={initiative.pk}")
    assert set(page.context["register"].counts.values()) == {0}
    assert risk.title not in page.content.decode()
    assert risk.title not in client.get("/risks/export/?format=csv").getvalue().decode()
    client.force_login(office_member)
    assert client.get(at(elsewhere, risk.pk)).status_code == 404


def test_the_register_finds_by_all_that_it_filters(client, initiative, risk, grave, technical_owner, office_member):
    bucket = Bucket.objects.first()
    other = make_initiative("Claims", unit=make_unit("Motor", parent=initiative.unit), bucket=bucket, stage="build")
    low = {"likelihood": 1, "impact": 1, "residual_likelihood": 1, "residual_impact": 1}
    late = make_risk(other, office_member, "Late one", due_on=TODAY - timedelta(days=1), **low)
    past = {"reason": "So.", "status_by": office_member, "status_at": NOON}
    treated = make_risk(other, technical_owner, "Treated", status="treated", **past, **low)
    closed = make_risk(other, technical_owner, "Closed", status="closed", **past, **low)
    make_acceptance(risk, office_member, TODAY + timedelta(days=14))
    make_acceptance(grave, office_member, TODAY - timedelta(days=1))
    make_acceptance(treated, office_member, TODAY + timedelta(days=15))
    client.force_login(office_member)

    def found(query: str = "") -> list[Risk]:
        return client.get(f"/risks/?{query}").context["register"].page.rows

    assert found() == [grave, risk, treated, late]
    assert found("order=score") == [late, treated, risk, grave]
    assert found("order=due")[0] == found("order=inherent")[0] == late
    assert found("order=-inherent")[0] == grave
    assert found("state=mine") == found("due=past") == found(f"owner={office_member.pk}") == [late]
    assert found("state=closed") == [closed]
    assert found("status=treated") == [treated]
    assert found("due=soon") == [grave, risk]
    assert found(f"unit={other.unit_id}") == found(f"bucket={bucket.pk}") == found("stage=build") == [treated, late]
    assert found(f"initiative={initiative.pk}") == [grave, risk]
    assert found("appetite=above") == [grave]
    assert found("appetite=above&basis=inherent") == [grave, risk]
    assert found("appetite=within") == [risk, treated, late]
    assert found("acceptance=accepted") == [risk, treated]
    assert found("acceptance=expiring") == [risk]
    assert found("acceptance=expired") == [grave]
    assert found("acceptance=none") == [grave, late]
    assert found("likelihood=2&impact=3") == [risk]
    assert found("likelihood=4&impact=3&basis=inherent") == [risk]
    assert found("stage=x&order=x&state=x&basis=x&unit=-1&after=x&likelihood=9&due=x") == found()
    register = client.get("/risks/?appetite=above&due=soon").context["register"]
    told = [(chip.label, chip.text) for chip in register.chips]
    assert told == [("Appetite", "above"), ("Due", "within a week")]
    assert register.counts == {"open": 4, "mine": 1, "closed": 1, "above": 1, "late": 1, "expired": 1}


def test_every_cell_of_the_heat_map_leads_to_as_many_rows(client, initiative, risk, grave, technical_owner, stranger):
    make_risk(initiative, technical_owner)
    client.force_login(stranger)
    for address in ("/risks/", "/risks/?basis=inherent", at(initiative), f"{at(initiative)}?basis=inherent"):
        page = client.get(address)
        heat = page.context["heat"] if "heat" in page.context else page.context["register"].heat
        cells = [cell for _, row in heat.rows for cell in row]
        assert (len(cells), sum(cell.count for cell in cells)) == (25, 3)
        for cell in cells:
            if cell.count:
                url = cell.url if cell.url.startswith("/") else f"/risks/{cell.url}"
                register = client.get(url).context["register"]
                assert (register.count, len(register.page.rows)) == (cell.count, cell.count)
                assert register.heat.total == 3
        assert heat.above == (1 if "inherent" not in address else 3)


def test_pages_cost_the_same_however_many(client, initiative, risk, office_member):
    client.force_login(office_member)
    made = make_risk(initiative, make_person(), due_on=TODAY - timedelta(days=1))

    def cost(address: str) -> int:
        office_member.__dict__.pop("role_units", None)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    pages = ("/risks/", at(initiative), at(initiative, made.pk), "/risks/export/?format=csv")
    for address in pages:
        cost(address)
    before = [cost(address) for address in pages]
    for _ in range(PAGE + 5):
        make_acceptance(make_risk(initiative, make_person()), office_member, TODAY)
        make_risk(make_initiative(), make_person())
    assert [cost(address) for address in pages] == before
    assert before[0] <= 18
    assert before[2] <= 18
    first = client.get("/risks/").context["register"]
    second = client.get(f"/risks/?after={first.page.after}").context["register"]
    assert len(first.page.rows) == PAGE
    assert not {row.pk for row in first.page.rows} & {row.pk for row in second.page.rows}


def test_what_is_shown_comes_as_a_file(client, risk, stranger):
    Risk.objects.update(title="=1+1")
    client.force_login(stranger)

    lines = client.get("/risks/export/?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Initiative,Name,Unit,Risk,Because of")
    assert "=1+1" in lines[1]
    assert ",=1+1" not in lines[1]
    assert len(lines[0].split(",")) == len(lines[1].split(","))
    workbook = client.get("/risks/export/?format=xlsx")
    assert workbook.headers["Content-Disposition"] == 'attachment; filename="risks-2027-06-15.xlsx"'
    assert workbook.content[:2] == b"PK"


@pytest.mark.parametrize(
    ("score", "level"), [(1, "Low"), (4, "Low"), (5, "Moderate"), (9, "Moderate"), (10, "High"), (16, "High")]
)
def test_a_score_has_its_word(score, level):
    assert (level_of(score), level_of(20), level_of(25)) == (level, "Very high", "Very high")


class HeatMapCounts(TestCase):
    """Against a plain count of whatever risks there are."""

    @settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(LEVELS, LEVELS, LEVELS, LEVELS, st.booleans()), max_size=12), st.integers(1, 25))
    def test_counts_are_those_of_a_plain_count(self, levels, appetite) -> None:
        initiative, owner = make_initiative(), make_person()
        for likelihood, impact, after, left, is_closed in levels:
            ended = {"status": "closed", "reason": "So.", "status_by": owner, "status_at": NOON} if is_closed else {}
            residual = {"residual_likelihood": min(likelihood, after), "residual_impact": min(impact, left)}
            make_risk(initiative, owner, likelihood=likelihood, impact=impact, **residual, **ended)

        shown = [(a, b, min(a, c), min(b, d)) for a, b, c, d, is_closed in levels if not is_closed]
        every = Risk.objects.filter(initiative=initiative).open()
        for basis, place in (("inherent", slice(0, 2)), ("residual", slice(2, 4))):
            counts = counts_by_place(every, basis)
            for likelihood in range(1, 6):
                for impact in range(1, 6):
                    plain = len([row for row in shown if row[place] == (likelihood, impact)])
                    assert counts[likelihood, impact] == plain
            plainly_above = len([row for row in shown if row[place][0] * row[place][1] > appetite])
            assert every.above(appetite, basis).count() == plainly_above
            assert every.within(appetite, basis).count() == len(shown) - plainly_above
