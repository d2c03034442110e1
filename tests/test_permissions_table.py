"""Every address as every role, against the table in docs/permissions.md that people read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from aiso import clock
from aiso.accounts.models import Role, User
from aiso.accounts.models.role import REVIEWERS
from aiso.configuration.actions import start_draft
from aiso.configuration.models import ConfigurationVersion
from aiso.events.letters import SALT
from aiso.events.models import Event, Mail, Notification
from forums.actions.action_items import give_action
from forums.actions.minutes import close_meeting, write_addendum
from forums.models import AgendaItem, Forum, Meeting
from portfolio.actions import review_incidents
from portfolio.actions.edit_initiative import Change
from portfolio.actions.handle_incidents import resolve_incident
from portfolio.actions.report_incidents import report_incident
from portfolio.actions.tell_of_incidents import add_escalation
from portfolio.configured.lane import KIND as LANE
from portfolio.models import (
    Asset,
    Attachment,
    BarrierKind,
    Bucket,
    BulkEdit,
    DecisionReading,
    ImportedRecord,
    ImportJob,
    Initiative,
    Intake,
    InventoryFile,
    LevelChoice,
    Link,
    MessageTemplate,
    Objective,
    OutcomeMetric,
    OwnerKind,
    Plan,
    SavedView,
    StepDown,
    Supplier,
    Tag,
    Tool,
    ValueMapEntry,
    Workflow,
)
from portfolio.undo import Edited, offer_undo
from stagegates.actions.ask_funding import ask_money
from stagegates.actions.ask_question import ask_question
from stagegates.actions.expand import ask_expansion
from stagegates.actions.funding import commit_money, record_spend
from stagegates.actions.give_evidence import give_evidence
from stagegates.actions.merge import merge_into
from stagegates.actions.open_review import open_review
from stagegates.actions.ruling import NewCondition, Ruling
from stagegates.actions.waive_requirement import waive_requirement
from stagegates.configured.matrix import KIND as MATRIX
from stagegates.models import (
    ApprovedPlan,
    Closure,
    Decision,
    FastLaneAudit,
    GateReview,
    MeetingDecision,
    MonitoringTask,
    ReviewFunction,
    ReviewItem,
    SpecialistRequest,
    SpendFile,
    WrittenBallot,
)
from tests.api.conftest import make_api_token
from tests.factories import (
    fund,
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
    move_stage,
)
from tests.stagegates.decisions.conftest import make_condition, seat
from tests.stagegates.decisions.conftest import make_review as review_to_decide
from tests.stagegates.sign_offs.factories import answered, make_review, sign_off_of
from value.actions.post import post_entry
from value.actions.sharing import add_sharing_rule, post_shared_cost
from value.models import (
    AdoptionFile,
    AdoptionReading,
    BoardPack,
    CatalogueMetric,
    CostCentre,
    CostFile,
    LedgerEntry,
    Measurement,
    MeasurementFile,
    MethodConfirmation,
    PackFile,
    PackSubscription,
)
from value.packs.mailed import SALT as PACKS
from value.posting import NewEntry

pytestmark = pytest.mark.django_db

API = "/api/"
TABLE = Path(settings.BASE_DIR) / "docs" / "permissions.md"
# A page looks by GET and changes by POST; an address of the API names all its methods.
METHODS = {"address": ("get", "post"), "endpoint": ("get", "post", "patch", "delete")}
HEAD = re.compile(r"^\| (?P<kind>address|endpoint) \|")
LINE = re.compile(r"^\| `(?P<address>/[^`]*)` \| [^|]+ \| (?P<allowed>.+) \|$")

# Who is asked: somebody in each role, and those whom a thing concerns.
ROLES = [role.value for role in Role]
SIGNED_IN = [*(role for role in ROLES if role != Role.SERVICE_ACCOUNT), "stranger", "owner", "deputy", "oneself"]
EVERYONE = [*SIGNED_IN, Role.SERVICE_ACCOUNT.value, "anonymous"]
WORDS = {
    "public": EVERYONE,
    "everybody": SIGNED_IN,
    "changers": [each for each in SIGNED_IN if each != Role.AUDITOR],
    "programs": [Role.SERVICE_ACCOUNT.value],
    "office": ["office_member", "office_lead", "oneself"],
    "office leads": ["office_lead"],
    "other office": ["office_member", "office_lead"],
    "auditors": ["auditor"],
    "owners": ["owner", "deputy"],
    "business owner": ["owner"],
    "legal": ["legal_reviewer"],
    "procurement": ["procurement_reviewer"],
    "security": ["security_reviewer"],
    "risk": ["risk_reviewer"],
    "finance": ["finance_controller"],
    "executives": ["executive"],
    "reviewers": [role.value for role in REVIEWERS],
    "oneself": ["oneself"],
    "nobody": [],
}
# What a form sends, where an empty one would be refused before anybody asks who sends it. Names in
# braces stand for the id of that thing.
SENT: dict[str, dict[str, Any]] = {
    "/register/change/": {"field": "bucket", "value": "", "apply": "1", "pk": "{initiative_pk}"},
    "/imports/{uploaded}/columns/": {"source": "cases", "as_of": "2024-01-01", "column_0": "use_case_name"},
    "/administration/value-maps/stage/": {"raw": "In use", "value": "scale"},
    "/administration/value-maps/entries/{spelling}/edit/": {"entry-{spelling}-value": "scale"},
    "/register/views/": {"name": "Mine", "query": "stage=pilot"},
    "/initiatives/{initiative}/edit/name/": {"name": "New name", "initial-name": "{name}"},
    "/initiatives/{initiative}/edit/unit/": {"unit": "{unit}", "initial-unit": "{own_unit}"},
    "/initiatives/{initiative}/edit/requested_amount/": {"requested_amount": "60k"},
    "/initiatives/{initiative}/lane/raise/": {"reason": "Unusual."},
    "/initiatives/{raised}/lane/lower/": {"reason": "Looked at."},
    "/initiatives/{initiative}/owners/risk/deputies/": {"person": "{email}"},
    "/initiatives/{initiative}/discussion/new/": {"text": "Well begun."},
    "/initiatives/{confidential}/discussion/new/": {"text": "Well begun."},
    "/initiatives/{initiative}/discussion/{comment}/": {"text": "Better put."},
    "/initiatives/{initiative}/links/new/": {"name": "Plan", "address": "https://example.org/plan"},
    "/intakes/{draft}/steps/case/": {"name": "New name"},
    "/intakes/{asked}/reply/": {"text": "The other one."},
    "/intakes/{intake}/ask/": {"text": "Which one?"},
    "/intakes/{intake}/decline/": {"rationale": "It is there."},
    "/intakes/{intake}/join/": {"to": "{initiative}"},
    "/administration/people/{person}/roles/": {"role": "executive"},
    "/initiatives/{initiative}/decisions/accept/": {"role": "business"},
    "/reviews/{review}/edit/": {"ask": "Build two", "initial-ask": "Build it"},
    "/reviews/{review}/withdraw/": {"reason": "Not now."},
    "/reviews/{review}/requirements/{requirement}/waive/": {"reason": "Looked at."},
    "/initiatives/{unreviewed}/reviews/open/": {"ask": "Build it"},
    "/initiatives/{initiative}/evidence/give/data-fit/lineage/": {"link": "https://example.org/lineage"},
    "/initiatives/{initiative}/evidence/{evidence}/withdraw/": {"reason": "Of another."},
}
EVIDENCE = {"code": "data-fit/lineage", "link": "https://example.org/lineage"}
REQUIREMENT = "/api/v1/reviews/{review}/requirements/{requirement}/"
DECISION = {"name": "Find the order", "cost_of_error": "low", "reversibility": "easy"}
RISK = {
    "title": "No log",
    "cause": "No log",
    "event": "No answer",
    "effect": "Late",
    "treatment": "accept",
    "likelihood": 2,
    "impact": 2,
    "owner": "{person}",
    "due_on": "2090-01-01",
}
BARRIER = {"what": "No log", "kind": "{barrier_kind}", "owner": "{person}"}
RELEASE = {"name": "2.0", "scope": "One site"}
CRITERION = {"name": "Attacks withstood", "category": "red_team", "demand": "yes"}
SENT |= {
    "/sign-offs/{sign_off}/answer/": {
        "answer-{sign_off}-verdict": "approve",
        "answer-{sign_off}-reason": "Looked at.",
    },
    "/sign-offs/{sign_off}/ask/": {"ask-{sign_off}-text": "Which one?"},
    "/sign-offs/{sign_off}/pass/": {"pass-{sign_off}-to": "", "pass-{sign_off}-reason": "Away."},
    "/sign-offs/{questioned}/questions/{question}/reply/": {"reply-{question}-text": "The other one."},
}
ADJACENT = {"step": "adjacent", "what": "The next one", "reason": "It pays.", "skip_because": "One class only."}
# Those of decisions.
DECISION_SENT: dict[str, dict[str, Any]] = {
    "/reviews/{decided}/decide/": {
        "outcome": "terminate",
        "rationale": "Enough.",
        "how": "alone",
        "closing_reason": "cost",
        "lessons": "Dear.",
    },
    "/initiatives/{judged}/decide/": {"outcome": "pause", "rationale": "No staff."},
    "/initiatives/{judged}/merge/": {"survivor": "{goes_on}", "rationale": "Twice."},
    "/merges/{merge}/undo/": {"rationale": "They differ."},
    "/expansions/{expansion}/": {"outcome": "send_back", "rationale": "At the gate."},
    "/initiatives/{growing}/expansions/ask/": ADJACENT,
    "/ballots/{ballot}/": {"choice": "for"},
    "/ballots/{ballot}/withdraw/": {"reason": "A meeting is near."},
    "/closings/{closing}/lessons/": {"text": "Ask first."},
    "/decommissioning/{thing}/not-needed/": {"note": "Never had any."},
    "/decommissioning/{thing}/hand-over/": {"owner": "{email}", "due_on": "2099-01-01"},
    "/conditions/{condition}/meet/": {"note": "Done."},
    "/conditions/{condition}/refuse/": {"reason": "Not all."},
    "/conditions/{condition}/waive/": {"reason": "Not needed."},
    "/fast-lane/audits/{audit}/": {"finding": "in_order"},
}
SENT |= DECISION_SENT
SENT |= {"/funding/requests/{asked_money}/": {"outcome": "send_back", "rationale": "At the gate."}}
# The same for the API, by method and address.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", "/api/v1/units/"): {"name": "Motor"},
    ("patch", "/api/v1/units/{unit}/"): {"name": "Motor"},
    ("post", "/api/v1/units/{unit}/move/"): {"to": "{own_unit}"},
    ("post", "/api/v1/initiatives/"): {"name": "New", "unit": "{unit}"},
    ("patch", "/api/v1/initiatives/{initiative}/"): {"name": "New name"},
    ("patch", "/api/v1/initiatives/{confidential}/"): {"name": "New name"},
    ("patch", "/api/v1/initiatives/{initiative}/owners/risk/"): {"person": "{person}"},
    ("post", "/api/v1/initiatives/{initiative}/owners/risk/deputies/"): {"person": "{person}"},
    ("post", "/api/v1/initiatives/{initiative}/comments/"): {"text": "Well begun."},
    ("post", "/api/v1/initiatives/{confidential}/comments/"): {"text": "Well begun."},
    ("patch", "/api/v1/initiatives/{initiative}/comments/{comment}/"): {"text": "Better put."},
    ("post", "/api/v1/initiatives/{initiative}/metrics/"): {"name": "Stops", "unit": "a day", "direction": "down"},
    ("patch", "/api/v1/initiatives/{initiative}/metrics/{metric}/"): {"unit": "a day"},
    ("patch", "/api/v1/initiatives/{initiative}/answers/risk_tier/"): {"answers": {}},
    ("post", "/api/v1/initiatives/{initiative}/decisions/"): DECISION,
    ("post", "/api/v1/initiatives/{confidential}/decisions/"): DECISION,
    ("post", "/api/v1/initiatives/{initiative}/autonomy-map/accept/"): {"role": "business"},
    ("patch", "/api/v1/initiatives/{initiative}/decisions/{decision}/"): {"name": "Find the order"},
    ("post", "/api/v1/initiatives/{initiative}/lane/raise/"): {"reason": "Unusual."},
    ("post", "/api/v1/initiatives/{raised}/lane/lower/"): {"reason": "Looked at."},
    ("patch", "/api/v1/intakes/{draft}/"): {"answers": {"name": "New name"}},
    ("patch", "/api/v1/intakes/{intake}/"): {"answers": {"name": "New name"}},
    ("post", "/api/v1/intakes/{draft}/join/"): {"to": "{initiative}"},
    ("post", "/api/v1/intakes/{intake}/ask/"): {"text": "Which one?"},
    ("post", "/api/v1/intakes/{intake}/decline/"): {"rationale": "It is there."},
    ("post", "/api/v1/intakes/{intake}/join/"): {"to": "{initiative}"},
    ("post", "/api/v1/intakes/{asked}/reply/"): {"text": "The other one."},
    ("post", "/api/v1/tools/"): {"name": "New"},
    ("patch", "/api/v1/tools/{tool}/"): {"description": "Drafts replies."},
    ("patch", "/api/v1/tools/{tool}/clearances/legal/"): {"status": "approved"},
    ("patch", "/api/v1/tools/{tool}/clearances/procurement/"): {"status": "approved"},
    ("patch", "/api/v1/tools/{tool}/clearances/security/"): {"status": "approved"},
    ("post", "/api/v1/standards/"): {"title": "New", "kind": "playbook", "about": "How to."},
    ("patch", "/api/v1/standards/privacy-assessment/"): {"about": "Shorter."},
    ("patch", "/api/v1/initiatives/{initiative}/checklists/privacy-assessment/"): {"answers": {}},
    ("post", "/api/v1/suppliers/"): {"name": "New"},
    ("patch", "/api/v1/suppliers/{supplier}/"): {"notes": "Small."},
    ("patch", "/api/v1/imports/{uploaded}/"): {"source": "cases"},
    ("patch", "/api/v1/forums/portfolio-review/"): {"rank": 21},
    ("post", "/api/v1/capacity/"): {"function": "{legal}", "from_month": "2026-11-01", "hours": "10.0"},
    ("post", "/api/v1/configuration/lane/versions/1/withdraw/"): {"reason": "Too soon."},
    ("post", "/api/v1/initiatives/{initiative}/monitoring/{monitoring}/record/"): {"finding": "as_expected"},
    ("post", "/api/v1/specialist-requests/{specialists}/answer/"): {"agree": True},
    ("post", "/api/v1/initiatives/{initiative}/specialists/"): {
        "function": "{legal}",
        "first_month": "2090-01-01",
        "last_month": "2090-01-01",
        "hours": "10.0",
        "purpose": "Contract",
    },
    ("post", "/api/v1/initiatives/{initiative}/barriers/"): BARRIER,
    ("post", "/api/v1/initiatives/{confidential}/barriers/"): BARRIER | {"owner": "{office_lead}"},
    ("patch", "/api/v1/initiatives/{initiative}/barriers/{barrier}/"): {"what": "No log"},
    ("post", "/api/v1/initiatives/{initiative}/barriers/{barrier}/lift/"): {"how": "Granted."},
    ("post", "/api/v1/initiatives/{initiative}/risks/"): RISK,
    ("post", "/api/v1/initiatives/{confidential}/risks/"): RISK | {"owner": "{office_lead}"},
    ("patch", "/api/v1/initiatives/{initiative}/risks/{risk}/"): {"title": "No log"},
    ("post", "/api/v1/initiatives/{initiative}/risks/{risk}/treat/"): {"reason": "In place."},
    ("post", "/api/v1/initiatives/{initiative}/risks/{risk}/close/"): {"reason": "Gone."},
    ("post", "/api/v1/initiatives/{initiative}/risks/{risk}/reopen/"): {"reason": "Back."},
    ("post", "/api/v1/initiatives/{initiative}/risks/{risk}/withdraw/"): {"reason": "Wrong."},
    ("post", "/api/v1/initiatives/{initiative}/risks/{risk}/accept/"): {"reason": "Borne.", "until": "2090-01-01"},
    ("post", "/api/v1/initiatives/{initiative}/releases/"): RELEASE,
    ("post", "/api/v1/initiatives/{confidential}/releases/"): RELEASE,
    ("patch", "/api/v1/initiatives/{initiative}/releases/{release}/"): {"scope": "All"},
    ("post", "/api/v1/initiatives/{initiative}/releases/{release}/criteria/"): CRITERION,
    ("patch", "/api/v1/initiatives/{initiative}/releases/{release}/criteria/{criterion}/"): {"unit": "%"},
    ("post", "/api/v1/initiatives/{initiative}/releases/{release}/criteria/{criterion}/result/"): {"result": "1"},
    ("post", "/api/v1/initiatives/{judged}/merge/"): {"survivor": "{goes_on}", "rationale": "Twice."},
    ("post", "/api/v1/initiatives/{growing}/expansions/"): ADJACENT,
    ("post", "/api/v1/expansions/{expansion}/decide/"): {"outcome": "send_back", "rationale": "At the gate."},
    ("post", "/api/v1/merges/{merge}/undo/"): {"rationale": "They differ."},
    ("post", "/api/v1/forums/portfolio-review/members/"): {"person": "{person}"},
    ("post", "/api/v1/initiatives/{initiative}/plan/write/"): {"lines": []},
    ("post", "/api/v1/initiatives/{initiative}/plan-versions/"): {"reason": "Prices rose."},
    ("patch", "/api/v1/reviews/{review}/"): {"ask": "Build two"},
    ("patch", "/api/v1/reviews/{confidential_review}/"): {"ask": "Build two"},
    ("post", "/api/v1/reviews/{review}/withdraw/"): {"reason": "Not now."},
    ("post", f"{REQUIREMENT}waive/"): {"reason": "Looked at."},
    ("post", "/api/v1/initiatives/{initiative}/evidence/"): EVIDENCE,
    ("post", "/api/v1/initiatives/{initiative}/evidence/{evidence}/withdraw/"): {"reason": "Of another."},
}
BODIES |= {
    ("post", "/api/v1/sign-offs/{sign_off}/answer/"): {"verdict": "approve", "reason": "Looked at."},
    ("post", "/api/v1/sign-offs/{sign_off}/ask/"): {"text": "Which one?"},
    ("post", "/api/v1/sign-offs/{sign_off}/delegate/"): {"to": None, "reason": "Away."},
    ("post", "/api/v1/sign-offs/{questioned}/reply/"): {"text": "The other one."},
    ("post", "/api/v1/functions/"): {"name": "Works council"},
    ("patch", "/api/v1/functions/legal/"): {"about": "Laws."},
    ("post", "/api/v1/functions/legal/members/"): {"person": "{person}"},
    ("post", "/api/v1/functions/legal/end-member/"): {"member": "{function_member}"},
}
MEETING_SENT: dict[str, dict[str, Any]] = {
    "/forums/portfolio-review/meetings/new/": {"starts_at": "2099-01-07T10:00", "minutes_planned": "60"},
    "/forums/portfolio-review/backlog/new/": {"title": "Later", "minutes": "5"},
    "/meetings/{meeting}/cancel/": {"reason": "Too few can come."},
    "/meetings/{meeting}/items/new/": {"title": "One more", "minutes": "5"},
    "/meetings/{live_meeting}/items/{live_item}/record/": {"result": "Approved"},
    "/meetings/{live_meeting}/items/{live_item}/note/": {"n{live_item}-note": "Said."},
    "/meetings/{live_meeting}/items/{live_item}/motion/": {"result": "Approve"},
    "/meetings/{live_meeting}/items/{live_item}/vote/": {"choice": "for"},
    "/meetings/{live_meeting}/presence/arrive/": {"seat": "{absent}"},
    "/meetings/{live_meeting}/presence/leave/": {"seat": "{present}"},
    "/meetings/{live_meeting}/proxies/": {"giver": "{absent}", "holder": "{free_holder}"},
    "/initiatives/{initiative}/agenda/": {"forum": "portfolio-review", "minutes": "5"},
}
SENT |= MEETING_SENT
MEASURED = {"value": "12", "measured_on": "2026-01-07", "method": "Log"}
SENT |= {
    "/initiatives/{initiative}/measurements/{metric}/new/": MEASURED,
    "/measurements/{measurement}/correct/": MEASURED,
    "/measurements/{measurement}/reject/": {"reason": "Half a month."},
}
BODIES |= {
    ("post", "/api/v1/initiatives/{initiative}/baselines/"): {"metric": "{based}"},
    ("post", "/api/v1/initiatives/{initiative}/measurements/"): MEASURED | {"metric": "{metric}"},
    ("post", "/api/v1/measurements/{measurement}/reject/"): {"reason": "Half a month."},
}
INCIDENT = {
    "title": "Wrong",
    "what_happened": "All of it.",
    "happened_at": "2026-01-01T10:00:00Z",
    "detection": "user",
    "support_owner": "{person}",
    "severity": "minor",
    "initiative": "{initiative}",
}
ONE_INCIDENT = "/api/v1/incidents/{incident}/"
BODIES |= {
    ("post", "/api/v1/incidents/"): INCIDENT,
    ("patch", ONE_INCIDENT): {"title": "Else"},
    ("patch", "/api/v1/incidents/{secret_incident}/"): {"title": "Else"},
    ("post", f"{ONE_INCIDENT}contain/"): {"how": "Off."},
    ("post", f"{ONE_INCIDENT}resolve/"): {"how": "Off."},
    ("post", f"{ONE_INCIDENT}severity/"): {"severity": "minor", "reason": "Few."},
    ("post", f"{ONE_INCIDENT}rollback/"): {"what": "All."},
    ("post", f"{ONE_INCIDENT}note/"): {"text": "Called."},
    ("post", "/api/v1/incidents/{resolved_incident}/reopen/"): {"reason": "Again."},
    ("patch", f"{ONE_INCIDENT}review/"): {"control": "An alarm."},
    ("post", f"{ONE_INCIDENT}initiatives/"): {"initiative": "{initiative}"},
    ("patch", f"{ONE_INCIDENT}initiatives/{{initiative}}/"): {"what": "Half."},
    ("post", f"{ONE_INCIDENT}escalation/"): {"function": "Head"},
    ("post", f"{ONE_INCIDENT}messages/"): {"subject": "S", "body": "B", "recipients": ["{person}"]},
    ("post", f"{ONE_INCIDENT}actions/"): {"text": "Do", "owner": "{person}", "due_on": "2099-01-01"},
    ("post", f"{ONE_INCIDENT}actions/{{incident_action}}/done/"): {"result": "Done."},
    ("post", f"{ONE_INCIDENT}actions/{{incident_action}}/drop/"): {"reason": "No."},
    ("post", f"{ONE_INCIDENT}costs/"): {
        "amounts": [{"initiative": "{initiative}", "amount": "5"}],
        "evidence": "Note",
        "key": "one",
    },
    ("post", "/api/v1/assets/"): {"name": "Router", "kind": "model"},
    ("patch", "/api/v1/assets/{asset}/"): {"description": "v3"},
    ("post", "/api/v1/assets/{asset}/use/"): {"initiative": "{initiative}"},
    ("post", "/api/v1/message-templates/"): {"name": "N", "subject": "S", "body": "B"},
    ("patch", "/api/v1/message-templates/{template}/"): {"body": "C"},
}
POSTED = {"kind": "run_cost", "amount": "5", "evidence": "Invoice", "key": "one"}
CORRECTED, WRONG = {"amount": "5", "reason": "Less."}, {"reason": "Wrong."}
LEDGER_SENT = {
    f"/ledger/entries/{{claim}}/{deed}/": body
    for deed, body in {"correct": CORRECTED, "reject": WRONG, "reverse": WRONG}.items()
}
SENT |= LEDGER_SENT
BODIES |= {("post", each.replace("/ledger/", "/api/v1/ledger-")): body for each, body in LEDGER_SENT.items()}
UNIT_VALUE = {
    "amount": "4",
    "benefit_type": "capacity",
    "starts_on": "2026-01-01",
    "method": "Mean",
    "evidence": "Rates",
}
SENT["/ledger/entries/{claim}/share/"] = {"reason": "Agreed.", "share_{claim}": "50"}
SHARES = {
    "starts_on": "2026-01-01",
    "basis": "Use",
    "reason": "Agreed",
    "parts": [{"initiative": "{initiative}", "share": "75"}, {"initiative": "{unasked}", "share": "25"}],
}
BODIES |= {
    ("post", "/api/v1/ledger-entries/agree-shares/"): {
        "shares": [{"entry": "{claim}", "share": "0.5"}],
        "reason": "Agreed.",
    },
    ("post", "/api/v1/ledger-entries/confirm-together/"): {"entries": ["{claim}"]},
    ("post", "/api/v1/initiatives/{initiative}/ledger-entries/"): POSTED,
    ("post", "/api/v1/initiatives/{initiative}/compared-metrics/"): {"metric": "{metric}"},
    ("post", "/api/v1/catalogue-metrics/"): {"name": "Calls", "unit": "calls", "direction": "down"},
    ("patch", "/api/v1/catalogue-metrics/{catalogue_metric}/"): {"about": "All."},
    ("post", "/api/v1/catalogue-metrics/{catalogue_metric}/approve-value/"): UNIT_VALUE,
    ("post", "/api/v1/cost-centres/"): {"code": "4712", "name": "Cloud"},
    ("post", "/api/v1/cost-centres/{cost_centre}/map/"): {"starts_on": "2026-01-01"},
    ("post", "/api/v1/sharing-rules/"): SHARES | {"name": "Licences"},
    ("post", "/api/v1/sharing-rules/{sharing_rule}/revise/"): SHARES,
    ("post", "/api/v1/shared-costs/"): {
        "rule": "{sharing_rule}",
        "kind": "run_cost",
        "amount": "9",
        "evidence": "Invoice",
        "key": "Another",
    },
    ("post", "/api/v1/shared-costs/{shared_cost}/reverse/"): WRONG,
    ("post", "/api/v1/exchange-rates/"): {"currency": "USD", "month": "2026-01-01", "rate": "0.9", "source": "ECB"},
    ("post", "/api/v1/yearly-rates/"): {"per_cent": "8", "starts_on": "2026-01-01", "source": "Cost of capital"},
    ("post", "/api/v1/closed-months/"): {"month": "2020-01-01"},
}
COUNTED = {"target_users": "9", "active_users": "5", "source": "x"}
READ = COUNTED | {"workflow": "{used_workflow}", "week_ends_on": "2026-01-11"}
CORRECTION = COUNTED | {"reason": "Late."}
SENT |= {
    "/adoption/workflows/{used_workflow}/record/": {"source": "x"},
    "/adoption/readings/{adoption_reading}/correct/": CORRECTION,
}
BODIES |= {
    ("post", "/api/v1/adoption-readings/"): READ,
    ("post", "/api/v1/adoption-readings/bulk/"): {"readings": [READ]},
}
ACTION_SENT: dict[str, dict[str, Any]] = {
    "/actions/{given_action}/finish/": {"note": "Done."},
    "/actions/{given_action}/drop/": {"reason": "Not needed."},
    "/actions/{given_action}/move/": {"due_on": "2099-01-07", "reason": "Away."},
    "/actions/{given_action}/pass-on/": {"to": "{email}"},
}
GIVEN = {"text": "Ask legal", "owner": "{email}", "due_on": "2099-01-07"}
SENT |= ACTION_SENT | {
    "/forums/portfolio-review/actions/new/": GIVEN,
    "/meetings/{live_meeting}/actions/new/": GIVEN,
    "/meetings/{closed_meeting}/minutes/addenda/": {"text": "Room 2."},
}
BODIES |= {("post", f"/api/v1{address}"): body for address, body in ACTION_SENT.items()}
BODIES |= {
    ("post", "/api/v1/actions/{given_action}/pass-on/"): {"to": "{person}"},
    ("post", "/api/v1/actions/"): GIVEN | {"forum": "portfolio-review", "owner": "{person}"},
    ("post", "/api/v1/meetings/{closed_meeting}/addenda/"): {"text": "Room 2."},
}
BODIES |= {
    ("post", "/api/v1/forums/portfolio-review/cadence/"): {"minutes": 60},
    ("post", "/api/v1/forums/portfolio-review/meetings/"): {"starts_at": "2099-01-07T10:00Z"},
    ("post", "/api/v1/forums/portfolio-review/backlog/"): {"title": "Later"},
    ("post", "/api/v1/forums/portfolio-review/backlog/{waiting_item}/take-in/"): {"meeting": "{meeting}"},
    ("patch", "/api/v1/meetings/{meeting}/"): {"place": "Room 2"},
    ("post", "/api/v1/meetings/{meeting}/cancel/"): {"reason": "Too few can come."},
    ("post", "/api/v1/meetings/{meeting}/order/"): {"items": []},
    ("post", "/api/v1/meetings/{meeting}/items/"): {"title": "One more"},
    ("post", "/api/v1/meetings/{live_meeting}/live/arrive/"): {"person": "{absent}"},
    ("post", "/api/v1/meetings/{live_meeting}/live/leave/"): {"person": "{present}"},
    ("post", "/api/v1/meetings/{live_meeting}/proxies/"): {"giver": "{absent}", "holder": "{free_holder}"},
    ("post", "/api/v1/meetings/{live_meeting}/items/{live_item}/record/"): {"result": "Approved"},
    ("post", "/api/v1/meetings/{live_meeting}/items/{live_item}/note/"): {"note": "Said."},
    ("post", "/api/v1/meetings/{live_meeting}/items/{live_item}/put-to-vote/"): {"result": "Approve"},
    ("post", "/api/v1/meetings/{live_meeting}/items/{live_item}/votes/"): {"choice": "for"},
    ("patch", "/api/v1/meetings/{meeting}/items/{item}/"): {"minutes": 5},
    ("patch", "/api/v1/meetings/{meeting}/items/{secret_item}/"): {"minutes": 5},
    ("post", "/api/v1/meetings/{meeting}/items/{item}/move/"): {"places": 1},
}
BODIES |= {("post", f"/api/v1{address}"): body for address, body in DECISION_SENT.items() if "conditions" in address}
BODIES |= {
    ("post", "/api/v1/envelopes/"): {
        "bucket": "{bucket_pk}",
        "starts_on": "2030-01-01",
        "ends_on": "2030-12-31",
        "amount": "5",
        "reason": "Budget.",
    },
    ("patch", "/api/v1/envelopes/{envelope}/"): {"amount": "20000000", "reason": "More."},
    ("post", "/api/v1/tranches/{tranche}/spend/"): {
        "amount": "1",
        "spent_on": "2020-01-01",
        "evidence": "Invoice",
        "key": "one",
    },
    ("post", "/api/v1/funding-entries/{booking}/reverse/"): {"reason": "Wrong."},
    ("post", "/api/v1/funding-requests/{asked_money}/decide/"): {"outcome": "send_back", "rationale": "At the gate."},
    ("post", "/api/v1/initiatives/{unasked}/funding-requests/"): {"amount": "5", "reason": "More."},
}
BODIES |= {
    ("post", "/api/v1/decisions/"): {"review": "{decided_pk}", "outcome": "pause", "rationale": "Enough."},
    ("post", "/api/v1/ballots/"): {
        "review": "{decided_pk}", "outcome": "pause", "rationale": "Enough.", "closes_on": "2099-01-01",
    },
    ("post", "/api/v1/ballots/{ballot}/vote/"): {"choice": "for"},
    ("post", "/api/v1/ballots/{ballot}/withdraw/"): {"reason": "A meeting is near."},
    ("post", "/api/v1/meeting-decisions/"): {"item": "{meeting_item}", "outcome": "pause", "rationale": "Enough."},
    ("post", "/api/v1/closings/{closing}/lessons/"): {"text": "Ask first."},
    ("post", "/api/v1/decommissioning-tasks/{thing}/hand-over/"): {"owner": "{person}", "due_on": "2099-01-01"},
    ("post", "/api/v1/tier-confirmations/"): {"review": "{decided_pk}"},
    ("post", "/api/v1/named-deciders/"): {"review": "{decided_pk}", "person": "{person}", "reason": "Knows it."},
    ("post", "/api/v1/fast-lane-audits/{audit}/record/"): {"finding": "in_order"},
}  # fmt: skip
# Attaching and uploading ask for a file.
FILES = {
    "/initiatives/{initiative}/files/new/",
    "/imports/new/",
    "/api/v1/imports/",
    "/decision-classes/import/",
    "/api/v1/decision-classes/files/",
    "/api/v1/spending-files/",
    "/api/v1/cost-files/",
    "/api/v1/adoption-files/",
    "/api/v1/measurement-files/",
    "/api/v1/initiatives/{initiative}/evidence-files/",
}
# What is sent beside the file.
BESIDE_FILES = {"/api/v1/initiatives/{initiative}/evidence-files/": {"code": "data-fit/lineage"}}
PASSWORD = "corn-flower-57"
INVENTORY = b"Name,Unit\nPumps,Service\n"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    address: str
    kind: str
    allowed: dict[str, frozenset[str]]


def rows() -> list[Row]:
    found, kind = [], ""
    for line in TABLE.read_text().splitlines():
        if head := HEAD.match(line):
            kind = head["kind"]
        elif each := LINE.match(line):
            allowed = map(who, each["allowed"].split("|"))
            found.append(Row(each["address"], kind, dict(zip(METHODS[kind], allowed, strict=True))))
    return found


def who(words: str) -> frozenset[str]:
    return frozenset(person for word in words.split(",") for person in WORDS[word.strip()])


@dataclass
class World:
    """One of each thing that addresses name, and somebody in each role."""

    people: dict[str, User]
    names: dict[str, Any]
    sessions: dict[str, str]
    tokens: dict[str, str]

    def address(self, row: Row) -> str:
        return row.address.format(**self.names)

    def client(self, name: str, row: Row) -> Client:
        client = Client(raise_request_exception=False)
        if row.kind == "endpoint":
            client.defaults |= {"HTTP_AUTHORIZATION": f"Bearer {self.tokens.get(name, '')}"}
        elif name in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[name]
        return client

    def body(self, method: str, row: Row) -> dict[str, Any]:
        """What a request to the API sends: a file where it uploads, else JSON."""
        if method == "post" and row.address in FILES:
            return {"data": {"file": ContentFile(INVENTORY, "inventory.csv")} | BESIDE_FILES.get(row.address, {})}
        body = BODIES.get((method, row.address), {})
        filled = {name: self.filled(value) for name, value in body.items()}
        return {"data": filled, "content_type": "application/json"}

    def filled(self, value: Any) -> Any:
        """A value with the names in braces filled in."""
        if isinstance(value, dict):
            return {name: self.filled(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) if isinstance(each, dict) else int(self.filled(each)) for each in value]
        return value.format(**self.names) if isinstance(value, str) else value

    def sent(self, row: Row) -> dict[str, Any]:
        sent = {
            name.format(**self.names): value.format(**self.names) for name, value in SENT.get(row.address, {}).items()
        }
        return sent | ({"file": ContentFile(INVENTORY, "inventory.csv")} if row.address in FILES else {})


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Made once: each request is rolled back, so that all of them find the same world."""
    with django_db_blocker.unblock(), transaction.atomic():
        human = [role for role in ROLES if role != Role.SERVICE_ACCOUNT]
        people = {role: make_person(f"Somebody {role}", role, password=PASSWORD) for role in human}
        people[Role.SERVICE_ACCOUNT] = make_person("Program", Role.SERVICE_ACCOUNT, is_service_account=True)
        people |= {each: make_person(f"The {each}", password=PASSWORD) for each in ("stranger", "owner", "deputy")}
        people["oneself"] = make_person("Oneself", Role.OFFICE_MEMBER, password=PASSWORD)
        sessions = {name: _session_of(person) for name, person in people.items()}
        tokens = {name: make_api_token(person)[1] for name, person in people.items()}
        yield World(people, _things(people), sessions, tokens)
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World) -> World:
    """The cache, which holds what can be undone, is emptied between tests."""
    initiative = Initiative.objects.get(name=built.names["name"])
    undo = offer_undo(initiative, built.people["oneself"], Edited({"name": Change("Before", initiative.name)}))
    built.names["undo"] = undo.rstrip("/").rpartition("/")[2]
    return built


def _session_of(person: User) -> str:
    """A session of somebody who set up the second step of signing in, so that its pages have something to show."""
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _things(people: dict[str, User]) -> dict[str, Any]:
    initiative, confidential = _owned(people, "Open"), _owned(people, "Confidential", is_confidential=True)
    me, person = people["oneself"], make_person("Anna Berg", Role.REQUESTER)
    event = Event.objects.create(name="comment.added")
    things = SimpleNamespace(
        person=person,
        role=person.role_assignments.get(),
        account=people[Role.SERVICE_ACCOUNT],
        token=make_api_token(me, "Nightly sync")[0],
        unit=make_unit(),
        tag=make_entry(Tag),
        tool=make_entry(Tool),
        supplier=make_entry(Supplier),
        objective=make_entry(Objective),
        mail=Mail.objects.create(person=me),
        notification=Notification.objects.create(person=me, event=event, text="You were mentioned", path="/"),
        comment=make_comment(initiative, me),
        **_levels(initiative, confidential, people),
        metric=OutcomeMetric.objects.create(initiative=initiative, name="Calls", unit="a week", direction="up"),
        file=_attached(initiative, me),
        confidential_file=_attached(confidential, me),
        link=Link.objects.create(initiative=initiative, name="Plan", address="https://example.org/"),
        deputy=initiative.ownerships.get(is_deputy=True),
        view=SavedView.objects.create(owner=me, name="Mine"),
        bulk_edit=BulkEdit.objects.create(actor=me, field="bucket", value=None),
        uploaded=_import(me),
        imported=_import(me, state=ImportJob.State.DONE, started_at=clock.now()),
        barrier=make_barrier(initiative, person),
        risk=make_risk(initiative, person),
        barrier_kind=BarrierKind.objects.get(name="Other"),
        lifted=make_barrier(initiative, person, lifted_at=clock.now(), lifted_by=person, how="Granted."),
        office_lead=people["office_lead"],
        criterion=(criterion := make_criterion(make_release(initiative, me))),
        release=criterion.release,
        measurement=(measured := _measured(initiative, me)),
        based=measured.metric,
        claim=_claimed(measured, people["owner"]),
        used_workflow=(used := _used(initiative)),
        adoption_reading=_read(used, me),
        catalogue_metric=CatalogueMetric.objects.create(name="Hours saved", unit="hours", direction="up"),
        seat=make_seat("portfolio-review", person),
        legal=ReviewFunction.objects.get(slug="legal"),
        specialists=_specialists(initiative, me),
        monitoring=_look(initiative),
        spelling=ValueMapEntry.objects.create(kind="stage", raw="Live", folded="live"),
    )
    Plan.objects.create(initiative=initiative, written_by=me)
    start_draft(LANE, actor=me)
    start_draft(MATRIX, actor=me)
    _told_by_source(things.imported, initiative, confidential)
    names = {name: thing.pk for name, thing in vars(things).items()}
    names |= _reviewed(people, initiative, confidential)
    names |= {name: intake.reference for name, intake in _requests(people).items()}
    names |= {name: thing.pk for name, thing in _sign_offs(people, person).items()}
    names["raised"] = _owned(people, "Raised", lane_raised_because="Unusual.").reference
    names["digest"] = signing.dumps(me.pk, salt=SALT)
    names |= {"initiative": initiative.reference, "confidential": confidential.reference}
    names |= {"initiative_pk": initiative.pk, "own_unit": initiative.unit_id, "name": initiative.name}
    names |= {name: thing.pk for name, thing in _met(confidential).items()}
    # The chair adds to minutes, once seated; that meeting is over before the next one begins.
    seat(people["oneself"], "portfolio-review", "chair")
    names |= {name: thing.pk for name, thing in _after_meeting(people).items()}
    names |= {"email": person.email} | _decided(people) | _money(people) | _closed(people, confidential)
    names |= _adoption_files(me)
    names |= _packs(me)
    names |= _incidents(people, initiative, confidential)
    return names | _shared(people["finance_controller"], initiative)


def _packs(me: User) -> dict[str, Any]:
    """A pack that counts all there is, and two that come by mail."""
    told = dict.fromkeys(("title", "scope", "as_of", "known_at", "window", "before", "currency"), "x")
    ready = {"state": "ready", "made_at": clock.now(), "figures": told | {"figures": []}}
    pack = BoardPack.objects.create(asked_by=me, key="k", days=30, as_of=clock.today(), **ready)
    for kind in PackFile.Kind:
        PackFile.objects.create(pack=pack, kind=kind, content=b"x", size=1)
    kept, ended = (PackSubscription.objects.create(person=me, days=days) for days in (30, 60))
    return {
        "board_pack": pack.pk,
        "pack_subscription": kept.pk,
        "ended_packs": signing.dumps(ended.pk, salt=PACKS),
    }


def _shared(finance: User, initiative: Initiative) -> dict[str, Any]:
    """A cost centre, a rule and a cost that was shared by it."""
    parts = [(initiative, Decimal(75)), (make_initiative(), Decimal(25))]
    told = {"starts_on": date(2026, 1, 1), "basis": "Use", "reason": "Agreed", "name": "Platform"}
    rule = add_sharing_rule(actor=finance, parts=parts, **told)
    asked = NewEntry(kind="run_cost", amount=Decimal(9), evidence="Invoice", key="Shared")
    return {
        "sharing_rule": rule.pk,
        "shared_cost": post_shared_cost(rule, asked, actor=finance).pk,
        "cost_centre": CostCentre.objects.create(code="4711", name="Cloud", made_by=finance).pk,
    }


def _incidents(people: dict[str, User], initiative: Initiative, confidential: Initiative) -> dict[str, Any]:
    """One under way with somebody on the way up and something to do, one that is resolved, and a confidential one."""
    owner = people["owner"]
    moment = {"happened_at": clock.now(), "detection": "user", "title": "Wrong", "what_happened": "All."}
    told: dict[str, Any] = moment | {"severity": "major", "actor": owner, "support_owner": owner}
    open_one, over = (report_incident(initiative, **told) for _ in range(2))
    resolve_incident(over, actor=owner, how="Mended.")
    asset = make_entry(Asset, kind="model")
    asset.initiatives.add(initiative)
    given: dict[str, Any] = {"actor": owner, "owner": owner, "due_on": clock.today()}
    return {
        "incident": open_one.reference,
        "resolved_incident": over.reference,
        "secret_incident": report_incident(confidential, **told).reference,
        "escalation": add_escalation(open_one, actor=owner, function="Head").pk,
        "incident_action": review_incidents.give_action(open_one, text="Do", **given).pk,
        "asset": asset.pk,
        "template": MessageTemplate.objects.first().pk,
    }


def _measured(initiative: Initiative, by: User) -> Measurement:
    told = {"baseline": Decimal(14), "baseline_on": date(2026, 1, 1), "baseline_source": "Log"}
    metric = OutcomeMetric.objects.create(initiative=initiative, name="Stops", unit="stops", direction="down", **told)
    measured = {"value": Decimal(12), "measured_on": date(2026, 1, 7), "method": "Log", "recorded_by": by}
    return Measurement.objects.create(initiative=initiative, metric=metric, **measured)


def _used(initiative: Initiative) -> Workflow:
    initiative.workflow = make_entry(Workflow)
    initiative.save(update_fields=["workflow"])
    return initiative.workflow


def _read(workflow: Workflow, by: User) -> AdoptionReading:
    told = {"target_users": 9, "active_users": 6, "source": "x", "week_ends_on": date(2026, 1, 4)}
    return AdoptionReading.objects.create(workflow=workflow, recorded_by=by, **told)


def _adoption_files(me: User) -> dict[str, Any]:
    fields = ["workflow", "week_ends_on", "target_users", "active_users", "source"]
    told = {"file_name": "a.csv", "headers": fields, "mapping": fields, "uploaded_by": me}
    told["rows"] = [[2, ["x", "2026-W01", "9", "5", "y"]]]
    landed = AdoptionFile.objects.create(**told, outcomes=[["rejected", "No."]], landed_at=clock.now())
    return {"adoption_file": AdoptionFile.objects.create(**told).pk, "landed_adoption": landed.pk}


def _claimed(measured: Measurement, by: User) -> LedgerEntry:
    """A claim that waits, by a method that finance confirmed."""
    told = {"benefit_type": "capacity", "amount": Decimal(9), "metric": measured.metric, "method": "As before."}
    days = {"first_on": date(2026, 1, 1), "last_on": date(2026, 1, 7)}
    asked = NewEntry(kind="benefit", claim="claimed", evidence="Log", key="k", **told, **days)
    claimed = post_entry(measured.initiative, asked, actor=by)
    MethodConfirmation.objects.create(method=claimed.method, confirmed_by=make_person("Controller before"))
    return claimed


def _met(confidential: Initiative) -> dict[str, Any]:
    """A draft of a meeting with an item, a confidential one and one that was taken off; and one that waits."""
    meeting = make_meeting("portfolio-review")
    return {
        "meeting": meeting,
        "item": make_item(meeting),
        "secret_item": make_item(meeting, initiative=confidential),
        "off_item": make_item(meeting, state="removed"),
        "waiting_item": make_item(None, forum=meeting.forum),
        **_live(),
    }


def _live() -> dict[str, Any]:
    """A meeting under way with somebody who came, a member with a proxy and two without one; and one with a break."""
    slug, began = "value-and-risk-review", {"state": "in_progress", "started_at": clock.now()}
    people = {name: make_person() for name in ("present", "free_holder", "absent", "giver")}
    for each in people.values():
        make_seat(slug, each)
    meeting, paused = make_meeting(slug, **began), make_meeting("standards-review", **began, paused_at=clock.now())
    meeting.current = make_item(meeting)
    meeting.save(update_fields=["current"])
    for name in ("present", "free_holder"):
        meeting.attendance.create(person=people[name], role="member", has_vote=True, noted_by=people[name])
    proxy = meeting.proxies.create(giver=people["giver"], holder=people["present"], noted_by=people["giver"])
    make_item(meeting)
    live = {"live_meeting": meeting, "live_item": meeting.current, "paused_meeting": paused, "proxy": proxy}
    return live | {name: people[name] for name in ("present", "free_holder", "absent")}


def _after_meeting(people: dict[str, User]) -> dict[str, Any]:
    """A meeting that is over with what waits to be added to its minutes and what it gave to do."""
    me, office = people["oneself"], people["office_lead"]
    over = make_meeting("portfolio-review", state="in_progress", started_at=clock.now())
    minutes = close_meeting(over, actor=office)
    told: dict[str, Any] = {"owner": people["owner"], "due_on": clock.today()}
    return {
        "closed_meeting": over,
        "addendum": write_addendum(minutes, actor=me, text="Room 2."),
        "given_action": give_action(over.forum, actor=office, text="Ask legal", **told),
    }


def _levels(initiative: Initiative, confidential: Initiative, people: dict[str, User]) -> dict[str, Any]:
    """A decision whose bolder level waits for consent, that stepped down, and was read; and files of some."""
    decision = make_decision(initiative, cost_of_error="very_high", autonomy="surface")
    owner, below = people["owner"], {"initiative": initiative, "decision_class": decision}
    told = {"first_day": clock.today(), "last_day": clock.today(), "volume": 1, "overrides": 0, "errors": 0}
    file = {"kind": "decisions", "file_name": "d.csv", "headers": ["Decision"], "mapping": [""], "rows": [[2, ["x"]]]}
    mine = file | {"uploaded_by": people["oneself"]}
    return {
        "decision": decision,
        "secret_decision": make_decision(confidential),
        "choice": LevelChoice.objects.create(**below, level="delegate", evidence="Trial", chosen_by=owner),
        "step": StepDown.objects.create(**below, from_level="delegate", to_level="surface", because="Incident"),
        "reading": DecisionReading.objects.create(**below, **told, recorded_by=owner),
        "workflow": make_entry(Workflow),
        "table": InventoryFile.objects.create(**mine),
        "landed": InventoryFile.objects.create(**mine, outcomes=[["rejected", "No."]], landed_at=clock.now()),
    }


def _requests(people: dict[str, User]) -> dict[str, Intake]:
    """A draft, one with the office, and one with a question open."""
    me, office = people["oneself"], people["office_lead"]
    made = {"draft": Intake.objects.create(requester=me)}
    for name, state in (("intake", Intake.State.SUBMITTED), ("asked", Intake.State.ASKED)):
        initiative = make_initiative(f"Request {name}")
        told = {"initiative": initiative, "unit": initiative.unit, "submitted_at": clock.now()}
        made[name] = Intake.objects.create(requester=me, state=state, submitted_answers={}, **told)
    made["asked"].questions.create(text="Which one?", asked_by=office)
    return made


def _sign_offs(people: dict[str, User], opener: User) -> dict[str, Any]:
    """A sign-off of legal that waits for its answer, and one with an open question and an answer of risk."""
    open_review = make_review(_owned(people, "Reviewed"), opener, "legal")
    other = make_review(_owned(people, "Asked about"), opener, "legal", "risk")
    questioned = sign_off_of(other, "legal")
    legal = ReviewFunction.objects.get(slug="legal")
    return {
        "sign_off": sign_off_of(open_review, "legal"),
        "questioned": questioned,
        "question": ask_question(questioned, actor=people["legal_reviewer"], text="Which one?"),
        "answer": answered(other, "risk", people["risk_reviewer"]),
        "function_member": legal.memberships.create(person=opener, started_on=clock.today()),
    }


def _growing(people: dict[str, User]) -> dict[str, Any]:
    """One that asks to grow, and one that may."""
    asking, growing = (_owned(people, name, risk_tier="low", stage="scale") for name in ("Asks", "Grows"))
    asked = ask_expansion(asking, actor=make_person("Asked before", Role.OFFICE_LEAD), **ADJACENT)
    return {"growing": growing.reference, "expansion": asked.pk}


def _merged(people: dict[str, User], chair: User) -> dict[str, Any]:
    """One initiative that goes on in another."""
    gone, survivor = (_owned(people, name, risk_tier="low") for name in ("Gone", "Goes on"))
    made = merge_into(gone, actor=chair, survivor=survivor, rationale="Twice.")
    return {"gone": gone.reference, "goes_on": survivor.reference, "merge": made.merge.pk}


def _decided(people: dict[str, User]) -> dict[str, Any]:
    """Two reviews that wait, one with a ballot; a decision with a condition and an audit; an initiative without any."""
    me, chair = people["oneself"], make_person("Chair before")
    waiting, voted, judged = (_owned(people, name, risk_tier="low") for name in ("Waiting", "Voted", "Judged"))
    review, other = review_to_decide(waiting), review_to_decide(voted)
    told: dict[str, Any] = {"body": review.body, "rationale": "Go on.", "outcome": "conditions"}
    ballot = WrittenBallot.objects.create(review=other, opened_by=chair, closes_on=clock.today(), **told)
    decision = Decision.objects.create(initiative=judged, review=None, way="meeting", decided_by=chair, **told)
    of_review = Decision.objects.create(initiative=voted, review=other, way="delegate", decided_by=chair, **told)
    frozen = Plan.objects.create(initiative=judged, written_by=chair, frozen_at=clock.now())
    ApprovedPlan.objects.create(decision=decision, plan=frozen)
    item, met = _spoken_of(review, chair), _spoken_of(other, chair)
    in_meeting = MeetingDecision.objects.create(
        decision=of_review, item=met, majority="simple", voting=3, needed=3, present=3, by_consent=True
    )
    condition = make_condition(of_review, people["owner"], met_at=None)
    audit = FastLaneAudit.objects.create(decision=of_review, requester=chair, draw=0, share=1, is_first=True)
    return {
        "decided": review.pk,
        "decided_pk": review.pk,
        "judged": judged.reference,
        **_merged(people, me),
        **_growing(people),
        "planned": judged.reference,
        "ballot": ballot.pk,
        "ruling": decision.pk,
        "meeting_item": item.pk,
        "in_meeting": in_meeting.pk,
        "condition": condition.pk,
        "audit": audit.pk,
    }


def _money(people: dict[str, User]) -> dict[str, Any]:
    """Money that was approved with some of it withheld and spent, a request for more, and files of spending."""
    funded, unasked = (_owned(people, name, stage="pilot", risk_tier="low") for name in ("Funded", "Unasked"))
    envelope = fund(funded)
    review = review_to_decide(funded, amount=100)
    told = {"initiative": funded, "review": review, "body": review.body, "way": "chair", "rationale": "Go on."}
    chair = make_person("Chair of money")
    decision = Decision.objects.create(outcome="conditions", amount=100, decided_by=chair, **told)
    condition = make_condition(decision, people["owner"])
    ruling = Ruling("conditions", "Go on.", [NewCondition("x", chair, condition.due_on)], release_now=Decimal(60))
    released, withheld = commit_money(decision, ruling)
    finance = people["finance_controller"]
    spent = {"amount": Decimal(5), "spent_on": clock.today(), "evidence": "Invoice", "key": "k"}
    mapping = ["initiative", "spent_on", "amount", "evidence"]
    file = {"file_name": "s.csv", "headers": mapping, "mapping": mapping, "rows": [[2, ["x", "2020-01-01", "5", "y"]]]}
    mine = file | {"uploaded_by": finance}
    costs = mine | {"mapping": ["initiative", "happened_on", "amount", "kind"]}
    measured = mine | {"mapping": ["initiative", "measured_on", "value", "method"]}
    landed: dict[str, Any] = {"outcomes": [["rejected", "No."]], "landed_at": clock.now()}
    return {
        "envelope": envelope.pk,
        "tranche": withheld.pk,
        "booking": record_spend(released, actor=finance, **spent).pk,
        "asked_money": ask_money(funded, actor=people["deputy"], amount=Decimal(9), reason="More.").pk,
        "unasked": unasked.reference,
        "bucket_pk": make_entry(Bucket).pk,
        "spend_file": SpendFile.objects.create(**mine, outcomes=[]).pk,
        "cost_file": CostFile.objects.create(**costs, outcomes=[]).pk,
        "landed_costs": CostFile.objects.create(**costs, **landed).pk,
        "measurement_file": MeasurementFile.objects.create(**measured, outcomes=[]).pk,
        "landed_measurements": MeasurementFile.objects.create(**measured, **landed).pk,
        "landed_spending": SpendFile.objects.create(**mine, **landed).pk,
    }


def _closed(people: dict[str, User], confidential: Initiative) -> dict[str, Any]:
    """One that ended in production with something left to see to, and a confidential one that ended."""
    told: dict[str, Any] = {"outcome": "terminate", "way": "chair", "rationale": "Enough."}
    told |= {"decided_by": make_person("Chair of ends"), "body": Forum.objects.get(slug="portfolio-review")}
    ends = []
    for initiative in (_owned(people, "Ended", stage="scale"), confidential):
        decision = Decision.objects.create(initiative=initiative, **told)
        said = {"reason": "cost", "lessons": "Dear.", "from_stage": "scale"}
        ends.append(Closure.objects.create(decision=decision, initiative=initiative, **said))
    due = {"owner": people["owner"], "due_on": clock.today()}
    thing = ends[0].tasks.create(initiative=ends[0].initiative, code="keys", what="Revoke keys", **due)
    return {"closing": ends[0].pk, "secret_closing": ends[1].pk, "thing": thing.pk}


def _spoken_of(review: GateReview, by: User) -> AgendaItem:
    """An item of a meeting in progress that asks for a review."""
    live = Meeting.objects.live().filter(forum=review.body).first()
    meeting = live or Meeting.objects.create(
        forum=review.body, starts_at=clock.now(), started_at=clock.now(), state=Meeting.State.LIVE
    )
    item = meeting.items.create(forum=meeting.forum, title=str(review), initiative=review.initiative, put_by=by)
    ReviewItem.objects.create(item=item, review=review)
    return item


def _owned(people: dict[str, User], name: str, **fields: Any) -> Initiative:
    initiative = make_initiative(name, owner=people["owner"], **fields)
    make_ownership(initiative, people["deputy"], OwnerKind.TECHNICAL, is_deputy=True)
    return initiative


def _import(person: User, **fields: Any) -> ImportJob:
    told = {"file_name": "cases.csv", "file_size": 9, "header_row": 1, "rows_total": 0, "source": "cases"}
    columns = {"headers": ["Name"], "mapping": ["use_case_name"], "suggested": [["use_case_name", 1.0]]}
    return ImportJob.objects.create(uploaded_by=person, as_of=clock.today(), **told, **columns, **fields)


def _reviewed(people: dict[str, User], initiative: Initiative, confidential: Initiative) -> dict[str, Any]:
    """Open reviews of data fit, one of them settled, with evidence and a waiver; and one that can be opened."""
    owner, office = people["owner"], people["office_lead"]
    unreviewed, settled = _owned(people, "Unreviewed"), _owned(people, "Settled")
    for each in (initiative, confidential, unreviewed, settled):
        move_stage(each, "discovery")
        Initiative.objects.filter(pk=each.pk).update(risk_tier="moderate")
    me = people["oneself"]
    review, hidden, ready = (
        open_review(each, actor=me, ask="Build it") for each in (initiative, confidential, settled)
    )
    waived = review.requirements.get(code="data-fit/production-data")
    waive_requirement(waived, actor=office, reason="Looked at.")
    ready.requirements.update(waived_because="Looked at.", waived_by=office)
    evidence = give_evidence(initiative, actor=owner, code="data-fit/data-owners", text="Ours.")
    return {
        "review": review.pk,
        "confidential_review": hidden.pk,
        "settled": ready.pk,
        "waived": waived.pk,
        "requirement": review.requirements.get(code="data-fit/lineage").pk,
        "evidence": evidence.pk,
        "unreviewed": unreviewed.reference,
    }


def _told_by_source(job: ImportJob, *initiatives: Initiative) -> None:
    for each in initiatives:
        told: dict[str, Any] = {"record": {}, "values": {}, "facts": {}, "stamped_at": clock.now()}
        ImportedRecord.objects.create(initiative=each, source="cases", key=each.name, job=job, **told)


def _specialists(initiative: Initiative, person: User) -> SpecialistRequest:
    month, legal = clock.today().replace(day=1), ReviewFunction.objects.get(slug="legal")
    told = {"function": legal, "first_month": month, "last_month": month, "hours": 10, "purpose": "Contract"}
    return SpecialistRequest.objects.create(initiative=initiative, asked_by=person, **told)


def _look(initiative: Initiative) -> MonitoringTask:
    version = ConfigurationVersion.objects.in_force("governance-matrix")
    told = {"rule": "in-use", "rule_name": "Everything in use", "months": 12, "version": version}
    return MonitoringTask.objects.create(
        initiative=initiative, due_on=clock.today(), counted_from=clock.today(), **told
    )


def _attached(initiative: Initiative, person: User) -> Attachment:
    file = ContentFile(b"Evidence", "evidence.txt")
    return Attachment.objects.create(initiative=initiative, name="evidence.txt", file=file, size=8, uploaded_by=person)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.address)
def test_each_address_answers_whom_the_table_names(world: World, row: Row):
    wrong = [told for method in row.allowed for told in _mistakes(world, row, method)]
    assert not wrong, f"{row.address}\n" + "\n".join(wrong)


def _mistakes(world: World, row: Row, method: str) -> Iterator[str]:
    allowed = row.allowed[method]
    for name in _who_asks(row, method):
        status, location = _asked(name, method, world, row)
        if told := _mistake(row.address, status, location, allowed, name):
            yield f"{method.upper()} as {name}: {status} {location} {told}"
        if status == 405 and not allowed:
            return  # The address has no such method, whoever asks.


def _who_asks(row: Row, method: str) -> list[str]:
    """Everyone. Where almost everyone may, a page would be drawn twenty times: of those who may, one without a role
    asks, who changes nothing, a program, whoever is not signed in, and another by turns.
    """
    allowed = row.allowed[method]
    if len(allowed) < len(ROLES):
        return EVERYONE
    by_turns = SIGNED_IN[crc32(f"{method} {row.address}".encode()) % len(SIGNED_IN)]
    some = {"stranger", Role.AUDITOR.value, Role.SERVICE_ACCOUNT.value, "anonymous", by_turns}
    return [name for name in EVERYONE if name in some or name not in allowed]


def _asked(name: str, method: str, world: World, row: Row) -> tuple[int, str]:
    """The answer to one request, which leaves nothing behind."""
    with transaction.atomic():
        if row.kind == "endpoint":
            sent = world.body(method, row) if method != "get" else {}
        else:
            sent = {"data": world.sent(row) if method == "post" else {}}
        response = getattr(world.client(name, row), method)(world.address(row), **sent)
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", "")


def _mistake(address: str, status: int, location: str, allowed: frozenset[str], name: str) -> str:
    """What is wrong with an answer; nothing when it is right."""
    led_to_sign_in = status == 302 and location.startswith(f"{reverse('account_login')}?next=")
    if status >= 500:
        return "is an error"
    if name in allowed:
        # A provider of single sign-on that nobody set up is not there.
        is_missing = status == 404 and "/none/" not in address
        is_refused = status in (403, 405) or (status == 401 and address.startswith(API))
        return "although the table allows it" if is_refused or is_missing or led_to_sign_in else ""
    refusals = [403, 404] + ([401] if address.startswith(API) else []) + ([] if allowed else [405])
    return "" if status in refusals or led_to_sign_in else "although the table does not allow it"


def test_every_address_stands_in_the_table(world: World):
    listed = {resolve(world.address(row)).route.removeprefix("^") for row in rows()}
    missing = [route for route in _routes(get_resolver()) if route not in listed]
    assert not missing, f"Add these to {TABLE.name}: {missing}"


def test_the_table_is_read_whole():
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| `/")]
    assert len(rows()) == len(lines)


def _routes(resolver: URLResolver, beginning: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = beginning + str(each.pattern).removeprefix("^")
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from _routes(each, route)
