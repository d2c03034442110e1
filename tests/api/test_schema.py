"""The API answers as its schema says, whatever is sent: schemathesis asks as the office, the same way every time."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks as openapi_checks

from aiso import clock
from aiso.api.schema import document
from aiso.configuration.actions import start_draft
from aiso.configuration.kinds import kind_of
from aiso.configuration.models import ConfigurationVersion
from aiso.events.models import Event, Mail, Notification
from aiso.wsgi import application
from portfolio.actions.intakes import start_intake
from portfolio.actions.report_incidents import report_incident
from portfolio.models import ImportJob, Incident, InventoryFile, Objective, OutcomeMetric, Supplier, Tool
from stagegates.models import (
    Decision,
    Evidence,
    FastLaneAudit,
    MonitoringTask,
    Requirement,
    ReviewFunction,
    SpecialistRequest,
    SpendFile,
    WrittenBallot,
)
from tests.factories import (
    make_barrier,
    make_comment,
    make_criterion,
    make_decision,
    make_entry,
    make_initiative,
    make_item,
    make_meeting,
    make_ownership,
    make_person,
    make_release,
    make_risk,
    make_seat,
    make_unit,
)
from tests.stagegates.decisions.conftest import make_condition
from tests.stagegates.decisions.conftest import make_review as review_to_decide
from tests.stagegates.sign_offs.factories import make_review, sign_off_of
from value.models import BoardPack, PackSubscription

from .conftest import make_api_token

pytestmark = pytest.mark.django_db

# A stale version is told before the body is looked at (RFC 9110, 13.2.1).
REFUSED = {"negative_data_rejection": {"expected-statuses": ["4xx"]}}

schema = schemathesis.openapi.from_dict(
    json.loads(json.dumps(document())), config=SchemathesisConfig.from_dict({"checks": REFUSED})
)
schema.app = application

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.allow_header_conformance,
    openapi_checks.unsupported_method,
    openapi_checks.missing_required_header,
    openapi_checks.negative_data_rejection,
]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """A request outside Django's test client would close the connection, and lose the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(_one_connection, office_member, settings) -> dict[str, Any]:
    """One of each thing that addresses and bodies name."""
    settings.API_REQUESTS_A_MINUTE = 10**9
    initiative, person = make_initiative("Pumps", owner=office_member), make_person("Anna Berg")
    job = ImportJob.objects.create(
        uploaded_by=office_member, file_name="cases.csv", file_size=9, header_row=1, rows_total=0, source="cases",
        as_of="2026-01-01", headers=["Name"], mapping=["use_case_name"], suggested=[["use_case_name", 1.0]],
    )  # fmt: skip
    metric = OutcomeMetric.objects.create(initiative=initiative, name="Stops", unit="a month", direction="down")
    return {
        "token": make_api_token(office_member)[1],
        "initiative": initiative.reference,
        "reference": initiative.reference,
        "unit": make_unit("Claims").pk,
        "person": person.pk,
        "comments": make_comment(initiative, office_member).pk,
        "metrics": metric.pk,
        "deputies": make_ownership(initiative, person, is_deputy=True).pk,
        "imports": job.pk,
        "tool": (tool := make_entry(Tool)).pk,
        "tools": tool.pk,
        "function": "legal",
        "suppliers": make_entry(Supplier).pk,
        "objectives": make_entry(Objective).pk,
        "decisions": (decision := make_decision(initiative)).pk,
        "decision": decision.pk,
        "standard": "privacy-assessment",
        "notifications": Notification.objects.create(
            person=office_member, event=Event.objects.create(name="comment.added"), text="Mentioned", path="/"
        ).pk,
        "outgoing-mail": Mail.objects.create(person=office_member).pk,
        "intake": start_intake(actor=office_member).reference,
        "board-packs": BoardPack.objects.create(asked_by=office_member, key="k", as_of="2026-01-01").pk,
        "pack-subscriptions": PackSubscription.objects.create(person=office_member).pk,
        "risks": make_risk(initiative, office_member).pk,
        "incident": (incident := _incident(initiative, office_member)).reference,
        "incidents": incident.reference,
        "barriers": make_barrier(initiative, office_member).pk,
        "release": (criterion := make_criterion(make_release(initiative, office_member))).release_id,
        "releases": criterion.release_id,
        "criteria": criterion.pk,
        "files": InventoryFile.objects.create(
            uploaded_by=office_member,
            file_name="d.csv",
            kind="decisions",
            headers=["Decision"],
            mapping=["name"],
            rows=[],
        ).pk,
        "rules": start_draft(kind_of("governance-matrix"), actor=office_member).kind,
        "forum": "portfolio-review",
        "members": make_seat("portfolio-review", person).pk,
        "meeting": (meeting := make_meeting("portfolio-review")).pk,
        "meetings": meeting.pk,
        "items": (item := make_item(meeting)).pk,
        "pre-read": item.pk,
        "spending-files": SpendFile.objects.create(
            uploaded_by=office_member,
            file_name="erp.csv",
            headers=["Initiative", "Amount"],
            mapping=["initiative", "amount"],
            rows=[[2, ["AI-0001", "5"]]],
        ).pk,
        "backlog": make_item(None, forum=meeting.forum).pk,
        "sign-offs": sign_off_of(make_review(initiative, person, "legal"), "legal").pk,
        "evidence": Evidence.objects.create(
            initiative=initiative, code="data-fit/lineage", version=1, kind="statement", text="So.", given_by=person
        ).pk,
        "specialist-requests": SpecialistRequest.objects.create(
            initiative=initiative,
            function=ReviewFunction.objects.get(slug="legal"),
            first_month="2026-01-01",
            last_month="2026-01-01",
            hours=1,
            purpose="Contract",
            asked_by=person,
        ).pk,
        "monitoring": MonitoringTask.objects.create(
            initiative=initiative,
            counted_from="2026-01-01",
            due_on="2026-07-01",
            months=6,
            rule="moderate",
            rule_name="Moderate",
            version=ConfigurationVersion.objects.in_force("governance-matrix"),
        ).pk,
    } | _decided(make_initiative("Valves"), person)


def _incident(initiative: Any, person: Any) -> Incident:
    told = {"title": "Wrong", "severity": "minor", "what_happened": "All.", "detection": "user"}
    return report_incident(initiative, actor=person, support_owner=person, happened_at=clock.now(), **told)


def _decided(initiative: Any, person: Any) -> dict[str, Any]:
    """A review that was decided with a condition, its ballot and its audit."""
    review = review_to_decide(initiative)
    told = {"body": review.body, "outcome": "conditions", "rationale": "Go on."}
    ballot = WrittenBallot.objects.create(review=review, opened_by=person, closes_on="2026-01-01", **told)
    decision = Decision.objects.create(initiative=initiative, review=review, way="meeting", decided_by=person, **told)
    audit = FastLaneAudit.objects.create(decision=decision, requester=person, draw=0, share=1, is_first=True)
    requirement = Requirement.objects.create(
        review=review, code="data-fit/lineage", gate="data-fit", text="Lineage", evidence="document"
    )
    return {
        "review": review.pk,
        "reviews": review.pk,
        "requirements": requirement.pk,
        "ballots": ballot.pk,
        "conditions": make_condition(decision, person).pk,
        "fast-lane-audits": audit.pk,
    }


# An operation with many parameters has hundreds of cases: too many for a suite that people wait for.
TAKEN_WHOLE = 40
_seen: Counter[str] = Counter()


@schema.parametrize()
@settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[*HealthCheck],
)
def test_each_operation_keeps_to_the_schema(case, world):
    if not is_taken(case):
        return
    wrong = {place for place, how in case.meta.components.items() if how.mode.is_negative}
    if ParameterLocation.PATH not in wrong:
        name_what_there_is(case, world)
    if not wrong:
        mean_it(case, world)
    # A request whose headers are meant to be wrong keeps the token that it made up.
    headers = {} if ParameterLocation.HEADER in wrong else {"Authorization": f"Bearer {world['token']}"}
    case.call_and_validate(headers=headers, checks=CHECKS)


def is_taken(case: Any) -> bool:
    """All of an operation's first cases and every tenth of the rest, which try each value of each parameter."""
    number = _seen[case.operation.label]
    _seen[case.operation.label] += 1
    return number < TAKEN_WHOLE or number % 10 == 0


def name_what_there_is(case: Any, world: dict[str, Any]) -> None:
    noun = case.operation.path.partition("/{id}/")[0].rpartition("/")[2]
    named = {**world, "id": world.get(noun, 1)}
    for name in case.path_parameters or {}:
        if name in named:
            case.path_parameters[name] = named[name]


def mean_it(case: Any, world: dict[str, Any]) -> None:
    """Leave out places and versions made up, which would be all that is looked at, and name people and units."""
    for name in ("after", "before"):
        (case.query or {}).pop(name, None)
    (case.headers or {}).pop("If-Match", None)
    for name in ("unit", "person", "review"):
        if isinstance(case.body, dict) and isinstance(case.body.get(name), int):
            case.body[name] = world[name]
