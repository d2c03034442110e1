"""The ledger in the history of an initiative, for those who see its money; and metrics on which something hangs."""

from decimal import Decimal

import pytest

from aiso.errors import DomainError
from portfolio.actions.measure_outcomes import remove_outcome_metric
from portfolio.history import history_of_initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_person
from value.actions.claims import correct_claim
from value.actions.measure import record_measurement
from value.actions.post import reverse_entry
from value.actions.shares import agree_shares

from .conftest import DAY
from .factories import claim, cost_of, post
from .test_value_pages import text_of


@pytest.fixture
def told(initiative, metric, business_owner, finance_controller) -> list[str]:
    """A cost that was taken back, and a claim that was shared and corrected."""
    cost = post(initiative, business_owner, cost_of(321))
    reverse_entry(cost, actor=business_owner, reason="Twice on the invoice.")
    one, other = claim(metric, business_owner), claim(metric, business_owner)
    shares = {one: Decimal("0.6"), other: Decimal("0.4")}
    agree_shares(shares, actor=finance_controller, reason="Both agree.")
    correct_claim(one, actor=finance_controller, amount=Decimal(877), reason="A part is overtime.")
    return [
        "321",
        "Run cost",
        "Reversal of run cost",
        "Claimed benefit",
        "Corrected",
        "877",
        "0.6",
        "A part is overtime.",
    ]


def test_whoever_sees_the_money_reads_it_in_the_history(told, initiative, business_owner, finance_controller, client):
    client.force_login(business_owner)
    page = text_of(client.get(f"{initiative.get_absolute_url()}history/"))
    assert [each for each in told if each not in page] == []
    people = {entry.person for entry in history_of_initiative(initiative, sees_money=True).entries}
    assert {business_owner, finance_controller} <= people
    script = Script(make_api_token(business_owner)[1])
    assert "A part is overtime." in str(script.get(f"/api/v1/initiatives/{initiative.reference}/history/").json())


def test_an_ordinary_colleague_reads_nothing_of_it(told, initiative, client):
    colleague = make_person()
    client.force_login(colleague)
    page = text_of(client.get(f"{initiative.get_absolute_url()}history/"))
    script = Script(make_api_token(colleague)[1])
    sent = str(script.get(f"/api/v1/initiatives/{initiative.reference}/history/").json())
    # Sums could stand in an address or a number by chance.
    words = [each for each in told if not each.replace(".", "").isdigit()]
    assert [each for each in words if each in page or each in sent] == []
    assert "Outcome metric" in page


def test_its_pages_follow_one_another(initiative, business_owner):
    for number in range(1, 120):
        post(initiative, business_owner, cost_of(number))
    seen, after = [], ""
    while True:
        history = history_of_initiative(initiative, sees_money=True, after=after)
        seen += [change.now for entry in history.entries for line in entry.lines for change in line.changes]
        if not (after := history.after):
            break
    assert [seen.count(str(number)) for number in range(1, 120)] == [1] * 119


def test_a_metric_on_which_something_hangs_says_what(metric, business_owner):
    claim(metric, business_owner, claim="forecast")
    with pytest.raises(DomainError, match="was forecast and valued, and what was forecast and valued stays"):
        remove_outcome_metric(metric, actor=business_owner)
    claim(metric, business_owner)
    record_measurement(metric, actor=business_owner, value=Decimal(12), measured_on=DAY, method="Log")
    with pytest.raises(DomainError, match="was claimed, forecast, measured and valued"):
        remove_outcome_metric(metric, actor=business_owner)
