"""How requirements stand: known facts, assessments, evidence; for reviews and for the gate that comes next."""

from datetime import date, timedelta

import pytest

from aiso import clock
from aiso.errors import DomainError
from forums.models import Forum
from portfolio.actions.accept_map import accept_map
from portfolio.actions.edit_initiative import touch
from portfolio.models import Clearance, Initiative, OutcomeMetric, Stage
from portfolio.models.risk import RiskTier
from stagegates.actions.open_review import open_review
from stagegates.models import Decision, Evidence, GateReview
from stagegates.overview import next_gate_of
from stagegates.rules import gates_in_force, matrix_in_force, rights_in_force
from stagegates.standing import next_checklists, standings_of

from ..factories import make_clearance, make_decision, make_initiative, make_tool, move_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiative(business_owner, technical_owner, risk_owner):
    return make_initiative(
        owner=business_owner, technical_owner=technical_owner, risk_owner=risk_owner, risk_tier=RiskTier.MODERATE
    )


def standing(initiative, code):
    found = {each.requirement.code: each for each in next_checklists([initiative])[initiative.pk]}
    return found[code]


def make_evidence(initiative, code, version=1, **fields):
    fields.setdefault("kind", Evidence.Kind.LINK)
    fields.setdefault("link", "https://files.example.org/profile")
    return Evidence.objects.create(
        initiative=initiative, code=code, version=version, given_by=initiative.business_owner, **fields
    )


def test_the_business_owner_is_known(initiative, business_owner):
    found = standing(initiative, "workflow-fit/business-owner")

    assert found.is_met
    assert found.says == business_owner.name


def test_an_owner_who_left_answers_for_nothing(initiative, business_owner):
    business_owner.is_active, business_owner.deactivated_at = False, clock.now()
    business_owner.save()

    found = standing(initiative, "workflow-fit/business-owner")

    assert not found.is_met
    assert found.says == "The business owner Boris Owen has left"
    assert found.url == f"/initiatives/{initiative.reference}/owners/business/"


def test_each_decision_class_says_its_volume(initiative):
    assert standing(initiative, "workflow-fit/volume").says == "No decision is recorded yet"

    make_decision(initiative, "Route a request", volume_per_week=120)
    unsaid = make_decision(initiative, "Refund")
    assert standing(initiative, "workflow-fit/volume").says == "No volume: Refund"

    unsaid.volume_per_week = 30
    unsaid.save()
    found = standing(initiative, "workflow-fit/volume")
    assert found.is_met
    assert found.says == "150 a week in 2 decision classes"


def test_a_baseline_has_value_day_source_and_target(initiative):
    metric = OutcomeMetric(initiative=initiative, name="Stops", unit="a month", direction="down")
    metric.save()
    assert standing(initiative, "workflow-fit/pain").is_met
    assert standing(initiative, "workflow-fit/baseline-plan").says == "No baseline: Stops"

    metric.baseline, metric.baseline_on, metric.baseline_source = 14, date(2026, 3, 3), "maintenance log"
    metric.save()
    assert standing(initiative, "workflow-fit/baseline-plan").says == "No target: Stops"

    metric.target = 9
    metric.save()
    found = standing(initiative, "workflow-fit/baseline-plan")
    assert found.is_met
    assert found.says.replace("\N{NO-BREAK SPACE}", " ") == "Stops: 14 on 3 Mar 2026 (maintenance log), target 9"


def test_a_tier_counts_once_every_question_is_answered(initiative):
    move_stage(initiative, Stage.BUILD)

    found = standing(initiative, "autonomy-fit/tier")

    assert not found.is_met
    assert "unanswered" in found.says
    assert found.url.endswith("/risk/#risk_tier")


def test_every_tool_must_be_cleared(initiative):
    move_stage(initiative, Stage.PILOT)
    assert standing(initiative, "production-fit/tools").says == "No tool is named yet"

    initiative.tools.add(make_tool("Vision kit"))
    assert standing(initiative, "production-fit/tools").is_met

    initiative.tools.add(make_tool("Chat kit", approved=False))
    assert standing(initiative, "production-fit/tools").says == "No clearance yet for Chat kit"


def test_a_clearance_that_ended_clears_no_longer(initiative):
    move_stage(initiative, Stage.PILOT)
    tool = make_tool("Vision kit", approved=False)
    for function in Clearance.Function:
        make_clearance(tool, function, expires_on=clock.today())
    initiative.tools.add(tool)

    with clock.fixed_at(clock.now()):
        assert standing(initiative, "production-fit/tools").is_met
    with clock.fixed_at(clock.now() + timedelta(days=1)):
        assert not standing(initiative, "production-fit/tools").is_met


def test_evidence_counts_until_it_expires_or_is_withdrawn(initiative):
    move_stage(initiative, Stage.DISCOVERY)
    code = "data-fit/lineage"
    assert standing(initiative, code).says == "No file or link yet"

    make_evidence(initiative, code, expires_on=clock.today() - timedelta(days=1))
    expired = standing(initiative, code)
    assert not expired.is_met
    assert expired.says.startswith("Expired on")

    renewed = make_evidence(initiative, code, version=2, expires_on=clock.today())
    assert standing(initiative, code).evidence == renewed
    assert standing(initiative, code).is_met

    renewed.withdrawn_at, renewed.withdrawn_by = clock.now(), initiative.business_owner
    renewed.save()
    assert not standing(initiative, code).is_met


def test_a_review_reads_its_own_requirements(initiative, business_owner):
    review = open_review(initiative, actor=business_owner)
    review.requirements.filter(code="workflow-fit/pain").delete()

    standings = standings_of([review])[review.pk]

    assert [each.requirement.code for each in standings] == [
        "workflow-fit/business-owner",
        "workflow-fit/volume",
        "workflow-fit/baseline-plan",
    ]
    assert [each.is_met for each in standings] == [True, False, False]


def test_what_was_waived_is_settled_and_not_met(initiative, business_owner, office_lead):
    review = open_review(initiative, actor=business_owner)
    review.requirements.filter(code="workflow-fit/pain").update(waived_because="Measured later", waived_by=office_lead)

    found = next(each for each in standings_of([review])[review.pk] if each.is_waived)

    assert found.is_settled
    assert not found.is_met


def test_a_paused_one_has_the_checklist_that_it_goes_on_to_and_one_at_scale_the_last(initiative):
    closed = make_initiative(stage=Stage.CLOSED)
    paused = make_initiative(stage=Stage.DISCOVERY, since=clock.today() - timedelta(days=9))
    move_stage(paused, Stage.PAUSED)
    unknown = make_initiative(stage=Stage.PAUSED)
    last = make_initiative(stage=Stage.SCALE)

    found = next_checklists([closed, paused, unknown, last, initiative])

    gates = [{each.requirement.gate for each in found[row.pk]} for row in (closed, paused, unknown, last)]
    assert gates == [set(), {"data-fit"}, {"workflow-fit"}, {"value-fit"}]


def test_one_at_scale_says_whether_value_fit_was_ever_reviewed(client, office_member, business_owner, executive):
    never = make_initiative(stage=Stage.SCALE, owner=business_owner, risk_tier=RiskTier.LOW)
    client.force_login(office_member)
    page = client.get(f"/initiatives/{never.reference}/gates/").content.decode()
    assert "Shown again: value fit" in page
    assert "Value fit was never reviewed." in page
    assert "Open review" not in page
    assert next_gate_of(never).note == "Value fit was never reviewed"
    assert "value fit was never reviewed" in client.get(never.get_absolute_url()).content.decode()
    with pytest.raises(DomainError, match="where the last gate leads"):
        open_review(never, actor=business_owner)
    review = GateReview.objects.create(
        initiative=never, gates=["value-fit"], opened_by=business_owner, closed_at=clock.now(), to_stage=Stage.SCALE,
        lane="full", gates_version=gates_in_force().version, matrix_version=matrix_in_force().version,
        rights_version=rights_in_force().version,
    )  # fmt: skip
    Decision.objects.create(
        initiative=never, review=review, outcome="approve", rationale="Go.", body=Forum.objects.first(),
        way="meeting", decided_by=executive,
    )  # fmt: skip
    touch([never.pk])
    assert next_gate_of(Initiative.objects.get(pk=never.pk)).note == "Value fit was passed and is shown again"


def test_a_closed_one_says_that_no_gate_comes(client, office_member):
    closed = make_initiative(stage=Stage.CLOSED)
    client.force_login(office_member)
    assert "no gate comes any more" in client.get(f"/initiatives/{closed.reference}/gates/").content.decode()
    assert next_gate_of(closed) is None


def test_the_number_of_queries_is_fixed(business_owner, django_assert_num_queries, django_assert_max_num_queries):
    def some(count):
        rows = []
        for number in range(count):
            row = make_initiative(
                stage=[Stage.INTAKE, Stage.DISCOVERY, Stage.BUILD, Stage.PILOT][number % 4],
                owner=business_owner,
                risk_tier=RiskTier.HIGH,
            )
            make_decision(row)
            rows.append(row)
        return rows

    few, many = some(4), some(20)
    with django_assert_max_num_queries(40) as counted:
        next_checklists(few)
    with django_assert_num_queries(len(counted)):
        next_checklists(many)

    few_reviews = [open_review(each, actor=business_owner) for each in few]
    many_reviews = [open_review(each, actor=business_owner) for each in many]
    with django_assert_max_num_queries(40) as counted:
        standings_of(few_reviews)
    with django_assert_num_queries(len(counted)):
        standings_of(many_reviews)


def test_the_accepted_map_is_known(initiative):
    move_stage(initiative, Stage.BUILD)
    assert standing(initiative, "autonomy-fit/accepted-map").says == "No decision is recorded yet"

    make_decision(initiative, "Route a request")
    found = standing(initiative, "autonomy-fit/accepted-map")
    assert not found.is_met
    assert found.says == "Waits for the business owner and risk owner"

    accept_map(initiative, actor=initiative.business_owner, role="business")
    accept_map(initiative, actor=initiative.risk_owner, role="risk")
    assert standing(initiative, "autonomy-fit/accepted-map").is_met
