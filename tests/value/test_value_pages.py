"""The ledger, claims and catalogue on pages, by the API, in My work and in messages."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from aiso.accounts.models import Role
from aiso.events.models import Event, Notification
from aiso.web.work import work_of
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import grant, make_initiative, make_person, make_unit
from value.actions.claims import confirm_claim, reject_claim
from value.actions.months import close_month
from value.claim_work import claims_for
from value.models import CatalogueLink, CatalogueMetric, ClosedMonth, ExchangeRate, LedgerEntry, UnitValue
from value.tasks import tell_of_claim

from .factories import claim, cost_of, post

KEYED = {"evidence": "Invoice 17", "key": "K"}
CLAIMED = KEYED | {
    "claim": "claimed",
    "first_on": "2026-05-01",
    "last_on": "2026-05-31",
    "method": "Hours times their cost.",
    "currency": "EUR",
}


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_owner_posts_a_cost(initiative, business_owner, executive, client):
    client.force_login(business_owner)
    here = f"{initiative.get_absolute_url()}value/"
    assert "Nothing is posted yet" in text_of(client.get(here))
    assert "covers" in text_of(client.get(f"{here}cost/"))
    refused = client.post(f"{here}cost/", KEYED | {"kind": "run_cost", "amount": "x", "currency": "EUR"})
    assert refused.status_code == 422
    sent = KEYED | {"kind": "run_cost", "amount": "1,200", "currency": "EUR", "happened_on": "2026-06-10"}
    made = client.post(f"{here}cost/", sent)
    assert client.post(f"{here}cost/", sent).headers["Location"] == made.headers["Location"]
    assert LedgerEntry.objects.get().last_on == date(2026, 6, 30)
    page = text_of(client.get(made.headers["Location"]))
    assert "1,200" in page
    assert "It counts by the days that it covers." in page
    tab = text_of(client.get(here))
    assert "Nothing is confirmed yet; net value" in tab
    assert "<svg" in tab
    client.force_login(executive)
    assert client.post(f"{here}cost/", sent).status_code == 403


def test_from_claim_to_confirmed_by_another_person(saved, business_owner, finance_controller, client):
    here = f"{saved.initiative.get_absolute_url()}value/"
    client.force_login(business_owner)
    sent = CLAIMED | {"metric": saved.pk, "quantity": "12.5"}
    assert client.post(f"{here}claim/", sent | {"metric": ""}).status_code == 422
    made = client.post(f"{here}claim/", sent).headers["Location"]
    entry = LedgerEntry.objects.get()
    assert client.get("/claims/").status_code == 403
    for deed in ("confirm", "correct", "reject"):
        assert client.post(f"{made}{deed}/", {"reason": "No."}).status_code == 403
    client.force_login(finance_controller)
    queue = text_of(client.get("/claims/"))
    assert "1 claim waits for you" in queue
    assert "new method" in queue
    assert "Confirm claim and method" in text_of(client.get(made))
    assert client.post(f"{made}correct/", {"amount": "400", "reason": ""}).status_code == 422
    assert client.post(f"{made}correct/", {"amount": "400", "reason": "An eighth is overtime."}).status_code == 302
    page = text_of(client.get(made))
    assert "corrected it to" in page
    assert client.post(f"{made}confirm/", {}).status_code == 422
    tab = text_of(client.get(here))
    assert "Of 400" in tab
    assert "Capacity freed" in tab
    assert "No claim waits for you" in text_of(client.get("/claims/"))
    entry.refresh_from_db()
    assert entry.answer.amount == 400


def test_months_confirm_together(metric, business_owner, finance_controller, client):
    months = [{"first_on": date(2026, month, 1), "last_on": date(2026, month, 28)} for month in (3, 4, 5)]
    first, second, third = (claim(metric, business_owner, **month) for month in months)
    client.force_login(finance_controller)
    client.post("/claims/confirm/", {"entry": [first.pk, second.pk]})
    assert claims_for(finance_controller).count() == 3
    confirm_claim(first, actor=finance_controller)
    assert text_of(client.get("/claims/")).count('name="entry"') == 2
    told = client.post("/claims/confirm/", {"entry": [second.pk, third.pk, "x", 10**12]}, follow=True)
    assert "2 claims confirmed" in text_of(told)
    assert not claims_for(finance_controller).exists()
    assert "Nothing was ticked" in text_of(client.post("/claims/confirm/", follow=True))


def test_reversing(initiative, business_owner, client):
    entry = post(initiative, business_owner, cost_of(300))
    client.force_login(business_owner)
    here = f"{entry.get_absolute_url()}reverse/"
    assert "takes back what it counts" in text_of(client.get(here))
    assert client.post(here, {"reason": ""}).status_code == 422
    made = client.post(here, {"reason": "Twice."}).headers["Location"]
    assert "an earlier entry" in text_of(client.get(made))
    assert "Another entry" in text_of(client.get(entry.get_absolute_url()))
    assert client.post(here, {"reason": "Again."}).status_code == 422


def test_the_list_and_its_filters(initiative, metric, business_owner, finance_controller, client):
    post(initiative, business_owner, cost_of(300, kind="rework", happened_on=date(2026, 4, 2)))
    _, rejected, _ = (claim(metric, business_owner, claim=kind) for kind in ("claimed", "claimed", "forecast"))
    reject_claim(rejected, actor=finance_controller, reason="No.")
    client.force_login(finance_controller)

    def rows(query: str) -> int:
        return text_of(client.get(f"/ledger/?{query}")).count("data-row")

    found = {
        "": 4,
        "kind=rework": 1,
        "state=waiting": 1,
        "state=rejected": 1,
        "state=forecast": 1,
        "state=reversed": 0,
        "month=2026-04": 1,
        "month=2026-13": 4,
        "month=0000-01": 4,
        f"initiative={initiative.reference}": 4,
        f"initiative={initiative.pk}": 4,
        "initiative=AI-999999": 0,
        "initiative=x": 0,
        "kind=nonsense&state=nonsense": 4,
    }
    assert {query: rows(query) for query in found} == found
    file = b"".join(client.get("/ledger/export/?state=waiting&format=csv").streaming_content).decode()
    assert file.count(initiative.reference) == 1
    assert client.get("/ledger/export/").status_code == 200


def test_pages_cost_the_same_with_more_rows(initiative, metric, business_owner, finance_controller, client):
    client.force_login(finance_controller)
    pages = ["/ledger/", "/claims/", f"{initiative.get_absolute_url()}value/"]

    def queries() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as found:
                assert client.get(page).status_code == 200
            counts.append(len(found))
        return counts

    def add(times: int) -> None:
        for _ in range(times):
            claim(metric, business_owner)
            post(initiative, business_owner, cost_of(5))

    add(2)
    queries()
    few = queries()
    add(15)
    assert queries() == few


def test_who_is_concerned_is_told(metric, business_owner, finance_controller):
    def told() -> set[str]:
        event = Event.objects.filter(name__in=["ledger.claimed", "claim.rejected"]).latest("pk")
        tell_of_claim(event.pk)
        tell_of_claim(event.pk)
        return {*Notification.objects.filter(event=event).values_list("person__email", flat=True)}

    entry = claim(metric, business_owner)
    assert told() == {finance_controller.email}
    assert "Confirm a benefit: Stops a month" in [item.what for item in work_of(finance_controller)]
    reject_claim(entry, actor=finance_controller, reason="Half a month.")
    assert told() == {business_owner.email}
    assert not [item for item in work_of(finance_controller) if "benefit" in item.what]


def test_the_queue_says_what_the_rule_says(metric, business_owner, finance_controller, office_member):
    """Nobody is shown what they may not answer: owners, whoever wrote the method, whoever is of another unit."""
    claim(metric, office_member)
    for person in (business_owner, office_member):
        grant(person, Role.FINANCE_CONTROLLER)
        assert not claims_for(person).exists()
    assert claims_for(finance_controller).count() == 1
    assert claims_for(make_person("", Role.FINANCE_CONTROLLER, role_unit=metric.initiative.unit)).count() == 1
    assert not claims_for(make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())).exists()
    Initiative.objects.update(is_confidential=True)
    assert not claims_for(finance_controller).exists()


def test_what_is_confidential_stays_so(metric, business_owner, client):
    entry = claim(metric, business_owner)
    Initiative.objects.update(is_confidential=True)
    client.force_login(make_person("", Role.FINANCE_CONTROLLER))
    for deed in ("", "reverse/"):
        assert client.get(f"{entry.get_absolute_url()}{deed}").status_code == 404
    assert client.post(f"{entry.get_absolute_url()}confirm/").status_code == 404
    assert "data-row" not in text_of(client.get("/ledger/"))


def test_whoever_does_not_see_its_money_sees_none(metric, business_owner, client):
    claim(metric, business_owner)
    client.force_login(make_person())
    assert "Its money is not shown to you" in text_of(client.get(f"{metric.initiative.get_absolute_url()}value/"))
    assert "data-row" not in text_of(client.get("/ledger/"))


def test_rates_and_months(finance_controller, metric, business_owner, executive, client):
    client.force_login(finance_controller)
    assert client.post("/ledger/rates/", {"currency": "USD", "month": "2026-05-09", "rate": "0"}).status_code == 422
    sent = {"currency": "USD", "month": "2026-05-09", "rate": "0.9", "source": "ECB"}
    client.post("/ledger/rates/", sent)
    client.post("/ledger/rates/", sent | {"rate": "0.91"})
    assert ExchangeRate.objects.count() == 2
    page = text_of(client.get("/ledger/rates/"))
    assert ("0.91" in page, "0.9<" in page) == (True, False)
    entry = claim(metric, business_owner)
    for page in ("/ledger/months/", "/ledger/months/close/"):
        told = text_of(client.get(page))
        assert ("1 claim waits for an answer" in told, entry.get_absolute_url() in told) == (True, True)
        assert 'name="month"' not in told
    client.post("/ledger/months/close/", {"month": "2026-05-01"})
    assert not ClosedMonth.objects.exists()
    reject_claim(entry, actor=finance_controller, reason="No.")
    assert 'href="/ledger/months/close/"' in text_of(client.get("/ledger/months/"))
    told = text_of(client.get("/ledger/months/close/"))
    assert "1 entry dated until 31 May 2026" in told
    assert "Benefit, claimed" in told
    assert not ClosedMonth.objects.exists()
    client.post("/ledger/months/close/", {"month": "2026-05-01"})
    assert ClosedMonth.objects.get().month == date(2026, 5, 1)
    assert "May 2026 is closed" in text_of(client.get("/ledger/months/"))
    client.force_login(executive)
    assert client.get("/ledger/months/close/").status_code == 403
    assert "Record a rate" not in text_of(client.get("/ledger/rates/"))
    assert client.post("/ledger/rates/", sent).status_code == 403


def test_the_catalogue(office_lead, finance_controller, metric, business_owner, client):
    client.force_login(office_lead)
    assert client.post("/catalogue/new/", {"name": ""}).status_code == 422
    sent = {"name": "Unplanned stops", "unit": "stops", "direction": "down", "about": "More than an hour."}
    made = client.post("/catalogue/new/", sent).headers["Location"]
    assert client.post("/catalogue/new/", sent).status_code == 422
    assert client.post(f"{made}edit/", {"name": "Stops", "is_active": "on"}).status_code == 302
    worth = {"amount": "250", "benefit_type": "cost_avoidance", "starts_on": "2026-01-01"}
    worth |= {"method": "Mean", "evidence": "Log"}
    assert client.post(f"{made}value/", worth).status_code == 403
    client.force_login(finance_controller)
    assert client.post(f"{made}value/", worth | {"ends_on": "2025-01-01"}).status_code == 422
    assert client.post(f"{made}value/", worth).status_code == 302
    assert UnitValue.objects.get().amount == 250
    assert "Cost avoidance" in text_of(client.get("/catalogue/"))
    assert "approved" in text_of(client.get(made)).lower()
    client.force_login(business_owner)
    here = f"{metric.initiative.get_absolute_url()}value/"
    assert "perhaps" in text_of(client.get(here))
    client.post(f"{here}{metric.pk}/match/", {"entry": CatalogueMetric.objects.get().pk})
    assert "Comparable" in text_of(client.get(here))
    client.post(f"{here}{metric.pk}/match/", {"entry": ""})
    assert not CatalogueLink.objects.exists()


def test_the_api_does_the_same(saved, business_owner, finance_controller):
    owner, finance = (Script(make_api_token(person)[1]) for person in (business_owner, finance_controller))
    stranger = Script(make_api_token(make_person())[1])
    below = f"/api/v1/initiatives/{saved.initiative.reference}/"
    cost = {"kind": "run_cost", "amount": "300", "evidence": "Invoice", "key": "ERP-1", "happened_on": "2026-06-02"}
    made = owner.post(f"{below}ledger-entries/", cost)
    assert (made.status_code, made.json()["state"], made.json()["reporting_amount"]) == (201, "posted", "300.00")
    assert owner.post(f"{below}ledger-entries/", cost).json()["id"] == made.json()["id"]
    assert owner.post(f"{below}ledger-entries/", cost | {"amount": "301"}).status_code in (409, 422)
    assert owner.post(f"{below}ledger-entries/", cost | {"key": "E", "currency": "USD"}).status_code in (409, 422)
    gained = {"kind": "benefit", "claim": "claimed", "metric": saved.pk, "quantity": "10", "method": "M"}
    gained |= {"first_on": "2026-05-01", "evidence": "Report", "key": "May"}
    claimed = owner.post(f"{below}ledger-entries/", gained)
    assert (claimed.status_code, claimed.json()["amount"], claimed.json()["is_comparable"]) == (201, "400.00", True)
    here = claimed["Location"]
    assert stranger.get(here).status_code == 404
    assert stranger.get(f"{below}value/").status_code == 403
    assert owner.post(f"{here}confirm/", {}).status_code == 403
    assert [row["id"] for row in finance.get("/api/v1/ledger-entries/?state=mine").json()["results"]] == [
        claimed.json()["id"]
    ]
    together = {"entries": [claimed.json()["id"]]}
    assert finance.post("/api/v1/ledger-entries/confirm-together/", together).status_code == 409
    assert finance.post("/api/v1/ledger-entries/confirm-together/", {"entries": [10**9]}).status_code == 422
    assert finance.post(f"{here}correct/", {"amount": "350", "reason": "Less."}).json()["confirmed_amount"] == "350.00"
    assert finance.post(f"{here}confirm/", {}).status_code == 409
    worth = finance.get(f"{below}value/?days=90").json()
    assert (worth["benefits"], worth["first"]) == (
        [{"benefit_type": "capacity", "forecast": "0.00", "claimed": "0.00", "confirmed": "350.00", "decayed": "0.00"}],
        "2026-03-18",
    )
    assert (worth["run_cost"], worth["net"]) == ("150.00", "200.00")
    assert owner.post(f"{here}reverse/", {"reason": "Wrong."}).status_code == 403
    assert finance.post(f"{here}reverse/", {"reason": "Wrong."}).status_code == 201
    assert finance.get(f"{below}value/").json()["benefits"][0]["confirmed"] == "0.00"
    assert finance.get(f"{below}compared-metrics/").json()["results"][0]["is_comparable"] is True


def test_the_api_of_what_finance_keeps(finance_controller, office_lead):
    finance, office = (Script(make_api_token(person)[1]) for person in (finance_controller, office_lead))
    sent = {"currency": "USD", "month": "2026-05-02", "rate": "0.9", "source": "ECB"}
    assert office.post("/api/v1/exchange-rates/", sent).status_code == 403
    assert finance.post("/api/v1/exchange-rates/", sent).json()["month"] == "2026-05-01"
    assert office.get("/api/v1/exchange-rates/?currency=CHF").json()["results"] == []
    made = office.post("/api/v1/catalogue-metrics/", {"name": "Calls", "unit": "calls", "direction": "down"})
    here = made["Location"]
    assert office.patch(here, {"about": "Answered ones."}).json()["about"] == "Answered ones."
    value = {"amount": "4", "benefit_type": "capacity", "starts_on": "2026-01-01", "method": "M", "evidence": "E"}
    assert office.post(f"{here}approve-value/", value).status_code == 403
    assert finance.post(f"{here}approve-value/", value).status_code == 201
    assert [row["amount"] for row in office.get(f"{here}values/").json()["results"]] == ["4.0000"]
    assert finance.post("/api/v1/closed-months/", {"month": "2026-05-31"}).json()["month"] == "2026-05-01"
    assert finance.post("/api/v1/closed-months/", {"month": "2026-05-31"}).status_code in (409, 422)


def test_a_merged_initiative_takes_no_entries(initiative, business_owner, client):
    Initiative.objects.filter(pk=initiative.pk).update(is_off_register=True)
    client.force_login(business_owner)
    sent = KEYED | {"kind": "run_cost", "amount": "5", "currency": "EUR", "happened_on": "2026-06-10"}
    refused = client.post(f"{initiative.get_absolute_url()}value/cost/", sent)
    assert (refused.status_code, "not on the register" in text_of(refused)) == (422, True)


def test_an_empty_month_closes_for_good(finance_controller):
    close_month(date(2026, 5, 1), actor=finance_controller)
    assert ClosedMonth.objects.open_from() == date(2026, 6, 1)


def test_figures_of_another_initiative_are_not_mixed_in(initiative, business_owner, finance_controller, client):
    post(make_initiative(owner=business_owner), business_owner, cost_of(Decimal(999)))
    client.force_login(business_owner)
    assert "999" not in text_of(client.get(f"{initiative.get_absolute_url()}value/"))
