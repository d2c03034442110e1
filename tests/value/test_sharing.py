"""Costs that several initiatives share: split by a rule to the cent, posted whole, taken back whole."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Initiative
from tests.api.conftest import Script, make_api_token
from tests.factories import make_initiative, make_person, make_unit
from value.actions.months import close_month
from value.actions.post import reverse_entry
from value.actions.rates import record_rate
from value.actions.sharing import add_sharing_rule, post_shared_cost, reverse_shared_cost, revise_sharing_rule
from value.models import LedgerEntry, SharedCost, SharedCostPart, SharingRule, SharingVersion
from value.splitting import split

from .factories import cost_of, post

FROM, SHARES = date(2026, 1, 1), ("50", "25", "25")
TOLD: dict[str, Any] = {"starts_on": FROM, "basis": "Hours of use.", "reason": "Agreed in January."}


def parts_of(
    *initiatives: Initiative, shares: tuple[str, ...] = ("50", "25", "25")
) -> list[tuple[Initiative, Decimal]]:
    return [(each, Decimal(share)) for each, share in zip(initiatives, shares, strict=True)]


@pytest.fixture
def three(business_owner) -> list[Initiative]:
    return [make_initiative(f"Shares {number}", owner=business_owner) for number in range(3)]


@pytest.fixture
def rule(three, finance_controller) -> SharingRule:
    return add_sharing_rule(actor=finance_controller, name="Platform", parts=parts_of(*three), **TOLD)


@pytest.fixture
def cost(rule, finance_controller) -> SharedCost:
    return post_shared_cost(rule, cost_of("100.01", key="ERP-1"), actor=finance_controller)


@st.composite
def shares_of_all(draw: st.DrawFn) -> list[Decimal]:
    """Shares with four decimals that are 100 together."""
    cuts = draw(st.lists(st.integers(1, 999_999), min_size=1, max_size=30, unique=True))
    edges = [0, *sorted(cuts), 1_000_000]
    return [Decimal(high - low).scaleb(-4) for low, high in pairwise(edges)]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(1, 10**14 - 1), shares_of_all())
def test_parts_add_up_to_the_cent_whatever_the_amount_and_the_shares(cents, shares):
    amount = Decimal(cents).scaleb(-2)
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert parts == split(amount, shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - amount * share / 100) < Decimal("0.01")
        assert part >= 0


def test_what_is_left_goes_to_whom_most_was_cut_off():
    assert split(Decimal("0.05"), [Decimal(50), Decimal(50)]) == [Decimal("0.03"), Decimal("0.02")]
    assert split(Decimal("0.01"), [Decimal(30), Decimal(70)]) == [Decimal("0.00"), Decimal("0.01")]
    assert split(Decimal(100), [Decimal("33.3333"), Decimal("33.3333"), Decimal("33.3334")])[2] == Decimal("33.34")


def test_a_shared_cost_is_an_entry_for_each_part(cost, three, finance_controller):
    parts = SharedCostPart.objects.select_related("entry").order_by("entry__initiative")
    assert [part.entry.amount for part in parts] == [Decimal("50.01"), Decimal("25.00"), Decimal("25.00")]
    assert [part.entry.initiative for part in parts] == three
    assert {part.entry.evidence for part in parts} == {"Invoice 17"}
    assert Event.objects.get(name="shared_cost.posted").payload["cost"] == cost.pk
    assert Event.objects.get(name="ledger.posted").payload["initiatives"] == [each.pk for each in three]


@settings(suppress_health_check=[*HealthCheck], max_examples=25, deadline=None)
@given(cents=st.integers(1, 10**9), currency=st.sampled_from(["EUR", "USD"]))
def test_posted_parts_add_up_too(rule, finance_controller, cents, currency):
    with transaction.atomic():
        if currency == "USD":
            told = {"currency": "USD", "month": date(2026, 6, 1), "rate": Decimal("0.87"), "source": "ECB"}
            record_rate(actor=finance_controller, **told)
        amount = Decimal(cents).scaleb(-2)
        made = post_shared_cost(rule, cost_of(amount, currency=currency), actor=finance_controller)
        entries = LedgerEntry.objects.filter(shared_part__shared_cost=made)
        assert sum(entry.amount for entry in entries) == amount
        assert all(entry.amount > 0 and entry.currency == currency for entry in entries)
        transaction.set_rollback(True)


def test_its_key_posts_it_once(cost, rule, three, finance_controller):
    asked = cost_of("100.01", key="ERP-1")
    assert post_shared_cost(rule, asked, actor=finance_controller) == cost
    with pytest.raises(DomainError, match="names another shared cost"):
        post_shared_cost(rule, replace(asked, amount=Decimal(5)), actor=finance_controller)
    other = add_sharing_rule(actor=finance_controller, name="Licences", parts=parts_of(*three), **TOLD)
    with pytest.raises(DomainError, match="names another shared cost"):
        post_shared_cost(other, asked, actor=finance_controller)
    assert (SharedCost.objects.count(), LedgerEntry.objects.count()) == (1, 3)


def test_the_version_of_its_date_holds(rule, three, finance_controller):
    fewer = parts_of(*three[:2], shares=("60", "40"))
    told = TOLD | {"starts_on": date(2026, 6, 10), "reason": "One left."}
    version = revise_sharing_rule(rule, actor=finance_controller, parts=fewer, **told)
    for day, count in ((date(2026, 6, 9), 3), (date(2026, 6, 10), 2)):
        made = post_shared_cost(rule, cost_of(10, happened_on=day), actor=finance_controller)
        assert made.parts.count() == count
    assert made.version == version
    with pytest.raises(DomainError, match="does not hold yet on 31"):
        post_shared_cost(rule, cost_of(10, happened_on=date(2025, 12, 31)), actor=finance_controller)
    assert Event.objects.filter(name="sharing_rule.revised").count() == 1


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        (("50", "25", "24.9999"), "The shares are 99.9999 %"),
        (("50", "25", "25.5"), "The shares are 100.5 %"),
        (("50", "25.00001", "24.99999"), "up to four decimals"),
        (("100", "0", "0"), "more than 0"),
    ],
)
def test_shares_are_all(three, finance_controller, shares, told):
    with pytest.raises(DomainError, match=told):
        add_sharing_rule(actor=finance_controller, name="Wrong", parts=parts_of(*three, shares=shares), **TOLD)
    assert not SharingRule.objects.exists()


def test_what_a_rule_cannot_say(rule, three, finance_controller):
    gone = make_initiative("Gone")
    Initiative.objects.filter(pk=gone.pk).update(is_off_register=True)
    gone.refresh_from_db()
    wrong = {
        "Name each initiative once": [(three[0], Decimal(50)), (three[0], Decimal(50))],
        "among 2 to 100": [(three[0], Decimal(100))],
        "not on the register": [(three[0], Decimal(50)), (gone, Decimal(50))],
    }
    for told, parts in wrong.items():
        with pytest.raises(DomainError, match=told):
            revise_sharing_rule(rule, actor=finance_controller, parts=parts, **TOLD)
    with pytest.raises(ValidationError):
        add_sharing_rule(actor=finance_controller, name="platform", parts=parts_of(*three), **TOLD)
    with pytest.raises(ValidationError):
        revise_sharing_rule(rule, actor=finance_controller, parts=parts_of(*three), **TOLD | {"reason": " "})
    assert SharingVersion.objects.count() == 1


def test_all_parts_are_posted_or_none(rule, three, finance_controller):
    Initiative.objects.filter(pk=three[1].pk).update(is_off_register=True)
    with pytest.raises(DomainError, match=f"“Platform” {three[1].reference} has a part. It is not on the register"):
        post_shared_cost(rule, cost_of(10), actor=finance_controller)
    Initiative.objects.update(is_off_register=False)
    close_month(date(2026, 5, 1), actor=finance_controller)
    with pytest.raises(DomainError, match="May 2026"):
        post_shared_cost(rule, cost_of(10, happened_on=date(2026, 5, 2)), actor=finance_controller)
    assert not LedgerEntry.objects.exists()
    assert not SharedCost.objects.exists()


def test_it_is_reversed_whole(cost, finance_controller, executive):
    entry = LedgerEntry.objects.first()
    with pytest.raises(DomainError, match="part of a shared cost"):
        reverse_entry(entry, actor=finance_controller, reason="Wrong.")
    with pytest.raises(PermissionDenied):
        reverse_shared_cost(cost, actor=executive, reason="Wrong.")
    with pytest.raises(DomainError, match="what was wrong"):
        reverse_shared_cost(cost, actor=finance_controller, reason=" ")
    made = reverse_shared_cost(cost, actor=finance_controller, reason="Booked twice.")
    assert sum(entry.amount for entry in made) == Decimal("-100.01")
    with pytest.raises(DomainError, match="reversed already"):
        reverse_shared_cost(cost, actor=finance_controller, reason="Booked twice.")
    assert LedgerEntry.objects.count() == 6
    assert Event.objects.filter(name="shared_cost.reversed").count() == 1


def test_who_keeps_rules_and_posts_by_them(rule, three, office_lead, business_owner, finance_controller):
    of_a_unit = make_person("", Role.FINANCE_CONTROLLER, role_unit=three[0].unit)
    of_another = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    for person in (office_lead, business_owner, of_a_unit):
        with pytest.raises(PermissionDenied):
            add_sharing_rule(actor=person, name="Mine", parts=parts_of(*three), **TOLD)
        with pytest.raises(PermissionDenied):
            revise_sharing_rule(rule, actor=person, parts=parts_of(*three), **TOLD)
    for person in (office_lead, business_owner, of_another):
        with pytest.raises(PermissionDenied):
            post_shared_cost(rule, cost_of(10), actor=person)
    Initiative.objects.update(unit=three[0].unit)
    assert post_shared_cost(rule, cost_of(10), actor=of_a_unit)


def test_a_rule_is_not_written_anew_past_somebody_unseen(rule, three, finance_controller):
    Initiative.objects.filter(pk=three[2].pk).update(is_confidential=True)
    with pytest.raises(DomainError, match="that you do not see"):
        revise_sharing_rule(rule, actor=finance_controller, parts=parts_of(*three[:2], shares=("50", "50")), **TOLD)


def test_the_database_holds_the_sums(cost, three):
    part = SharedCostPart.objects.select_related("part__version").first()
    version, person = part.part.version, cost.recorded_by
    other = make_initiative()
    entry = post(other, person, cost_of(5))
    bad = [
        f"INSERT INTO value_sharingpart (version_id, initiative_id, share) VALUES ({version.pk}, {other.pk}, 5)",
        f"INSERT INTO value_sharedcostpart (shared_cost_id, entry_id, part_id) SELECT {cost.pk}, {entry.pk}, {part.pk}",
        *(
            f"{deed} value_{table}{rest}"
            for table in ("sharingrule", "sharingversion", "sharingpart", "sharedcost", "sharedcostpart")
            for deed, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
    ]
    for statement in bad:
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_keys_of_parts_are_kept(initiative, business_owner):
    for key in ("shared:1", "centre:4711:K"):
        with pytest.raises(DomainError, match="are kept"):
            post(initiative, business_owner, cost_of(5, key=key))


def test_on_pages(client, three, finance_controller, office_member):
    client.force_login(finance_controller)
    lines = "\n".join(f"{each.reference} {share} %" for each, share in zip(three, ("50", "30", "20"), strict=True))
    sent = {"name": "Cloud", "starts_on": "2026-01-01", "basis": "Hours.", "reason": "Agreed.", "parts": lines}
    assert client.post("/sharing-rules/new/", sent | {"parts": lines[:-4] + "19"}).status_code == 422
    assert "no reference and share" in client.post("/sharing-rules/new/", sent | {"parts": "all"}).content.decode()
    address = client.post("/sharing-rules/new/", sent).headers["Location"]
    assert "Cloud" in client.get("/sharing-rules/").content.decode()
    assert "Nothing was shared" in client.get(address).content.decode()
    assert f"{three[0].reference} 50" in client.get(f"{address}revise/").content.decode()
    assert client.post(f"{address}revise/", sent | {"starts_on": "2026-07-01"}).status_code == 302
    booked = {"kind": "run_cost", "amount": "100.01", "currency": "EUR", "happened_on": "2026-06-03"}
    booked |= {"evidence": "Invoice 9", "key": "page:1"}
    assert client.post(f"{address}cost/", booked | {"amount": "0"}).status_code == 422
    here = client.post(f"{address}cost/", booked).headers["Location"]
    page = " ".join(client.get(here).content.decode().split())
    assert "Split by “Cloud”" in page
    assert three[2].reference in page
    entry = LedgerEntry.objects.get(initiative=three[1])
    told = " ".join(client.get(entry.get_absolute_url()).content.decode().split())
    assert "30 % by the rule “Cloud”" in told
    assert "100.01" in told
    assert f"{entry.get_absolute_url()}reverse/" not in told
    assert client.post(f"{entry.get_absolute_url()}reverse/", {"reason": "No."}).status_code == 422
    client.force_login(office_member)
    assert "Write it anew" not in client.get(address).content.decode()
    assert client.get(f"{address}revise/").status_code == 403
    assert client.get(f"{address}cost/").status_code == 403
    assert client.get(f"{here}reverse/").status_code == 403
    client.force_login(finance_controller)
    assert client.post(f"{here}reverse/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}reverse/", {"reason": "Twice."}).status_code == 302
    assert "It was reversed" in client.get(here).content.decode()


def test_an_owner_sees_their_own_part_alone(client, cost, rule, three, business_owner, requester):
    owner = make_person("Owner of the first")
    mine = make_initiative("Mine", owner=owner)
    finance = cost.recorded_by
    shared = add_sharing_rule(actor=finance, name="Two", parts=parts_of(mine, three[0], shares=("50", "50")), **TOLD)
    made = post_shared_cost(shared, cost_of(10), actor=finance)
    Initiative.objects.filter(pk=three[0].pk).update(is_confidential=True)
    client.force_login(owner)
    page = " ".join(client.get(made.get_absolute_url()).content.decode().split())
    assert mine.reference in page
    assert "1 part more, of initiatives whose money you do not see" in page
    assert {*re.findall(r"[\d.]+(?=\s€)", page)} == {"5"}
    assert "50 %" not in page
    assert three[0].name not in page
    assert three[0].reference not in page
    assert client.get(cost.get_absolute_url()).status_code == 404
    assert client.get("/sharing-rules/").status_code == 403
    assert client.get(rule.get_absolute_url()).status_code == 403
    of_another = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    for person in (requester, of_another):
        client.force_login(person)
        assert client.get(made.get_absolute_url()).status_code == 404
    client.force_login(finance)
    page = client.get(shared.get_absolute_url()).content.decode()
    assert three[0].name not in page
    assert "1 part more" in page
    assert "not shown" in page
    assert three[0].name not in client.get(made.get_absolute_url()).content.decode()
    entry = LedgerEntry.objects.get(initiative=mine)
    told = " ".join(client.get(entry.get_absolute_url()).content.decode().split())
    assert ("shared cost</a> by the rule “Two”" in told, "50 %" in told) == (True, False)
    for person in (owner, finance):
        script = Script(make_api_token(person)[1])
        seen = script.get(f"shared-costs/{made.pk}/").json()
        assert (seen["amount"], seen["unseen"]) == (None, 1)
        assert [(part["amount"], part["share"]) for part in seen["parts"]] == [("5.00", None)]
        rows = script.get("shared-costs/").json()["results"]
        assert next(row["amount"] for row in rows if row["id"] == made.pk) is None
    Initiative.objects.filter(pk=three[0].pk).update(is_off_register=True)
    with pytest.raises(DomainError, match="an initiative that you do not see has a part"):
        post_shared_cost(shared, cost_of(10), actor=finance)


def test_the_api_does_the_same(three, finance_controller, office_member, business_owner):
    finance, office, owner = (
        Script(make_api_token(person)[1]) for person in (finance_controller, office_member, business_owner)
    )
    parts = [
        {"initiative": each.reference, "share": share} for each, share in zip(three, ("50", "25", "25"), strict=True)
    ]
    sent = {"name": "Cloud", "starts_on": "2026-01-01", "basis": "Hours.", "reason": "Agreed.", "parts": parts}
    assert office.post("sharing-rules/", sent).status_code == 403
    made = finance.post("sharing-rules/", sent)
    assert made.status_code == 201, made.json()
    rule = made.json()["id"]
    assert finance.post("sharing-rules/", sent | {"name": "X", "parts": parts[:2]}).status_code == 422
    assert len(office.get(f"sharing-rules/{rule}/").json()["versions"][0]["parts"]) == 3
    assert owner.get(f"sharing-rules/{rule}/").status_code == 404
    del sent["name"]
    assert len(finance.post(f"sharing-rules/{rule}/revise/", sent).json()["versions"]) == 2
    booked = {"rule": rule, "kind": "run_cost", "amount": "100.01", "evidence": "Invoice", "key": "K"}
    assert office.post("shared-costs/", booked).status_code == 403
    first, again = (finance.post("shared-costs/", booked) for _ in range(2))
    assert first.json() == again.json()
    here = f"shared-costs/{first.json()['id']}/"
    assert [part["amount"] for part in owner.get(here).json()["parts"]] == ["50.01", "25.00", "25.00"]
    assert office.post(f"{here}reverse/", {"reason": "No."}).status_code == 403
    assert finance.post(f"{here}reverse/", {"reason": "Twice."}).json()["is_reversed"] is True
    assert finance.post(f"{here}reverse/", {"reason": "Twice."}).status_code == 409
    assert len(office.get("shared-costs/").json()["results"]) == 1


def test_pages_cost_the_same_with_more_parts(client, three, finance_controller, django_assert_max_num_queries):
    many = [*three, *(make_initiative() for _ in range(17))]
    parts = [(each, Decimal(5)) for each in many]
    rule = add_sharing_rule(actor=finance_controller, name="Many", parts=parts, **TOLD)
    for _ in range(3):
        revise_sharing_rule(rule, actor=finance_controller, parts=parts, **TOLD)
    made = post_shared_cost(rule, cost_of(10), actor=finance_controller)
    client.force_login(finance_controller)
    for address, most in (("/sharing-rules/", 16), (rule.get_absolute_url(), 24), (made.get_absolute_url(), 20)):
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
