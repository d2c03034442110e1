"""Scorecards on pages, in files and over the API, with what an initiative from pilot on is asked."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso import clock
from forums.models import Forum
from portfolio.models import Bucket, Objective, OutcomeMetric, OwnerKind, StageChange, Workflow
from portfolio.models.initiative import STABLE_DAYS
from stagegates.models import Decision, StageByDecision
from tests.api.conftest import Script, make_api_token
from tests.factories import make_entry, make_initiative, make_ownership, make_person, make_unit, move_stage
from tests.stagegates.decisions.conftest import make_condition, make_review, make_sign_off
from tests.value.adoption_factories import read
from tests.value.factories import claim_of, cost_of
from value.actions.claims import confirm_claim
from value.actions.measure import confirm_measurement, record_measurement
from value.actions.post import post_entry
from value.kept.recompute import recompute_marked
from value.models import ScorecardLine
from value.scorecards.card import Scorecard
from value.scorecards.readiness import Check, Readiness
from value.weeks import last_weeks

EARLIER = ("workflow-fit", "data-fit", "autonomy-fit")
PARAGRAPH = (
    "It finds pumps that are about to fail from their sound, tells the shift lead a day before, and saves stops."
)


def text_of(response) -> str:
    return " ".join(response.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def make_metric(initiative, name="Stops", **fields) -> OutcomeMetric:
    told = {
        "unit": "stops",
        "direction": "down",
        "baseline": Decimal(14),
        "baseline_on": clock.today() - timedelta(days=200),
        "baseline_source": "Log",
        "target": Decimal(9),
    }
    return OutcomeMetric.objects.create(initiative=initiative, name=name, **told | fields)


def measure(metric, value, back=3):
    day = clock.today() - timedelta(days=back)
    owner = metric.initiative.business_owner
    return record_measurement(metric, actor=owner, value=Decimal(value), measured_on=day, method="Log")


def asked_of(initiative, person, *, sees_money=True) -> dict[str, Check]:
    initiative.refresh_from_db()
    readiness = Readiness(Scorecard(initiative, person), sees_money=sees_money, may_edit=True)
    return {check.name: check for check in [*readiness.ready, *readiness.survives]}


def passed(initiative, chair, gates=EARLIER, **fields) -> Decision:
    review = make_review(initiative, gates=gates, closed_at=clock.now())
    body = Forum.objects.get(slug="portfolio-review")
    told = {"outcome": "approve", "rationale": "Well begun.", "way": "meeting", "decided_by": chair, "body": body}
    return Decision.objects.create(initiative=initiative, review=review, **told | fields)


# --- one initiative


def test_the_tab_shows_five_categories_and_the_way_to_fill_a_gap(client, initiative, business_owner, stranger):
    metric = make_metric(initiative, category="model_quality")
    measure(metric, 12, back=40)
    measure(metric, 8)
    client.force_login(business_owner)
    here = f"/initiatives/{initiative.reference}/scorecard/"

    page = text_of(client.get(here))

    assert "1 outcome metric: 1 on target; nothing for business outcome, process efficiency, platform" in page
    assert "8 reaches at most 9." in page
    assert f"/initiatives/{initiative.reference}/measurements/#measured-{metric.pk}" in page
    assert "outside the catalogue: not comparable" in page
    assert "Stops: from 12 to 8 in 2 values" in page
    # Four gaps, and what is asked of three metrics.
    assert page.count("Add a metric<") == 5
    adding = f"/initiatives/{initiative.reference}/outcomes/new/?category=adoption_health"
    assert adding in page
    assert '<option value="adoption_health" selected>' in text_of(client.get(adding))
    client.force_login(stranger)
    assert "Add a metric<" not in text_of(client.get(here))


def test_the_lead_tells_outcome_metrics_from_readings(initiative, business_owner, office_lead):
    initiative.workflow = make_entry(Workflow)
    initiative.save(update_fields=["workflow"])
    week = last_weeks(1)[0]
    read(initiative.workflow, office_lead, week, target_users=100, active_users=60, repeat_users=50, opt_outs=5)

    def told() -> str:
        return Scorecard(initiative, business_owner).answer.replace("\xa0", " ")

    assert told().startswith("3 readings: 3 on target; nothing for business outcome,")
    measure(make_metric(initiative), 15)
    assert told().startswith("1 outcome metric and 3 readings: 3 on target, 1 off target; nothing for")


def test_a_confidential_one_is_not_there_for_others(client, initiative, stranger, executive, auditor):
    initiative.is_confidential = True
    initiative.save(update_fields=["is_confidential"])
    make_metric(initiative)
    recompute_marked()
    for person, status, count in ((stranger, 404, 0), (executive, 404, 0), (auditor, 200, 1)):
        client.force_login(person)
        script = Script(make_api_token(person)[1])
        assert client.get(f"/initiatives/{initiative.reference}/scorecard/").status_code == status
        assert script.get(f"initiatives/{initiative.reference}/scorecard/").status_code == status
        assert client.get("/scorecards/").context["board"].total.initiatives == count
        assert script.get("scorecards/").json()["total"]["initiatives"] == count
        assert client.get("/scorecards/rows/").context["found"].in_all == count
        assert ScorecardLine.objects.visible_to(person).count() == count


@pytest.mark.parametrize(
    ("summary", "is_met", "says"),
    [
        ("", False, "Its summary is empty"),
        ("Finds pumps.", False, "Its summary has 2 words, fewer than 15"),
        (PARAGRAPH, True, "One paragraph of 21 words"),
        (f"{PARAGRAPH}\r\n\r\nMore.", False, "Its summary has 2 paragraphs"),
        ("word " * 151, False, "Its summary has 151 words, more than 150"),
    ],
)
def test_ready_is_what_one_paragraph_explains(initiative, business_owner, summary, is_met, says):
    initiative.summary = summary
    initiative.save(update_fields=["summary"])

    check = asked_of(initiative, business_owner)["Explained in one paragraph"]

    assert check.is_met is is_met
    assert check.says.replace("\xa0", " ").startswith(says)


def test_ready_is_what_three_metrics_measure(initiative, business_owner):
    def told() -> tuple[bool | None, str, str]:
        check = asked_of(initiative, business_owner)["Measured in three outcome metrics"]
        return check.is_met, check.says.replace("\xa0", " "), check.verb

    whole = "outcome metrics of 3 have baseline, target and a current measurement"
    assert told() == (False, f"0 {whole}", "Add a metric")
    metrics = [make_metric(initiative, name) for name in ("One", "Two", "Three")]
    measure(metrics[0], 12)
    assert told()[0::2] == (False, "Measure")
    measure(metrics[1], 12)
    measure(metrics[2], 12, back=93)
    assert told() == (False, f"2 {whole}; Three lacks a current measurement", "Measure")
    OutcomeMetric.objects.filter(pk=metrics[2].pk).update(target=None)
    assert told()[1:] == (f"2 {whole}; Three lacks a target and a current measurement", "Complete")
    OutcomeMetric.objects.filter(pk=metrics[2].pk).update(target=9)
    measure(metrics[2], 12, back=92)
    assert told() == (True, "3 outcome metrics have baseline, target and a current measurement", "See measurements")


def test_ready_is_what_decisions_approved_without_overriding(initiative, business_owner, chair):
    def told() -> tuple[bool | None, str]:
        check = asked_of(initiative, business_owner)["Approved on the standard path"]
        return check.is_met, check.says.replace("\xa0", " ")

    early = "passed before it came onto the register (opening position): no decision stands behind"
    assert told() == (False, f"Workflow fit, data fit and autonomy fit were {early} them")
    passed(initiative, chair, EARLIER[:2])
    assert told() == (False, f"Autonomy fit was {early} it")
    passed(initiative, chair, EARLIER[2:], overrides=[{"what": "Legal objects", "reason": "Settled."}])
    assert told() == (False, "An approval overrode what stood in the way: Legal objects")
    passed(initiative, chair, EARLIER[2:])
    assert told() == (True, "3 gates passed by decision, nothing overridden")


def test_a_gate_passed_on_the_register_without_a_decision_is_told_as_that(business_owner, chair):
    initiative = make_initiative("Moved", stage="discovery", owner=business_owner)
    decided = StageChange.Source.DECISION
    change = StageChange.objects.create(initiative=initiative, stage="pilot", changed_on=clock.today(), source=decided)
    StageByDecision.objects.create(stage_change=change, decision=passed(initiative, chair, EARLIER[1:2]))

    says = asked_of(initiative, business_owner)["Approved on the standard path"].says

    assert says == (
        "Workflow fit was passed before it came onto the register (opening position): no decision stands behind it; "
        "no decision that stands let it pass autonomy fit"
    )


def test_it_survives_a_change_of_leaders_with_deputies_for_owners_who_stay(initiative, business_owner):
    def told() -> tuple[bool | None, str]:
        check = asked_of(initiative, business_owner)["A leadership change"]
        return check.is_met, check.says

    deputies = "deputy of the business owner, no deputy of the technical owner and no deputy of the risk owner"
    assert told() == (False, f"No {deputies}")
    for kind in OwnerKind:
        make_ownership(initiative, make_person(), kind, is_deputy=True)
    assert told() == (True, "Three owners who stay, each with a deputy")
    initiative.ownerships.filter(kind="risk", is_deputy=False).update(ended_on=clock.today() - timedelta(days=9))
    assert told() == (False, "No risk owner")
    new = make_person()
    since = clock.today() - timedelta(days=9)
    make_ownership(initiative, new, OwnerKind.RISK, since=since)
    assert told()[1].startswith("The risk owner is new since")
    with clock.fixed_at(clock.now() + timedelta(days=STABLE_DAYS)):
        assert told()[0]
    new.is_active, new.deactivated_at = False, clock.now()
    new.save()
    assert told() == (False, "No risk owner")


def test_who_may_is_led_to_the_missing_owner_or_deputy(client, initiative, business_owner, stranger):
    here = f"/initiatives/{initiative.reference}/scorecard/"

    def told(person) -> tuple[str, str]:
        check = asked_of(initiative, person)["A leadership change"]
        client.force_login(person)
        assert f'href="{check.url}"' in text_of(client.get(here))
        assert client.get(check.url).status_code == 200
        return check.verb, check.url.removeprefix(f"/initiatives/{initiative.reference}/")

    assert told(business_owner) == ("Name a deputy", "owners/#owner-business")
    assert 'id="owner-business"' in text_of(client.get(f"/initiatives/{initiative.reference}/owners/"))
    make_ownership(initiative, make_person(), OwnerKind.BUSINESS, is_deputy=True)
    assert told(business_owner) == ("Name a deputy", "owners/#owner-technical")
    make_ownership(initiative, make_person(), OwnerKind.TECHNICAL, is_deputy=True)
    initiative.ownerships.filter(kind="risk").update(ended_on=clock.today() - timedelta(days=9))
    assert told(business_owner)[0] == "Assign"
    assert told(stranger) == ("See owners", "owners/#tab")


def test_it_survives_a_budget_review_with_confirmed_value_and_all_costs(
    client, initiative, business_owner, finance_controller, stranger
):
    def told(person=business_owner, sees=True) -> tuple[bool | None, str]:
        check = asked_of(initiative, person, sees_money=sees)["A budget review"]
        return check.is_met, check.says.replace("\xa0", " ")

    assert told() == (False, "Nothing is posted: it has no net value to show")
    today = clock.today()
    post_entry(initiative, cost_of(400, first_on=today, last_on=today), actor=business_owner)
    assert told() == (False, "Confirmed benefit less operating costs is −400 € to date")
    first = clock.today() - timedelta(days=40)
    claim = claim_of(make_metric(initiative), amount=Decimal(1000), first_on=first, last_on=first + timedelta(days=9))
    confirm_claim(post_entry(initiative, claim, actor=business_owner), actor=finance_controller)
    assert told() == (True, "Confirmed benefit less operating costs is 600 € to date, with all run costs")
    move_stage(initiative, "limited_rollout", clock.months_later(clock.today().replace(day=1), -2))
    assert told()[0] is False
    assert "but run costs are missing for" in told()[1]
    client.force_login(stranger)
    page = text_of(client.get(f"/initiatives/{initiative.reference}/scorecard/"))
    assert "Only they see it: its owners and their deputies, the office, and finance" in page
    assert ": A budget review</span></a>" not in page
    assert ": A leadership change</span></a>" in page
    assert "600" not in page
    shown = Script(make_api_token(stranger)[1]).get(f"initiatives/{initiative.reference}/scorecard/").json()
    assert [each["is_met"] for each in shown["survives"]] == [False, None, False]
    assert shown["would_survive"] is False
    assert "Still a pilot: 0 of 2 that you see met; one more is for those who see its money" in page


def test_what_somebody_does_not_see_leaves_the_verdict_open(
    client, initiative, business_owner, finance_controller, stranger, chair
):
    passed(initiative, chair)
    for kind in OwnerKind:
        make_ownership(initiative, make_person(), kind, is_deputy=True)
    here = f"/initiatives/{initiative.reference}/scorecard/"

    def told(person) -> tuple[str, bool | None]:
        client.force_login(person)
        page = text_of(client.get(here))
        said = page.split('<h2 id="still-a-pilot">Still a pilot?</h2><span class="mute">')[1].split("<")[0]
        shown = Script(make_api_token(person)[1]).get(f"initiatives/{initiative.reference}/scorecard/").json()
        return said, shown["would_survive"]

    hidden = ("2 of 2 that you see met; one more is for those who see its money", None)
    assert told(stranger) == hidden
    assert told(business_owner) == ("Still a pilot: 2 of 3 met", False)
    today = clock.today()
    claim = claim_of(make_metric(initiative), amount=Decimal(1000), first_on=today, last_on=today)
    confirm_claim(post_entry(initiative, claim, actor=business_owner), actor=finance_controller)
    assert told(business_owner) == ("No pilot any more: 3 of 3 met", True)
    assert told(stranger) == hidden


def test_it_survives_an_audit_while_evidence_and_sign_offs_hold(initiative, business_owner, chair):
    def told() -> tuple[bool | None, str]:
        check = asked_of(initiative, business_owner)["A compliance audit"]
        return check.is_met, check.says.replace("\xa0", " ")

    assert told() == (False, "Workflow fit and 2 more gates were never reviewed")
    decision = passed(initiative, chair)
    assert told() == (True, "Evidence and sign-offs of 3 gates hold, no condition is overdue")
    make_sign_off(decision.review, "legal", "approve", state="outdated")
    assert told() == (False, "The sign-off of Legal is outdated")
    make_condition(decision, business_owner, due_on=clock.today() - timedelta(days=1))
    assert told()[1].startswith("A condition is overdue since")
    assert told()[1].endswith("Prove the fallback; 1 more finding")


def test_before_pilot_nothing_of_this_is_asked(client, business_owner):
    early = make_initiative("Early", stage="build", owner=business_owner)
    client.force_login(business_owner)

    page = text_of(client.get(f"/initiatives/{early.reference}/scorecard/"))

    assert "Ready to scale" not in page
    assert "all five categories lack a metric" in page


def test_the_tab_asks_a_fixed_number_of_queries(client, initiative, business_owner, office_lead, chair):
    client.force_login(business_owner)
    here = f"/initiatives/{initiative.reference}/scorecard/"
    initiative.workflow = make_entry(Workflow)
    initiative.save(update_fields=["workflow"])
    passed(initiative, chair)
    read(initiative.workflow, office_lead, last_weeks(1)[0])
    measure(make_metric(initiative), 12)
    client.get(here)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(here).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(5):
        metric = make_metric(initiative, f"Metric {number}")
        measure(metric, 13, back=20)
        measure(metric, 12)
        read(initiative.workflow, office_lead, last_weeks(number + 2)[-1])
    queries()
    assert queries() == few
    assert few <= 45


# --- the portfolio


@pytest.fixture
def portfolio(business_owner, finance_controller):
    """Four in two units, one below the other, and in two buckets or none; one of them paused."""
    top = make_unit("Operations")
    below = make_unit("Plant", parent=top)
    mail, chat = make_entry(Bucket, "Mail"), make_entry(Bucket, "Chat")
    goal = make_entry(Objective, "Fewer stops")
    good = make_initiative("Good", unit=top, bucket=mail, stage="scale", owner=business_owner, objective=goal)
    bad = make_initiative("Bad", unit=below, bucket=mail, stage="pilot", owner=business_owner)
    bare = make_initiative("Bare", unit=below, stage="build", owner=business_owner)
    paused = make_initiative("Paused", unit=top, bucket=chat, stage="paused", owner=business_owner)
    confirm_measurement(measure(make_metric(good), 8), actor=finance_controller)
    measure(make_metric(bad), 15)
    measure(make_metric(bad, "Old", category="model_quality"), 8, back=120)
    measure(make_metric(paused), 8)
    recompute_marked()
    return {"top": top, "below": below, "mail": mail, "goal": goal, "good": good, "bad": bad, "bare": bare}


def counts(group, category="business_outcome"):
    return {stand: count for stand, count in group.counts[category].items() if count}


def test_initiatives_are_counted_by_bucket_unit_and_objective(client, portfolio, stranger):
    client.force_login(stranger)

    def board(query=""):
        found = client.get(f"/scorecards/{query}").context["board"]
        return {group.name: (group.initiatives, counts(group)) for group in found.groups}

    both = {"on_target": 1, "off_target": 1}
    assert board() == {"Mail": (2, both), "No bucket": (1, {"gap": 1})}
    assert board("?by=unit") == {
        "Operations": (3, both | {"gap": 1}),
        "Plant": (2, {"off_target": 1, "gap": 1}),
    }
    assert board("?by=objective") == {
        "Fewer stops": (1, {"on_target": 1}),
        "No objective": (2, {"off_target": 1, "gap": 1}),
    }
    assert board(f"?by=unit&unit={portfolio['below'].pk}") == {"Plant": (2, {"off_target": 1, "gap": 1})}
    assert board("?stages=production") == {"Mail": (1, {"on_target": 1})}
    assert board("?by=person&unit=x") == board()
    total = client.get("/scorecards/?by=unit").context["board"].total
    assert (total.initiatives, counts(total, "model_quality")) == (3, {"unmeasured": 1, "gap": 2})


def test_a_filter_keeps_what_has_no_bucket_and_everything_is_one_click_away(client, portfolio, stranger):
    client.force_login(stranger)
    here = "/scorecards/rows/"

    page = text_of(client.get(f"{here}?without=bucket&category=model_quality"))
    assert '<input type="hidden" name="without" value="bucket">' in page
    assert '<a class="chip-x" href="?category=model_quality" aria-label="Remove filter: Bucket">' in page
    narrowed = client.get(f"{here}?without=bucket&category=model_quality&unit={portfolio['below'].pk}")
    assert narrowed.context["found"].in_all == 1
    nothing = text_of(client.get(f"{here}?without=bucket&category=model_quality&state=on_target"))
    assert '<a class="btn" href="?category=model_quality">All of this category</a>' in nothing
    whole = client.get(f"{here}?category=model_quality").context["found"]
    assert (whole.in_all, whole.whole) == (3, "")


LEFT_OUT = "this filter is left out. Choose one under Filter."


@pytest.mark.parametrize(
    ("path", "query", "told"),
    [
        *(
            (path, query, f"There is no {told}: {LEFT_OUT}")
            for path in ("", "rows/")
            for query, told in (
                ("bucket=999999", "bucket '999999'"),
                ("unit=abc", "business unit 'abc'"),
                ("objective=-1", "objective '-1'"),
                ("stages=late", "stage 'late'"),
            )
        ),
        ("", "by=person", "There are no scorecards by 'person': these are by bucket."),
        ("rows/", "category=luck", "There is no category 'luck': these are of business outcome."),
        ("rows/", "state=lucky", "There is no standing 'lucky': all of them are shown."),
        ("rows/", "without=unit", "There is no list of those without 'unit': this filter is left out."),
    ],
)
def test_what_an_address_asks_in_vain_is_said(client, portfolio, stranger, path, query, told):
    client.force_login(stranger)
    page = text_of(client.get(f"/scorecards/{path}?{query}")).replace("&#x27;", "'")
    assert page.count("Left out") == page.count(told) == 1
    # A file could not say so: it leads to the page that does.
    file = client.get(f"/scorecards/{path}export/?{query}&format=csv")
    assert (file.status_code, file.url) == (302, f"/scorecards/{path}?{query}")


def test_what_is_understood_is_not_refused(client, portfolio, stranger):
    client.force_login(stranger)
    narrowed = f"bucket={portfolio['mail'].pk}&unit=&stages=production"
    for address in (f"?by=unit&{narrowed}", f"rows/?category=model_quality&state=gap&without=objective&{narrowed}"):
        assert "Left out" not in text_of(client.get(f"/scorecards/{address}"))
    board = client.get(f"/scorecards/?bucket=999999&unit={portfolio['below'].pk}").context["board"]
    assert board.total.initiatives == 2


def test_the_lead_tells_every_state_so_that_it_adds_up(client, portfolio, stranger, business_owner):
    for values in ((13,), (13, 12), (9,)):
        metric = make_metric(make_initiative("More", stage="pilot", owner=business_owner), baseline=None)
        for number, value in enumerate(values):
            measure(metric, value, back=9 - number)
    recompute_marked()
    client.force_login(stranger)

    told = "1 on target, 1 waiting for finance, 1 getting better, 2 off target and 1 without a metric."
    assert f"In business outcome, of 6 active initiatives: {told}" in text_of(client.get("/scorecards/"))
    assert f"In business outcome, of 6 active initiatives: {told}" in text_of(client.get("/scorecards/rows/"))
    others = text_of(client.get("/scorecards/rows/?category=model_quality"))
    assert "In model quality, of 6 active initiatives: 1 unmeasured and 5 without a metric." in others


def test_units_are_opened_level_by_level(client, portfolio, stranger, business_owner):
    top, below = portfolio["top"], portfolio["below"]
    line = make_unit("Line", parent=below)
    make_initiative("Deep", unit=line, stage="pilot", owner=business_owner)
    client.force_login(stranger)

    def told(query="") -> list[tuple[str, str, str]]:
        board = client.get(f"/scorecards/?by=unit{query}").context["board"]
        return [(row.group.name, row.within, row.below_url) for row in board.rows]

    # The only one at the top is open.
    plant = ("Plant", "Operations", f"?by=unit&below={below.pk}")
    assert told() == [("Operations", "", ""), plant]
    make_initiative("Sold", unit=make_unit("Sales"), stage="pilot", owner=business_owner)
    assert told() == [("Operations", "", f"?by=unit&below={top.pk}"), ("Sales", "", "")]
    assert told("&below=x") == told()
    assert told(f"&below={top.pk}") == [("Operations", "", ""), plant]
    assert told(f"&below={below.pk}") == [("Plant", "", ""), ("Line", "Plant", "")]
    assert told(f"&unit={below.pk}") == [("Plant", "", ""), ("Line", "Plant", "")]
    page = text_of(client.get(f"/scorecards/?by=unit&below={below.pk}"))
    assert f'<a class="lk" href="?by=unit&amp;below={top.pk}">Operations</a>' in page
    assert '<a class="lk" href="?by=unit">All units</a>' in page
    assert 'Line<span class="visually-hidden">, in Plant</span>' in page
    assert "Plant and the units right below it, which it counts</caption>" in page
    assert client.get("/scorecards/?by=unit").context["board"].total_url == "/scorecards/rows/"
    assert page.count('href="/scorecards/rows/"') == 1


def test_every_figure_leads_to_its_initiatives(client, portfolio, stranger):
    client.force_login(stranger)
    for by in ("bucket", "unit", "objective"):
        board = client.get(f"/scorecards/?by={by}").context["board"]
        for group in [*board.groups, board.total]:
            assert client.get(board.behind(group)).context["found"].count == group.initiatives
            for cell in (cell for _, cells in board.cells(group) for cell in cells):
                found = client.get(cell.url).context["found"]
                assert len(found.rows) == found.count == cell.count
                assert found.state == cell.stand
    page = text_of(client.get("/scorecards/rows/?category=business_outcome&state=off_target"))
    assert "15 misses at most 9; worse than 14 at the baseline." in page


def test_scorecards_come_as_files_and_over_the_api(client, portfolio, stranger, service_account):
    client.force_login(stranger)
    csv = b"".join(client.get("/scorecards/export/?by=unit&format=csv").streaming_content).decode("utf-8-sig")
    assert csv.splitlines()[0].startswith("Business unit,Unit above,Level,Initiatives,Business outcome: on target,")
    assert csv.splitlines()[1].startswith("Operations,,1,3,1,0,0,1,0,1,")
    assert csv.splitlines()[2].startswith("Plant,Operations,2,2,0,0,0,1,0,1,")
    assert csv.splitlines()[3].startswith("All (each initiative once),,,3,1,0,0,1,0,1,")
    assert len(csv.splitlines()) == 4
    csv = b"".join(client.get("/scorecards/export/?format=csv").streaming_content).decode("utf-8-sig")
    assert csv.splitlines()[0].startswith("Bucket,Initiatives,")
    assert csv.splitlines()[-1].startswith("All (each initiative once),3,1,0,0,1,0,1,")
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(client.get("/scorecards/rows/export/").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["Bad", "Bare", "Good"]

    for person in (stranger, service_account):
        told = Script(make_api_token(person)[1]).get("scorecards/", {"by": "unit", "in_production": "true"}).json()
        assert [group["name"] for group in told["groups"]] == ["Operations"]
        assert [group["parent"] for group in told["groups"]] == [None]
        assert told["total"]["categories"][0] == {
            "category": "business_outcome",
            "on_target": 1,
            "waiting": 0,
            "better": 0,
            "off_target": 0,
            "unmeasured": 0,
            "gap": 0,
        }
    script = Script(make_api_token(stranger)[1])
    units = script.get("scorecards/", {"by": "unit"}).json()["groups"]
    assert {unit["name"]: unit["parent"] for unit in units} == {"Operations": None, "Plant": portfolio["top"].pk}
    assert script.get("scorecards/", {"by": "person"}).status_code == 400
    assert script.get("scorecards/", {"unit": "99999"}).status_code == 400
    one = script.get(f"initiatives/{portfolio['bad'].reference}/scorecard/").json()
    standings = {part["category"]: part["standing"] for part in one["categories"]}
    assert standings["business_outcome"], standings["model_quality"] == ("off_target", "stale")
    assert standings["adoption_health"] == "gap"


def test_the_portfolio_asks_a_fixed_number_of_queries(client, portfolio, stranger, business_owner):
    client.force_login(stranger)
    addresses = ("/scorecards/", "/scorecards/?by=unit", "/scorecards/rows/")

    def queries() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    queries()
    few = queries()
    for number in range(8):
        more = make_initiative(unit=make_unit(), stage="pilot", bucket=make_entry(Bucket), owner=business_owner)
        measure(make_metric(more, f"M{number}"), 12)
    recompute_marked()
    assert queries() == few
    assert max(few) <= 20
    with CaptureQueriesContext(connection) as asked:
        client.get("/scorecards/")
    assert sum("value_scorecardline" in query["sql"] for query in asked) == 1
    assert sum("portfolio_initiative" in query["sql"] for query in asked) == 1
