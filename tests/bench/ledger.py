"""A million ledger lines over 10,000 initiatives, then ten times both: python -m tests.bench.ledger

Prints a table of pages and actions, and how long a file of 100,000 costs takes to be read and posted.
Sizes, in initiatives, can be given: python -m tests.bench.ledger 10000 20000
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from tempfile import mkdtemp
from typing import Any

from aiso.embedded import ensure_servers

SIZES = (10_000, 100_000)
FILE_LINES = 100_000


def main() -> None:
    os.environ["AISO_VAR"] = mkdtemp(prefix="aiso-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "aiso.settings"
    ensure_servers(throwaway=True)
    import django

    django.setup()
    from django.conf import settings

    from .report import report_of

    settings.ALLOWED_HOSTS.append("testserver")
    settings.API_REQUESTS_A_MINUTE = 10**9
    sizes = [int(size) for size in sys.argv[1:]] or [*SIZES]
    results = [_measured(size) for size in sizes]
    print(report_of(sizes, results))
    print(_import_seconds())


def _measured(size: int) -> dict[str, Any]:
    from django.core.management import call_command

    from aiso.accounts.models import Role, RoleAssignment, User

    from .floor import bare_client
    from .measure import measure_in_turn
    from .report import open_database
    from .seed import seed
    from .seed_ledger import seed_ledger

    open_database(f"bench_ledger_{size}")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    seed(size)
    office = User.objects.get(email="office@example.org")
    controller = User.objects.create_user("finance@example.org", name="Finance controller")
    RoleAssignment.objects.create(person=controller, role=Role.FINANCE_CONTROLLER)
    lines = seed_ledger(office, controller)
    print(f"{lines:,} lines seeded in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    bare = bare_client(controller)
    floors = {"floor": lambda n: bare.get("/floor/"), "API list floor": lambda n: bare.get("/floor/api/")}
    claim = {"claim, confirm, figures": _one_claim(office, controller)}
    return measure_in_turn(floors | _page_asks(controller) | claim)


def _page_asks(controller: Any) -> dict[str, Any]:
    """Pages as a finance controller of the whole company sees them, and the API's figures of one initiative."""
    from django.test import Client

    from aiso.web.keyset import AS_MADE, LATEST_FIRST, _write
    from portfolio.models import Initiative
    from value.claim_work import claims_for
    from value.models import LedgerEntry

    from .seed_ledger import WAITING, last_month

    client = Client()
    client.force_login(controller)
    middle = LedgerEntry.objects.latest("pk").pk // 2
    deep = _write(LATEST_FIRST.apply(LedgerEntry.objects.filter(pk=middle)).get())
    waiting = _write(AS_MADE.apply(claims_for(controller))[WAITING * 3 // 5])
    seen = Initiative.objects.filter(is_confidential=False, pk__gt=WAITING).order_by("pk")[:100]
    found = [each.reference for each in seen]
    kinds = ("run_cost", "benefit", "rework", "risk_loss")
    month = f"{last_month():%Y-%m}"
    return {
        "ledger, first page": lambda n: client.get("/ledger/"),
        "ledger, deep page": lambda n: client.get(f"/ledger/?after={deep}"),
        "ledger, one kind": lambda n: client.get(f"/ledger/?kind={kinds[n % 4]}"),
        "ledger, one month": lambda n: client.get(f"/ledger/?month={month}"),
        "ledger, one initiative": lambda n: client.get(f"/ledger/?initiative={found[n]}"),
        "value of an initiative": lambda n: client.get(f"/initiatives/{found[n]}/value/"),
        "claims to confirm": lambda n: client.get("/claims/"),
        "claims to confirm, deep page": lambda n: client.get(f"/claims/?after={waiting}"),
        "one claim": _one_of(client, controller),
        "API figures": lambda n: client.get(f"/api/v1/initiatives/{found[n]}/value/"),
    }


def _one_of(client: Any, controller: Any) -> Callable[[int], Any]:
    from value.claim_work import claims_for

    pks = [*claims_for(controller).order_by("pk").values_list("pk", flat=True)[:100]]
    return lambda n: client.get(f"/ledger/entries/{pks[n % 100]}/")


def _one_claim(office: Any, controller: Any) -> Callable[[int], Any]:
    """Claim one benefit, confirm it and read what the initiative is worth, by the actions."""
    from django.http import HttpResponse

    from aiso import clock
    from portfolio.models import Initiative
    from value.actions.claims import confirm_claim
    from value.actions.post import post_entry
    from value.models import LedgerEntry
    from value.posting import NewEntry
    from value.worth import Window, worth_of

    from .seed_ledger import WAITING

    turns = iter(range(10_000))
    open_ones = Initiative.objects.exclude(stage="merged").filter(pk__gt=WAITING + 1000, is_off_register=False)
    pks = [*open_ones.order_by("pk").values_list("pk", flat=True)[:200]]

    def claim(number: int) -> HttpResponse:
        turn = next(turns)
        initiative = Initiative.objects.get(pk=pks[turn])
        metric = initiative.outcome_metrics.get()
        # Before all that was seeded, each on a day of its own: what overlaps would wait for shares.
        day = clock.today() - timedelta(days=1200 + turn)
        new = NewEntry(
            kind=LedgerEntry.Kind.BENEFIT, evidence="Report", key=f"bench-{turn}", amount=Decimal(1000),
            first_on=day, last_on=day, benefit_type="capacity", claim="claimed", metric=metric,
            method="Hours of the report times the cost of one.",
        )  # fmt: skip
        entry = post_entry(initiative, new, actor=office)
        confirm_claim(entry, actor=controller)
        assert not worth_of([initiative.pk], Window.to_date()).is_empty
        return HttpResponse()

    return claim


def _import_seconds() -> str:
    """How long a file of many costs takes, in the last database: read, checked, and posted."""
    from aiso.accounts.models import User
    from value.actions.land_costs import land_costs, upload_costs
    from value.actions.run_cost_files import run_cost_file

    controller = User.objects.get(email="finance@example.org")
    began = time.perf_counter()
    file = upload_costs(_costs(), file_name="costs.csv", actor=controller)
    # What a worker does, here and now.
    run_cost_file(file.pk)
    file.refresh_from_db()
    land_costs(file, actor=controller)
    run_cost_file(file.pk)
    seconds = time.perf_counter() - began
    file.refresh_from_db()
    return f"\nImport of {FILE_LINES:,} costs: {seconds:.1f} s ({file.told['counts']})"


def _costs() -> bytes:
    """Run costs of a thousand initiatives, a hundred bookings each."""
    from aiso import clock
    from portfolio.models import Initiative

    day = clock.today().isoformat()
    found = [each.reference for each in Initiative.objects.exclude(stage="merged").order_by("-pk")[:1000]]
    rows = (f"{found[n % 1000]},run cost,{day},{100 + n % 977}.{n % 100:02},Booking {n}" for n in range(FILE_LINES))
    return "\n".join(["initiative,kind,date,amount,evidence", *rows]).encode()


if __name__ == "__main__":
    main()
