"""Trying a draft of gates or matrix: who would gain or lose which duty, and by which rule."""

from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aiso.configuration.actions import edit_draft, publish_draft, start_draft
from aiso.configuration.kinds import kind_of
from aiso.configuration.models import ConfigurationVersion
from portfolio.models import Initiative, Jurisdiction
from stagegates.trying import consequences, told, trial_of
from tests.factories import make_initiative, make_unit

pytestmark = pytest.mark.django_db
MATRIX, GATES = "governance-matrix", "gates"


def content_of(kind: str) -> dict:
    return deepcopy(ConfigurationVersion.objects.in_force(kind).content)


def rule_of(content: dict, code: str) -> dict:
    return next(row for row in content["rules"] if row["code"] == code)


def trial(content: dict, kind: str = MATRIX, rule: str = "", rows=None):
    return trial_of(kind, content, Initiative.objects.all() if rows is None else rows, rule)


def changes(found, initiative) -> tuple[set[str], set[str]]:
    group = found.of[initiative.pk]
    return {told(change) for change in group.gains}, {told(change) for change in group.losses}


@pytest.fixture
def high():
    return make_initiative("High", stage="build", risk_tier="high")


@pytest.fixture
def low():
    return make_initiative("Low", stage="build", risk_tier="low")


def test_the_same_rules_change_nothing(high, low):
    assert trial(content_of(MATRIX)).groups == []
    assert trial(content_of(GATES), GATES).groups == []
    assert consequences(MATRIX, content_of(MATRIX)) == ["No initiative gains or loses a duty."]


def test_one_more_sign_off_is_gained_where_the_rule_matches(high, low):
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    found = trial(content)
    assert changes(found, high) == (
        {"Sign-off: Finance, at autonomy fit", "Sign-off: Finance, at production fit"},
        set(),
    )
    assert low.pk not in found.of
    [why] = found.of[high.pk].gains[0].rules
    assert (why.name, why.version) == ("High risk", 0)


def test_what_goes_is_lost_with_the_rule_that_asked(high):
    content = content_of(MATRIX)
    content["rules"] = [row for row in content["rules"] if row["code"] != "high"]
    found = trial(content)
    gains, losses = changes(found, high)
    assert gains == set()
    assert {"Assessment: Impact assessment, at autonomy fit", "Monitoring: Every 3 months, now every year"} <= losses
    assert {rule.name for change in found.of[high.pk].losses for rule in change.rules} == {"High risk"}
    assert (found.gaining, found.losing) == (0, 1)


def test_what_another_rule_still_asks_is_not_lost(high):
    high.jurisdictions.set(Jurisdiction.objects.filter(name="EU"))
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].remove("legal")
    _, losses = changes(trial(content), high)
    assert losses == {"Sign-off: Legal, at autonomy fit", "Sign-off: Legal, at value fit"}


@pytest.mark.parametrize(
    ("months", "gains", "losses"),
    [
        ("1", {"Monitoring: Every month instead of every 3 months"}, set()),
        ("6", set(), {"Monitoring: Every 3 months, now every 6 months"}),
    ],
)
def test_a_rhythm_that_becomes_faster_is_a_gain_and_a_slower_one_a_loss(high, months, gains, losses):
    content = content_of(MATRIX)
    rule_of(content, "high")["monitoring"] = months
    assert changes(trial(content), high) == (gains, losses)


def test_a_higher_body_is_a_gain(high):
    content = content_of(MATRIX)
    rule_of(content, "high")["body"] = "executive-sponsor"
    gains, losses = changes(trial(content), high)
    assert "Decided by at least: Executive sponsor instead of Portfolio review, at value fit" in gains
    assert losses == set()


def test_one_rule_alone_can_be_tried(high, low):
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    rule_of(content, "low")["documents"] = "Note"
    added = {**rule_of(content, "low"), "code": "new", "name": "New", "documents": "Report", "tiers": []}
    content["rules"].append(added)
    assert {*trial(content).of} == {high.pk, low.pk}
    assert {*trial(content, rule="high").of} == {high.pk}
    assert {*trial(content, rule="low").of} == {low.pk}
    only_new = trial(content, rule="new")
    assert changes(only_new, low)[0] == {f"Document: Report, at {gate}" for gate in AHEAD_OF_BUILD}
    content["rules"] = [row for row in content["rules"] if row["code"] != "low"]
    assert (
        changes(trial(content, rule="low"), low) == (set(), set()) if low.pk in trial(content, rule="low").of else True
    )


AHEAD_OF_BUILD = ("autonomy fit", "production fit", "value fit")


def test_a_gate_that_asks_more_is_tried_too(high, low):
    content = content_of(GATES)
    gate = next(row for row in content["gates"] if row["code"] == "value-fit")
    gate["requirements"].append({**gate["requirements"][0], "code": "survey", "text": "Users were asked"})
    gate["functions"] = []
    found = trial(content, GATES)
    for row in (high, low):
        assert changes(found, row) == (
            {"Evidence: Users were asked, at value fit"},
            {"Sign-off: Finance, at value fit"},
        )


def test_those_that_ended_or_passed_all_gates_have_nothing_to_gain():
    for stage in ("scale", "closed", "merged"):
        make_initiative(stage=stage, risk_tier="high")
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    assert trial(content).groups == []


def test_it_takes_the_same_queries_however_many(high):
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert trial(content).gaining
        counts.append(len(queries))
        for tier in ("low", "high", "critical"):
            make_initiative(risk_tier=tier)
    assert counts[0] == counts[1]


def drafted(lead, kind: str, content: dict) -> ConfigurationVersion:
    return edit_draft(start_draft(kind_of(kind), actor=lead), actor=lead, content=content)


def test_the_page_lists_who_gains_and_narrows(client, office_lead, high, low):
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    rule_of(content, "low")["documents"] = "Note"
    drafted(office_lead, MATRIX, content)
    client.force_login(office_lead)
    address = reverse("stagegates:draft_try", args=[MATRIX])

    def names(**query: object) -> set[str]:
        page = client.get(address, query).content.decode()
        return {name for name in ("High", "Low") if f">{name}</a>" in page}

    assert names() == {"High", "Low"}
    assert names(rule="high") == {"High"}
    assert names(stage="pilot") == set()
    assert names(stage="build", unit=high.unit_id) == {"High"}
    assert names(effect="lose") == set()
    assert names(effect="nonsense", page="99", stage="?") == {"High", "Low"}
    page = client.get(address).content.decode()
    for word in ("Finance", "High risk, draft", "2 initiatives"):
        assert word in page
    publish = client.get(reverse("configuration:draft_publish", args=[MATRIX])).content.decode()
    assert "2 initiatives gain duties" in publish
    assert address in publish


def test_the_page_costs_the_same_however_many(client, office_lead, high):
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    drafted(office_lead, MATRIX, content)
    client.force_login(office_lead)
    address = reverse("stagegates:draft_try", args=[MATRIX])
    client.get(address)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
        for _ in range(4):
            make_initiative(risk_tier="high", unit=make_unit())
    assert counts[0] == counts[1]


def test_confidential_initiatives_stay_hidden_from_who_may_not_see_them(client, office_lead, high):
    make_initiative("Secret", stage="build", risk_tier="high", is_confidential=True)
    content = content_of(MATRIX)
    rule_of(content, "high")["functions"].append("finance")
    assert trial(content, rows=Initiative.objects.filter(is_confidential=False)).gaining == 1
    assert trial(content).gaining == 2


def test_only_who_reads_drafts_tries_them(client, office_lead, stranger, auditor):
    address = reverse("stagegates:draft_try", args=[MATRIX])
    client.force_login(office_lead)
    assert client.get(address).url == reverse("configuration:kind_detail", args=[MATRIX])
    start_draft(kind_of(MATRIX), actor=office_lead)
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(auditor)
    assert client.get(address).status_code == 200
    for slug in ("lane", "no-such"):
        assert client.get(reverse("stagegates:draft_try", args=[slug])).status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: content["gates"].pop(3), "names the gate “Production fit”, which these gates lack"),
        (lambda content: content["gates"].reverse(), "Gates stand in the order of the stages"),
        (lambda content: content["gates"].clear(), "At least one gate must stand here"),
        (lambda content: content["gates"][1]["functions"].append("kings"), "“kings” is not on this list any more"),
        (
            lambda content: content["gates"][3]["requirements"][0].update(subject="assessment:gone"),
            "“assessment:gone” is not on this list any more",
        ),
    ],
)
def test_gates_that_cannot_be_published_say_why(office_lead, change, says):
    content = content_of(GATES)
    content["gates"][0]["about"] = "Another question?"
    change(content)
    with pytest.raises(ValidationError) as refused:
        publish_draft(drafted(office_lead, GATES, content), actor=office_lead, reason="Clearer.")
    assert any(says in message for message in refused.value.messages)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: content["rules"].clear(), "At least one rule must stand here"),
        (lambda content: content["rules"][3]["functions"].append("kings"), "“kings” is not on this list any more"),
        (lambda content: content["rules"][3]["gates"].append("no-gate"), "“no-gate” is not on this list any more"),
        (lambda content: content["rules"][0].update(monitoring=""), "This rule asks for nothing"),
        (lambda content: content["rules"][1].update(name="high RISK"), "stands here more than once"),
    ],
)
def test_rules_that_cannot_be_drafted_say_why(office_lead, change, says):
    content = content_of(MATRIX)
    change(content)
    with pytest.raises(ValidationError) as refused:
        drafted(office_lead, MATRIX, content)
    assert any(says in message for message in refused.value.messages)


@pytest.mark.parametrize("kind", [GATES, MATRIX, "decision-rights"])
def test_what_was_shipped_can_be_published(kind):
    assert kind_of(kind).publishable(content_of(kind)) == content_of(kind)


def test_a_retired_jurisdiction_stays_in_its_rules(office_lead):
    Jurisdiction.objects.filter(name="EU").update(is_active=False)
    content = content_of(MATRIX)
    rule_of(content, "eu-high")["about"] = "Still."
    drafted(office_lead, MATRIX, content)


@pytest.mark.parametrize("kind", [GATES, MATRIX, "decision-rights"])
def test_pages_read_their_lists_once(client, office_lead, kind):
    start_draft(kind_of(kind), actor=office_lead)
    client.force_login(office_lead)
    for name in ("kind_detail", "draft_edit", "draft_publish"):
        client.get(reverse(f"configuration:{name}", args=[kind]))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"configuration:{name}", args=[kind])).status_code == 200
        assert len(queries) <= 22, (name, len(queries))
