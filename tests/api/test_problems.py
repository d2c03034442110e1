"""Every error below /api/ has one form, whoever makes it, and nothing that is sent breaks anything."""

import pytest
from django.db import connection
from django.test import Client

from aiso.api.problems import PROBLEMS
from portfolio.api import initiatives
from tests.factories import make_unit

from .conftest import PROBLEM, Script, at, kind, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1/nothing/", "/api/v2/", "/api/v1/initiatives/AI-x/", "/api/v1/lists/no/"]
)
def test_an_unknown_address(office, address):
    assert kind(office.client.get(address), 404) == "not-found"
    assert kind(Client().post(address), 404) == "not-found"


def test_an_address_without_its_slash_is_led_on_only_to_read(office):
    assert office.client.get("/api/v1/initiatives").status_code == 301
    assert "slash" in problem(office.client.post("/api/v1/initiatives", {}, "application/json"), 404)["detail"]


def test_a_wrong_method(office):
    for method in ("put", "options", "trace", "delete"):
        answer = getattr(office.client, method)(at("initiatives/"))
        assert kind(answer, 405) == "method"
        assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_a_wrong_format(office):
    assert kind(office.client.get(at("me/"), headers={"Accept": "text/html"}), 406) == "not-acceptable"
    assert kind(office.client.post(at("units/"), "name=x", "application/x-www-form-urlencoded"), 415) == "media-type"
    assert kind(office.post("imports/", {"file": "x"}), 415) == "media-type"


BROKEN = [
    b"{",
    b"nope",
    b'{"name": NaN}',
    b'{"name": 1e999}',
    b"\xff\xfe{}",
    b'"\\ud800"',
    b"[" * 100_000,
    b'{"name": "\xc3\x28"}',
]


@pytest.mark.parametrize("body", BROKEN)
def test_broken_json(office, body):
    assert kind(office.client.post(at("initiatives/"), body, "application/json"), 400) == "malformed"


WRONG = [
    "[]",
    "null",
    "5",
    '"text"',
    "{}",
    '{"name": "x\\u0000y", "unit": 1}',
    '{"name": {"a": []}, "unit": 1}',
    '{"name": "x", "unit": true}',
    '{"name": "x", "unit": 1.5}',
    '{"name": "x", "unit": -1}',
    '{"name": "x", "unit": 99999999999999999999999999}',
    '{"name": "x", "unit": 9223372036854775807}',
    '{"name": "x", "unit": 1, "value": 1e300}',
    '{"name": "x", "unit": 1, "tags": [99999999999999999999]}',
    '{"name": "x", "unit": 1, "tags": {"a": 1}}',
    '{"name": "x", "unit": 1, "since": "99999-01-01"}',
    '{"name": "x", "unit": 1, "nonsense\\u0000": 1}',
]


@pytest.mark.parametrize("body", WRONG)
def test_wrong_bodies_are_pointed_at(office, body):
    told = problem(office.client.post(at("initiatives/"), body, "application/json"), 422)
    assert told["errors"]
    assert all(set(error) == {"pointer", "message"} for error in told["errors"])


def test_every_wrong_part_is_named_at_once(office):
    told = problem(office.post("initiatives/", {"value": 9, "tags": [0], "stage": "scaled"}), 422)
    pointers = {error["pointer"] for error in told["errors"]}
    assert pointers == {"/name", "/unit", "/value", "/tags/0", "/stage"}


def test_too_large(office, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert kind(office.post("initiatives/", {"name": "x" * 2000}), 413) == "too-large"
    huge = office.client.post(at("initiatives/"), b"", "application/json", headers={"Content-Length": str(10**9)})
    assert kind(huge, 413) == "too-large"


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ff", "page_size=1e9", "page_size=999999999999999999999", "priority_min=1e400000", "unit=x&unit=%ff",
     "unit=999999999999999999999999", "in_stage_since_after=0000-00-00", "after=%F0%9F", "order=name;drop", "stage=",
     "after=WzEsMV0&before=WzEsMV0", "value=NaN", f"q={'x' * 300}", "count=perhaps"],
)  # fmt: skip
def test_odd_parameters_never_break_anything(office, query):
    answer = office.client.get(f"{at('initiatives/')}?{query}")
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.headers["Content-Type"] == PROBLEM


def test_a_parameter_that_makes_no_sense_is_named(office):
    def wrong(query: str) -> set[str]:
        errors = problem(office.client.get(f"{at('initiatives/')}?{query}"), 400)["errors"]
        return {error["parameter"] for error in errors}

    assert wrong("stages=pilot&foo=1") == {"stages", "foo"}
    assert wrong("stage=piloted&unit=999") == {"stage", "unit"}
    assert wrong("page_size=201") == {"page_size"}
    assert wrong("order=size") == {"order"}
    assert wrong("after=abc") == {"after"}
    assert wrong("tag=") == {"tag"}


def test_what_nobody_expected_is_a_problem_too(office_member, script, monkeypatch):
    office = Script(raise_request_exception=False)
    office.client.defaults |= script(office_member).client.defaults

    def broken(*args, **named):
        raise RuntimeError("Broken on purpose.")

    monkeypatch.setattr(initiatives, "drawn_rows", broken)
    answer = office.get("initiatives/")
    assert kind(answer, 500) == "error"
    assert "purpose" not in answer.content.decode()


def test_what_the_database_refuses_is_a_conflict(office_lead, script, monkeypatch):
    """A unit in the same place with the same name, added past the check by somebody quicker."""
    make_unit("Claims")
    monkeypatch.setattr("aiso.accounts.models.BusinessUnit.full_clean", lambda unit: None)
    assert kind(script(office_lead).post("units/", {"name": "Claims"}), 409) == "in-use"
    assert not connection.needs_rollback


def test_each_kind_is_explained_where_its_type_leads(client, stranger):
    client.force_login(stranger)
    page = client.get("/api/v1/docs/problems/").content.decode()
    for each in PROBLEMS.values():
        assert f'id="{each.slug}"' in page
        assert each.type == f"/api/v1/docs/problems/#{each.slug}"
