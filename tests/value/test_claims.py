"""Two keys: who claims, who answers, what an answer leaves, and months in a batch."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.utils import Error

from aiso.accounts.models import Role
from aiso.errors import DomainError
from aiso.events.models import Event
from portfolio.models import Ownership
from tests.factories import grant, make_ownership, make_person, make_unit
from value.actions.claims import confirm_claim, confirm_months, correct_claim, reject_claim
from value.actions.post import reverse_entry
from value.models import ClaimAnswer, LedgerEntry, MethodConfirmation, OpenClaim, ValuingMethod

from .factories import claim

APRIL = {"first_on": date(2026, 4, 1), "last_on": date(2026, 4, 30)}


@pytest.fixture
def claimed(metric, business_owner) -> LedgerEntry:
    return claim(metric, business_owner)


def answers(entry: LedgerEntry, person) -> list:
    return [
        lambda: confirm_claim(entry, actor=person),
        lambda: correct_claim(entry, actor=person, amount=Decimal(5), reason="Less."),
        lambda: reject_claim(entry, actor=person, reason="No."),
        lambda: confirm_months([entry], actor=person),
    ]


def test_finance_confirms_a_claim_and_its_method(claimed, finance_controller):
    answer = confirm_claim(claimed, actor=finance_controller, note="As in the report.")
    answer.refresh_from_db()
    assert (answer.verdict, answer.amount, answer.reporting_amount) == ("confirmed", 1000, 1000)
    assert MethodConfirmation.objects.get().method == claimed.method
    assert not OpenClaim.objects.exists()
    told = Event.objects.filter(name__in=["ledger.claimed", "claim.confirmed"]).order_by("pk")
    assert [event.payload["entry"] for event in told] == [claimed.pk] * 2


def test_finance_corrects_a_claim(claimed, finance_controller):
    with pytest.raises(DomainError, match="confirm it"):
        correct_claim(claimed, actor=finance_controller, amount=Decimal(1000), reason="Same.")
    with pytest.raises(DomainError, match=r"only lowers it\. Reject it and ask for a claim of the higher amount"):
        correct_claim(claimed, actor=finance_controller, amount=Decimal("1000.01"), reason="More.")
    for amount, reason in ((Decimal(0), "Nothing."), (Decimal(5), " ")):
        with pytest.raises(DomainError):
            correct_claim(claimed, actor=finance_controller, amount=amount, reason=reason)
    answer = correct_claim(claimed, actor=finance_controller, amount=Decimal(750), reason="A quarter is overtime.")
    assert (answer.verdict, answer.amount, answer.counts) == ("corrected", 750, True)


def test_finance_rejects_a_claim_and_says_why(claimed, finance_controller):
    with pytest.raises(DomainError, match="Say why"):
        reject_claim(claimed, actor=finance_controller, reason="")
    answer = reject_claim(claimed, actor=finance_controller, reason="No baseline.")
    assert (answer.amount, answer.counts, MethodConfirmation.objects.exists()) == (None, False, False)


def test_nobody_answers_what_they_claimed_own_or_requested(claimed, metric, business_owner, office_member):
    deputy, former, author = make_person(), make_person(), office_member
    make_ownership(metric.initiative, deputy, is_deputy=True)
    make_ownership(metric.initiative, former, is_deputy=True, since=date(2026, 6, 1))
    # Whoever stepped down since it was claimed was an owner then.
    Ownership.objects.filter(person=former).update(ended_on=date(2026, 6, 15))
    by_author = claim(metric, author)
    for person, entry in ((business_owner, claimed), (deputy, claimed), (former, claimed), (author, by_author)):
        grant(person, Role.FINANCE_CONTROLLER)
        for answer in answers(entry, person):
            with pytest.raises(PermissionDenied):
                answer()
    assert OpenClaim.objects.count() == 2


def test_whoever_wrote_the_method_does_not_answer_claims_by_it(claimed, metric, office_member):
    author = make_person("", Role.FINANCE_CONTROLLER)
    ValuingMethod.objects.create(metric=metric, text="Another way.", written_by=author)
    by_it = claim(metric, office_member, method="Another way.", **APRIL)
    with pytest.raises(PermissionDenied):
        confirm_claim(by_it, actor=author)
    assert confirm_claim(claimed, actor=author).counts


def test_only_finance_answers(claimed, office_lead, executive, auditor, service_account):
    grant(service_account, Role.FINANCE_CONTROLLER)
    elsewhere = make_person("", Role.FINANCE_CONTROLLER, role_unit=make_unit())
    for person in (office_lead, executive, auditor, service_account, elsewhere):
        for answer in answers(claimed, person):
            with pytest.raises(PermissionDenied):
                answer()


def test_nothing_is_answered_twice(claimed, finance_controller):
    confirm_claim(claimed, actor=finance_controller)
    for again in answers(claimed, finance_controller):
        with pytest.raises(DomainError, match="confirmed it on"):
            again()
    assert ClaimAnswer.objects.count() == 1


def test_what_was_taken_back_is_not_answered(claimed, business_owner, finance_controller):
    reverse_entry(claimed, actor=business_owner, reason="Wrong month.")
    assert not OpenClaim.objects.exists()
    with pytest.raises(DomainError, match="taken back"):
        confirm_claim(claimed, actor=finance_controller)


def test_a_forecast_is_not_answered(metric, business_owner, finance_controller):
    forecast = claim(metric, business_owner, claim="forecast")
    with pytest.raises(DomainError, match="forecast is not answered"):
        confirm_claim(forecast, actor=finance_controller)


def test_a_method_once_and_its_months_in_a_batch(claimed, metric, business_owner, finance_controller):
    march = {"first_on": date(2026, 3, 1), "last_on": date(2026, 3, 31)}
    months = [claim(metric, business_owner, **APRIL), claim(metric, business_owner, **march)]
    with pytest.raises(DomainError, match="method is new"):
        confirm_months([claimed, *months], actor=finance_controller)
    confirm_claim(claimed, actor=finance_controller)
    february = {"first_on": date(2026, 2, 1), "last_on": date(2026, 2, 28)}
    new = claim(metric, business_owner, method="Quite another one.", **february)
    with pytest.raises(DomainError, match="method is new"), transaction.atomic():
        confirm_months([*months, new], actor=finance_controller)
    assert OpenClaim.objects.count() == 3
    assert [each.verdict for each in confirm_months(months, actor=finance_controller)] == ["confirmed"] * 2
    assert ValuingMethod.objects.count() == 2


def test_the_database_keeps_answers(claimed, metric, business_owner, finance_controller):
    other = claim(metric, business_owner, **APRIL)
    confirm_claim(other, actor=finance_controller)
    columns = "entry_id, verdict, amount, rate, reason, answered_by_id, answered_at, share"
    into = f"INSERT INTO value_claimanswer ({columns}) VALUES"
    bad = [
        f"{into} ({claimed.pk}, 'confirmed', 999, 1, '', {finance_controller.pk}, now(), 1)",
        f"{into} ({claimed.pk}, 'confirmed', 1000, 2, '', {finance_controller.pk}, now(), 1)",
        f"{into} ({claimed.pk}, 'confirmed', 1000, 1, '', {business_owner.pk}, now(), 1)",
        f"{into} ({claimed.pk}, 'corrected', 1000, 1, 'Less.', {finance_controller.pk}, now(), 1)",
        f"{into} ({claimed.pk}, 'corrected', 1001, 1, 'More.', {finance_controller.pk}, now(), 1)",
        f"{into} ({claimed.pk}, 'rejected', 1000, 1, 'No.', {finance_controller.pk}, now(), 1)",
        f"{into} ({claimed.pk}, 'rejected', NULL, 1, '', {finance_controller.pk}, now(), 1)",
        *(
            f"{deed} value_{table}{rest}"
            for table in ("claimanswer", "methodconfirmation", "valuingmethod")
            for deed, rest in (("UPDATE", " SET id = id"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
    ]
    for statement in bad:
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"{into} ({claimed.pk}, 'rejected', NULL, 1, 'No.', {finance_controller.pk}, now(), 1)")
    assert not OpenClaim.objects.exists()
