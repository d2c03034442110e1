"""As a new user would: from a request to a funded pilot, through the gates, with a sign-off that turns outdated.

The pages are those that each person opens. What stands in the inventory beside the path (owners, the map of autonomy, a
metric) is written by the actions that its pages call; those pages have tests of their own.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aiso import clock
from aiso.accounts.models import Role
from aiso.celery import app
from aiso.events.tasks import relay_events
from portfolio.actions.accept_map import accept_map
from portfolio.actions.assign_owners import assign_owner
from portfolio.actions.keep_decisions import edit_decision_class
from portfolio.actions.measure_outcomes import add_outcome_metric
from portfolio.actions.write_plan import write_plan
from portfolio.models import Bucket, Initiative, PlanKind, Stage
from stagegates.models import Condition, Decision, GateReview, SignOff, Tranche
from tests.factories import make_person, make_seat, make_unit

from .conftest import Visit, axe_findings
from .test_intake import fill_case, fill_rest
from .test_sign_offs import sign

JAN = date(2027, 1, 1)
PLANNED = {(JAN, PlanKind.CASHABLE): Decimal(90_000), (JAN, PlanKind.RUN_COST): Decimal(20_000)}


@pytest.fixture
def relay() -> Iterator[Callable[[], None]]:
    """What the worker does with the events that wait, at once."""
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield relay_events
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


@pytest.fixture
def people(transactional_db, business_owner) -> dict[str, Any]:
    business_owner.unit = make_unit("Customer service")
    business_owner.save()
    found = {
        "owner": business_owner,
        "technical": make_person("Tessa Owen", Role.TECHNICAL_OWNER),
        "risk_owner": make_person("Rolf Owen", Role.RISK_OWNER),
        "office": make_person("Olga Member", Role.OFFICE_MEMBER),
        "lead": make_person("Otto Lead", Role.OFFICE_LEAD),
        "finance": make_person("Fred Count", Role.FINANCE_CONTROLLER),
        "data": make_person("Dana Field", Role.DATA_REVIEWER),
        "risk": make_person("Ria Weigh", Role.RISK_REVIEWER),
        "chair": make_person("Carla Chair"),
    }
    make_seat("portfolio-review", found["chair"], "chair")
    return found


def test_a_request_becomes_a_funded_pilot(visit: Visit, people, relay):
    initiative = _request(visit, people)
    _inventory(initiative, people)
    relay()
    owner = visit(initiative.get_absolute_url(), as_=people["owner"])
    chair = visit("/", as_=people["chair"])
    _pass_workflow_fit(owner, chair, initiative)
    _pass_data_fit(visit, owner, chair, initiative, people, relay)
    _fund_the_pilot(visit, owner, chair, initiative, people, relay)
    _spend_and_plan_on(visit, owner, initiative, people)


def _request(visit: Visit, people: dict[str, Any]) -> Initiative:
    """Asked by its business owner, accepted by the office."""
    page = visit("/intakes/", as_=people["owner"])
    page.get_by_role("link", name="New request").first.click()
    page.get_by_role("button", name="Start").click()
    fill_case(page)
    fill_rest(page)
    page.locator("#steps").get_by_role("link", name="Users and workflow").click()
    # Customers see it: the full lane, gate by gate.
    page.locator("[name=is_customer_facing][value=yes]").check()
    expect(page.locator("#meaning")).to_contain_text("Full lane")
    page.locator("#steps").get_by_role("link", name=re.compile("Review")).click()
    page.get_by_role("button", name="Submit for triage").click()
    expect(page.locator(".answer")).to_contain_text("the office has it")
    office = visit("/intakes/", as_=people["office"])
    office.get_by_role("link", name="Delivery date replies to service customers").click()
    office.locator("summary", has_text="Accept").click()
    office.get_by_role("button", name="Accept the request").click()
    expect(office.locator(".answer")).to_contain_text("Accepted on")
    initiative = Initiative.objects.get()
    assert (initiative.stage, initiative.lane, initiative.business_owner) == (Stage.INTAKE, "full", people["owner"])
    return initiative


def _inventory(initiative: Initiative, people: dict[str, Any]) -> None:
    """Owners, how often it decides, what gets better, and the plan."""
    owner = people["owner"]
    for kind, person in (("technical", people["technical"]), ("risk", people["risk_owner"])):
        assign_owner(initiative, actor=people["office"], kind=kind, person=person)
    for decision in initiative.decision_classes.all():
        tests = {"volume_per_week": 400, "confidence": "high", "review_capacity": "ample"}
        edit_decision_class(decision, actor=owner, **tests)
    add_outcome_metric(
        initiative, actor=owner, name="Hours looking up dates", unit="h a week", direction="down",
        baseline=Decimal(30), baseline_on=clock.today(), baseline_source="Time sheets", target=Decimal(5),
    )  # fmt: skip
    write_plan(initiative, actor=owner, amounts=PLANNED)
    initiative.refresh_from_db()
    initiative.bucket = Bucket.objects.first()
    initiative.save(update_fields=["bucket"])


def _open(owner: Page, initiative: Initiative, ask: str, amount: str = "") -> GateReview:
    owner.goto(f"{initiative.get_absolute_url()}gates/")
    owner.get_by_role("link", name="Open review").first.click()
    owner.get_by_label("What is asked").fill(ask)
    # What the request named stands there; the first gates need none of it yet.
    owner.get_by_label("Money asked for").fill(amount)
    owner.get_by_role("button", name="Open review").click()
    expect(owner.get_by_role("heading", name="Checklist")).to_be_visible()
    return GateReview.objects.open().get(initiative=initiative)


def _submit(owner: Page, review: GateReview) -> None:
    owner.goto(review.get_absolute_url())
    owner.get_by_role("button", name="Submit for decision").click()
    expect(owner.locator("main")).to_contain_text("Submitted")
    assert axe_findings(owner) == []


def _decide(chair: Page, review: GateReview, outcome: str, why: str, **fields: str) -> None:
    chair.goto(f"{review.get_absolute_url()}decide/")
    chair.locator("label.out", has=chair.locator(f"[value={outcome}]")).click()
    for label, text in fields.items():
        chair.get_by_label(re.compile(rf"^{label}\b")).first.fill(text)
    chair.get_by_label("Rationale").fill(why)
    assert axe_findings(chair) == []
    with chair.expect_navigation():
        chair.get_by_role("button", name="Record the decision").click()


def _stage(initiative: Initiative) -> str:
    initiative.refresh_from_db()
    return initiative.stage


def _pass_workflow_fit(owner: Page, chair: Page, initiative: Initiative) -> None:
    """All it asks is known from the inventory: nothing is typed twice."""
    review = _open(owner, initiative, "Look into it for a month")
    _submit(owner, review)
    _decide(chair, review, "approve", "Thirty hours a week are worth a look.")
    expect(chair.locator("main")).to_contain_text("Approve")
    assert _stage(initiative) == Stage.DISCOVERY


def _sign_off(visit: Visit, person: Any, reason: str) -> Page:
    page = visit("/sign-offs/", as_=person)
    expect(page.locator(".answer")).to_contain_text("1 to answer by you")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer .sign-off")).to_be_visible()
    sign(page, reason)
    return page


def _pass_data_fit(
    visit: Visit, owner: Page, chair: Page, initiative: Initiative, people: dict[str, Any], relay: Callable[[], None]
) -> None:
    """Evidence is given, the data function signs, an owner replaces a document, and the sign-off reopens."""
    review = _open(owner, initiative, "Build the first line")
    for text in ("Enough clean production data", "It is known where the data comes from"):
        _give(owner, re.compile(f"Add ?: {text}"), "or link", "https://files.example.org/profile-1")
    _give(owner, re.compile("Answer ?: Every data set"), "Answer", "Kim owns the order book.")
    relay()
    _submit(owner, review)
    relay()
    _sign_off(visit, people["data"], "The profile is sound.")
    sign_off = SignOff.objects.get(review=review, function__slug="data")
    assert sign_off.state == SignOff.State.ANSWERED

    owner.goto(review.get_absolute_url())
    owner.locator("details.req", has_text="Enough clean production data").locator("summary").first.click()
    _give(owner, re.compile("Replace ?: Enough clean"), "or link", "https://files.example.org/profile-2")
    relay()
    sign_off.refresh_from_db()
    assert sign_off.state == SignOff.State.OUTDATED
    _decide(chair, review, "approve", "The data is there.")
    expect(chair.locator(".errs")).to_contain_text(re.compile("outdated", re.IGNORECASE))
    assert _stage(initiative) == Stage.DISCOVERY

    page = visit(sign_off.get_absolute_url(), as_=people["data"])
    expect(page.locator(".sign-off .note")).to_contain_text("profile-2")
    sign(page, "The new profile is sound, too.")
    _decide(chair, review, "approve", "The data is there.")
    expect(chair.locator("main")).to_contain_text("Approve")
    assert _stage(initiative) == Stage.BUILD
    assert sign_off.answers.count() == 2


def _give(owner: Page, link: re.Pattern[str], label: str, text: str) -> None:
    owner.get_by_role("link", name=link).first.click()
    form = owner.locator("form.give")
    form.get_by_label(label).fill(text)
    form.get_by_role("button", name="Give evidence").click()
    form.wait_for(state="detached")


def _fund_the_pilot(
    visit: Visit, owner: Page, chair: Page, initiative: Initiative, people: dict[str, Any], relay: Callable[[], None]
) -> None:
    """The map is accepted, an envelope set, and the approval commits 60,000, of which 20,000 are released."""
    for person, role in ((people["owner"], "business"), (people["risk_owner"], "risk")):
        accept_map(initiative, actor=person, role=role)
    lead = visit("/funding/", as_=people["lead"])
    lead.get_by_role("link", name="Set an envelope").click()
    lead.get_by_label("Bucket").select_option(label=initiative.bucket.name)
    lead.get_by_label("From").fill(clock.today().replace(day=1).isoformat())
    lead.get_by_label("Until").fill((clock.today() + timedelta(days=300)).isoformat())
    lead.get_by_label("Amount").fill("100,000")
    lead.get_by_label("Why").fill("The budget of the year.")
    lead.get_by_role("button", name="Set it").click()

    review = _open(owner, initiative, "Try it with 40 clerks", "60,000")
    relay()
    _submit(owner, review)
    relay()
    _sign_off(visit, people["risk"], "People look at every reply.")
    due = (clock.today() + timedelta(days=40)).isoformat()
    asked = {"Condition 1": "Show that replies hold", "By": due, "Released now": "20,000"}
    _decide(chair, review, "conditions", "Worth a pilot.", **asked)
    expect(chair.locator("main")).to_contain_text("Approved with conditions")
    assert _stage(initiative) == Stage.PILOT
    tranches = Tranche.objects.filter(initiative=initiative)
    assert (sum(each.released for each in tranches), sum(each.withheld for each in tranches)) == (20_000, 40_000)
    assert tranches[0].envelope.free == 40_000

    # The condition is met, confirmed by another, and then the rest is released.
    condition = Condition.objects.get()
    owner.goto(condition.get_absolute_url())
    owner.get_by_label("How it was met").fill("Of 200 replies, 197 hold.")
    owner.get_by_role("button", name=re.compile("met|Met")).first.click()
    chair.goto(condition.get_absolute_url())
    chair.get_by_role("button", name=re.compile("Confirm")).first.click()
    withheld = tranches.get(withheld__gt=0)
    finance = visit(withheld.get_absolute_url(), as_=people["finance"])
    expect(finance.locator("main")).to_contain_text("Nothing stands in the way")
    finance.get_by_role("button", name=re.compile("^Release")).click()
    expect(finance.locator("main")).to_contain_text("unspent")
    assert sum(each.released for each in tranches.all()) == 60_000


def _spend_and_plan_on(visit: Visit, owner: Page, initiative: Initiative, people: dict[str, Any]) -> None:
    """Spending is booked; the plan that was approved stays, and what changed since stands beside it."""
    tranche = Tranche.objects.filter(initiative=initiative).first()
    finance = visit(tranche.get_absolute_url(), as_=people["finance"])
    finance.get_by_label("Amount").first.fill("5,000")
    finance.get_by_label("Spent on").fill(clock.today().isoformat())
    finance.get_by_label("Evidence").fill("Invoice 7")
    finance.get_by_role("button", name="Record it").click()
    expect(finance.locator("#entries")).to_contain_text("Invoice 7")
    more = PLANNED | {(JAN, PlanKind.RUN_COST): Decimal(30_000)}
    write_plan(initiative, actor=people["owner"], amounts=more, reason="The model costs more.")
    owner.goto(initiative.get_absolute_url())
    shown = owner.get_by_role("region", name="As approved against now")
    for told in ("First-year run cost", "20,000", "30,000", "The model costs more."):
        expect(shown).to_contain_text(told)
    assert axe_findings(owner) == []
    changes = initiative.stage_changes.order_by("pk").values_list("stage", "source")
    assert [*changes] == [
        (Stage.INTAKE, "intake"),
        *((stage, "decision") for stage in (Stage.DISCOVERY, Stage.BUILD, Stage.PILOT)),
    ]
    assert Decision.objects.filter(initiative=initiative).count() == 3
