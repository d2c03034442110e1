"""The leadership dashboard on 10,000 initiatives with a million ledger lines, then ten times the lines.

Prints a table of pages, what a recompute takes after one entry, and what all of it takes beside the plain GROUP BY:
python -m tests.bench.dashboard
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from statistics import median
from tempfile import mkdtemp
from typing import Any

from aiso.embedded import ensure_servers

INITIATIVES, TIMES = 10_000, (1, 10)
# Entries posted and counted, one by one.
ENTRIES = 20
# As-of days that are asked for lie within so many days.
DAYS = 400
# What kept rows are at the least: one sum for each key, over the rows that they are counted of.
PLAIN = {
    "ledger by unit, bucket, part and days": """
        SELECT i.unit_id, i.bucket_id, i.is_confidential, e.kind, e.claim, e.benefit_type, a.verdict, e.first_on,
            e.last_on, GREATEST(e.first_on, e.happened_on), sum(COALESCE(a.reporting_amount, e.reporting_amount)),
            max(e.recorded_at)
        FROM value_ledgerentry AS e JOIN portfolio_initiative AS i ON i.id = e.initiative_id
        LEFT JOIN value_claimanswer AS a ON a.entry_id = e.id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    """,
    "run costs by initiative and month": """
        SELECT initiative_id, date_trunc('month', first_on), min(happened_on) FROM value_ledgerentry
        WHERE kind = 'run_cost' GROUP BY 1, 2
    """,
    "sums by the units above": """
        WITH RECURSIVE steps AS (
            SELECT id AS unit_id, parent_id AS above_id FROM accounts_businessunit
            UNION ALL
            SELECT s.unit_id, u.parent_id FROM steps AS s JOIN accounts_businessunit AS u ON u.id = s.above_id
        )
        SELECT s.above_id, k.bucket_id, k.is_confidential, k.part, k.benefit_type, k.first_on, k.last_on, k.denominator,
            k.shows_on, k.hides_on, sum(k.amount), max(k.recorded_at)
        FROM value_dailysum AS k JOIN steps AS s USING (unit_id) WHERE k.level = 0
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    """,
    "sums over all buckets": """
        SELECT unit_id, is_confidential, part, benefit_type, first_on, last_on, denominator, shows_on, hides_on,
            sum(amount), max(recorded_at)
        FROM value_dailysum WHERE level = 1 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    """,
    "measurements by metric and day": """
        SELECT m.metric_id, m.measured_on, max(m.value), max(a.baseline), max(GREATEST(m.recorded_at, a.answered_at))
        FROM value_measurement AS m LEFT JOIN value_measurementanswer AS a ON a.measurement_id = m.id GROUP BY 1, 2
    """,
    "readings by workflow and week": """
        SELECT workflow_id, week_ends_on, sum(active_users), sum(target_users) FROM value_adoptionreading GROUP BY 1, 2
    """,
}


def main() -> None:
    os.environ["AISO_VAR"] = os.environ.get("AISO_BENCH_VAR") or mkdtemp(prefix="aiso-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "aiso.settings"
    ensure_servers(throwaway=True)
    import django

    django.setup()
    from django.conf import settings

    from .report import report_of

    settings.ALLOWED_HOSTS.append("testserver")
    settings.API_REQUESTS_A_MINUTE = 10**9
    sizes = [int(times) for times in sys.argv[1:]] or [*TIMES]
    results, told = [], []
    for times in sizes:
        figures, sentences = _measured(times)
        results.append(figures)
        told.append(sentences)
    print(report_of([times * INITIATIVES * 100 for times in sizes], results))
    print("\n" + "\n".join(told))


def _measured(times: int) -> tuple[dict[str, Any], str]:
    from django.core.management import call_command

    from aiso.accounts.models import Role, RoleAssignment, User

    from .floor import bare_client
    from .measure import measure_in_turn
    from .report import open_database
    from .seed import seed
    from .seed_history import seed_history
    from .seed_ledger import seed_ledger

    open_database(f"bench_dashboard_{times}")
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    seed(INITIATIVES)
    office = User.objects.get(email="office@example.org")
    controller = User.objects.create_user("finance@example.org", name="Finance controller")
    RoleAssignment.objects.create(person=controller, role=Role.FINANCE_CONTROLLER)
    lines = seed_ledger(office, controller, times=times)
    seed_history(office, controller)
    print(f"{lines:,} lines seeded in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    told = f"{lines:,} lines: {_recomputed()}; {_one_entry(office)}; {_as_known(office)}."
    bare = bare_client(office)
    floors = {"floor": lambda n: bare.get("/floor/"), "API list floor": lambda n: bare.get("/floor/api/")}
    return measure_in_turn(floors | page_asks(office)), told


def page_asks(office: Any) -> dict[str, Any]:
    """The dashboard of the whole company, of divisions and of teams with a bucket, each time as of another day."""
    from django.test import Client

    from aiso import clock
    from aiso.accounts.models import BusinessUnit
    from portfolio.models import Bucket

    client = Client()
    client.force_login(office)
    lot = Random(7)
    divisions = [*BusinessUnit.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True)]
    teams = [*BusinessUnit.objects.exclude(parent=None).order_by("pk").values_list("pk", flat=True)]
    buckets = [*Bucket.objects.order_by("pk").values_list("pk", flat=True)]

    def asked(address: str, days: str, **more: Any) -> str:
        as_of = clock.today() - timedelta(days=lot.randrange(DAYS))
        return f"{address}?{days}={lot.choice((30, 60, 90))}&as_of={as_of}" + "".join(
            f"&{name}={value}" for name, value in more.items()
        )

    return {
        "dashboard, today": lambda n: client.get("/dashboard/"),
        "dashboard, company": lambda n: client.get(asked("/dashboard/", "days")),
        "dashboard, bucket": lambda n: client.get(asked("/dashboard/", "days", bucket=lot.choice(buckets))),
        "dashboard, division": lambda n: client.get(asked("/dashboard/", "days", unit=lot.choice(divisions))),
        "dashboard, team and bucket": lambda n: client.get(
            asked("/dashboard/", "days", unit=lot.choice(teams), bucket=lot.choice(buckets))
        ),
        "API dashboard, company": lambda n: client.get(asked("/api/v1/dashboard/", "window")),
        "API dashboard, division": lambda n: client.get(
            asked("/api/v1/dashboard/", "window", unit=lot.choice(divisions))
        ),
    }


def _recomputed() -> str:
    """How long it takes to fill the kept rows, to compare all of them, and what the plain GROUP BY takes."""
    from django.db import connection

    from value.kept.recompute import recompute_all

    filled = _seconds(recompute_all)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    whole = min(_seconds(recompute_all) for _ in range(2))
    plain = {name: min(_seconds(partial(_group, text)) for _ in range(2)) for name, text in PLAIN.items()}
    floor = sum(plain.values())
    parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in plain.items())
    return (
        f"recomputed in {whole:.1f} s, the plain GROUP BY of the same rows {floor:.1f} s ({whole / floor:.1f} ×), "
        f"filled at first in {filled:.1f} s; plain: {parts}"
    )


def _group(text: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        # Of whole rows: of rows without columns, Postgres would leave out the sums themselves.
        cursor.execute(f"SELECT count(sums) FROM ({text}) AS sums")
        cursor.execute("RESET work_mem")


def _one_entry(office: Any) -> str:
    """Post one cost of the last three months after another, and count each."""
    from aiso import clock
    from portfolio.models import Initiative
    from value.actions.post import post_entry
    from value.kept.recompute import recompute_marked
    from value.models import LedgerEntry
    from value.posting import NewEntry

    lot = Random(5)
    open_ones = Initiative.objects.exclude(stage="merged").filter(is_off_register=False)
    taken = []
    for turn, initiative in enumerate(open_ones.order_by("pk")[100 : 100 + ENTRIES]):
        first = clock.today() - timedelta(days=lot.randrange(90))
        new = NewEntry(
            kind=LedgerEntry.Kind.RUN_COST, evidence="Invoice", key=f"bench-{turn}", amount=Decimal(100),
            first_on=first, last_on=min(first + timedelta(days=29), date(2100, 1, 1)),
        )  # fmt: skip
        post_entry(initiative, new, actor=office)
        taken.append(_seconds(recompute_marked) * 1000)
    return f"counted one entry in {median(taken):.0f} ms (p95 {sorted(taken)[-2]:.0f})"


def _as_known(office: Any) -> str:
    """What was known a month ago, counted once, and one page that tells it."""
    from django.test import Client

    from aiso import clock
    from value.asked_days import end_of
    from value.kept import look_backs

    client = Client()
    client.force_login(office)
    then = clock.today() - timedelta(days=30)
    client.get("/dashboard/")  # The first page of a process loads all templates.
    made = _seconds(lambda: look_backs.make(end_of(then), lambda done, of: None))
    told = _seconds(lambda: client.get(f"/dashboard/?known_at={then}"))
    return f"what was known a month ago counted in {made:.1f} s, then told in {told:.2f} s"


def _seconds(deed: Callable[[], Any]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
