"""What initiatives are worth: examples from the definition, and any history against a second reading of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import count
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from aiso import clock
from aiso.accounts.models import Role
from aiso.errors import DomainError
from portfolio.models import OutcomeMetric, StageChange
from tests.factories import make_initiative, make_person
from value.actions.claims import confirm_claim, correct_claim, reject_claim
from value.actions.measure import confirm_measurement, record_measurement, reject_measurement
from value.actions.months import close_month
from value.actions.post import reverse_entry
from value.actions.rates import record_rate
from value.actions.shares import agree_shares
from value.models import BenefitType, ClosedMonth, LedgerEntry, Measurement
from value.worth import Window, Worth, rounded, worth_by_initiative, worth_of

from .factories import claim, claim_of, cost_of, post
from .reading import Fact, Look, Start, in_cents, read

pytestmark = pytest.mark.django_db
JUNE = Window(date(2026, 6, 30), date(2026, 6, 1))


def another(metric: OutcomeMetric, number: object) -> OutcomeMetric:
    """One more of its initiative, of which a claim does not overlap with those of the first."""
    name = f"Another one, {number}"
    return OutcomeMetric.objects.create(initiative=metric.initiative, name=name, unit="u", direction="up")


def test_a_window_is_the_last_so_many_days():
    assert Window.of_days(30, date(2026, 6, 30)) == JUNE


def test_an_entry_counts_by_its_days(initiative, business_owner):
    post(initiative, business_owner, cost_of(365, first_on=date(2026, 1, 1), last_on=date(2026, 12, 31)))
    post(initiative, business_owner, cost_of("0.10", first_on=date(2026, 6, 15), last_on=date(2026, 7, 14)))
    worth = worth_of([initiative.pk], JUNE)
    # 30 days of 1 € and 16 of 30 days of ten cents.
    assert (worth.run_cost, worth.net) == (Decimal("30.05"), Decimal("-30.05"))
    assert worth_of([initiative.pk], Window.to_date(date(2026, 6, 15))).run_cost == 166


def test_only_the_total_is_rounded(initiative, business_owner):
    for _ in range(3):
        post(initiative, business_owner, cost_of("0.01", first_on=date(2026, 6, 25), last_on=date(2026, 7, 6)))
    # Three times half a cent.
    assert worth_of([initiative.pk], JUNE).run_cost == Decimal("0.02")


def test_thirds_of_a_day_meet_half_a_cent(initiative, business_owner):
    for _ in range(3):
        post(initiative, business_owner, cost_of("0.01", first_on=date(2026, 6, 30), last_on=date(2026, 7, 5)))
    # Three times a sixth of a cent is half a cent, whatever decimals make of a sixth.
    assert worth_of([initiative.pk], JUNE).run_cost == Decimal("0.01")


def test_only_what_finance_confirmed_counts(metric, business_owner, finance_controller):
    may = Window(date(2026, 6, 15), date(2026, 5, 1))
    entries = [claim(each, business_owner) for each in (metric, *(another(metric, n) for n in range(3)))]
    claim(metric, business_owner, claim="forecast", amount=Decimal(77))
    post(
        metric.initiative,
        business_owner,
        cost_of(100, kind="rework", first_on=date(2026, 6, 1), last_on=date(2026, 6, 15)),
    )
    confirm_claim(entries[0], actor=finance_controller)
    correct_claim(entries[1], actor=finance_controller, amount=Decimal(600), reason="Less.")
    reject_claim(entries[2], actor=finance_controller, reason="No.")
    worth = worth_of([metric.initiative_id], may)
    assert (worth.forecast, worth.claimed, worth.confirmed, worth.rework) == (77, 1000, 1600, 100)
    assert (worth.net, worth.sum_of("rejected"), worth.benefit_types) == (1500, 1000, [BenefitType.CASHABLE])
    reverse_entry(entries[1], actor=finance_controller, reason="It did not last.")
    reverse_entry(entries[3], actor=business_owner, reason="Twice.")
    worth = worth_of([metric.initiative_id], may)
    assert (worth.claimed, worth.confirmed, worth.net) == (0, 1000, 900)


def test_what_was_not_known_then_does_not_count_then(metric, business_owner, finance_controller):
    entry = claim(metric, business_owner)
    before = clock.now()
    with clock.fixed_at(before + timedelta(hours=1)):
        confirm_claim(entry, actor=finance_controller)
        window = Window.to_date()
        assert worth_of([metric.initiative_id], window, known_at=before).claimed == 1000
        assert worth_of([metric.initiative_id], window).confirmed == 1000
    assert worth_of([metric.initiative_id], window, known_at=before - timedelta(seconds=1)).is_empty


def test_no_data_is_not_nothing(initiative):
    assert worth_by_initiative([initiative.pk], JUNE) == {}
    assert (Worth().is_empty, Worth().net) == (True, 0)


def test_many_initiatives_cost_one_query(initiative, metric, business_owner, django_assert_num_queries):
    claim(metric, business_owner)
    rows = [initiative.pk, *(make_initiative(owner=business_owner).pk for _ in range(5))]
    with django_assert_num_queries(1):
        worth_of(rows, JUNE)


@given(st.fractions(-1000, 1000, max_denominator=4000))
def test_rounding_is_half_away_from_zero(amount):
    assert rounded(amount) == in_cents(abs(amount)) * (1 if amount >= 0 else -1)
    assert abs(Fraction(rounded(amount)) - amount) <= Fraction(1, 200)


# --- any history

NOON = datetime(2028, 1, 20, 12, tzinfo=UTC)
RATES = {"USD": Decimal("0.85317"), "JPY": Decimal("0.00613042"), "EUR": Decimal(1)}
PARTS = ("run_cost", "build_cost", "rework", "risk_loss", "forecast", *["claimed"] * 6)
SPANS = ("day", "month", "year", "odd")

# What is done, how often of so many.
DEEDS = {"post": 8, "answer": 6, "measure": 4, "judge": 4, "wait": 3, "reverse": 2}
DEEDS |= dict.fromkeys(("launch", "rebase", "close"), 1)
SEEDS = st.integers(0, 2**63)
# Noon in the first is the next day in the second.
ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")


def _history(seed: int) -> list[tuple[str, int, int, int]]:
    """What is done, to which initiative, with how many cents, by which dice. Evenly: strategies of lists and numbers
    like small ones, and hardly anything would be confirmed.
    """
    chance = Random(seed)
    names = chance.choices([*DEEDS], [*DEEDS.values()], k=chance.randint(20, 60))
    return [(name, chance.randint(0, 1), chance.randint(1, 10**7), chance.randint(0, 10_000)) for name in names]


histories = SEEDS.map(_history)


def _looks(seed: int) -> list[tuple[int, int | None, int]]:
    """The last day from the beginning, the days of the window, and when it was known: half of them at the end."""
    chance = Random(seed)
    windows = (None, None, 1, 7, 30, 90, 366)
    return [
        (chance.randint(-5, 160), chance.choice(windows), chance.choice((0, chance.randint(1, 60)))) for _ in range(6)
    ]


class Story:
    """What happens to two initiatives over some months around a leap day, done for real and written on cards."""

    def __init__(self) -> None:
        self.owner, self.finance = make_person("", Role.BUSINESS_OWNER), make_person("", Role.FINANCE_CONTROLLER)
        based = {"baseline": Decimal(10), "baseline_on": date(2026, 1, 1), "baseline_source": "Log"}
        self.metrics = [
            OutcomeMetric.objects.create(
                initiative=make_initiative(owner=self.owner, since=date(2027, 1, 1)),
                name="M",
                unit="u",
                direction="up",
                **based,
            )
            for _ in range(2)
        ]
        self.facts: list[Fact] = []
        self.numbers = count(1)
        self.looks: list[Look] = []
        self.starts: list[Start] = []
        self.entries: list[LedgerEntry] = []
        self.moments: list[datetime] = [clock.now()]
        self.frozen: dict[date, dict] = {}
        # The first was launched long enough ago for a check to be overdue.
        self.launch(0, 0, 141)
        self.measure(0, 100, 149)
        self.judge(0, 0, 1)
        # And a day since then was claimed and confirmed.
        self.post(0, 3333, 8)
        self.answer(0, 0, 0)
        for currency in ("USD", "JPY"):
            for months in range(-14, 8):
                month = clock.months_later(date(2028, 1, 1), months)
                with clock.fixed_at(datetime(2029, 1, 1, tzinfo=UTC)):
                    record_rate(actor=self.finance, currency=currency, month=month, rate=RATES[currency], source="ECB")

    def post(self, who: int, cents: int, dice: int) -> None:
        part, currency = PARTS[dice % len(PARTS)], [*RATES][dice % 3]
        happened_on = clock.today() - timedelta(days=dice % 130)
        first, last = self._days(happened_on, dice)
        if part == "claimed" and dice % 5:
            # Only days that are over are claimed; now and then somebody tries.
            last = min(last, clock.today())
        told = {"amount": Decimal(cents) / 100, "currency": currency, "happened_on": happened_on}
        told |= {"first_on": first, "last_on": last}
        number = 0 if dice % 3 else next(self.numbers)
        metric = another(self.metrics[who], number) if number else self.metrics[who]
        kind = [*BenefitType][dice % 4]
        if part in ("forecast", "claimed"):
            asked = claim_of(metric, claim=part, benefit_type=kind, **told)
        else:
            asked, kind = cost_of(told.pop("amount"), kind=part, **told), ""
        if not (entry := self._done(lambda: post(metric.initiative, self.owner, asked))):
            return
        worth = (Decimal(cents) / 100 * RATES[currency]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        self.entries.append(entry)
        extra = {"rate": RATES[currency], "entry": entry}
        cents, told = int(worth * 100), {"kind": str(kind), "metric": number, "extra": extra}
        self.facts.append(Fact(who, part, cents, (first, last), happened_on, clock.now(), **told))

    def _days(self, day: date, dice: int) -> tuple[date, date]:
        span = SPANS[dice % 4]
        if span == "day":
            return day, day
        if span == "month":
            first = day.replace(day=1)
            return first, clock.months_later(first, 1) - timedelta(days=1)
        if span == "year":
            return day, day + timedelta(days=365)
        return day - timedelta(days=dice % 50), day + timedelta(days=dice % 13)

    def reverse(self, who: int, cents: int, dice: int) -> None:
        answered = [fact for fact in self.facts if fact.answer]
        fact = answered[dice % len(answered)] if answered and dice % 2 else self._pick(dice)
        if not fact:
            return
        open_from = ClosedMonth.objects.open_from()
        reversal = self._done(lambda: reverse_entry(fact.extra["entry"], actor=self.finance, reason="Wrong."))
        if reversal is None:
            return
        first, last = fact.days
        if open_from and first < open_from:
            first, last = (open_from, last) if last >= open_from else (clock.today(), clock.today())
        told = {"of": fact, "kind": fact.kind, "metric": fact.metric}
        days = (first, last)
        self.facts.append(Fact(fact.who, fact.part, fact.cents, days, clock.today(), clock.now(), **told))

    def answer(self, who: int, cents: int, dice: int) -> None:
        waiting = [fact for fact in self.facts if fact.part == "claimed" and fact.of is None and fact.answer is None]
        fact = waiting[dice % len(waiting)] if waiting else self._pick(dice, "forecast", "claimed")
        if not fact:
            return
        entry, verdict = fact.extra["entry"], dice % 3
        amount, share = Decimal(cents) / 100, Decimal(1 + cents % 5000).scaleb(-4)
        if self._done(lambda: agree_shares({entry: share}, actor=self.finance, reason="Agreed.")):
            fact.extra["share"] = share
        deed = (
            lambda: confirm_claim(entry, actor=self.finance),
            lambda: correct_claim(entry, actor=self.finance, amount=amount, reason="Otherwise."),
            lambda: reject_claim(entry, actor=self.finance, reason="No."),
        )[verdict]
        if self._done(deed) is None:
            return
        counts = entry.amount if verdict == 0 else amount
        exact = counts * fact.extra["rate"] * fact.extra.get("share", 1)
        said = int(exact.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)
        fact.answer = (clock.now(), None if verdict == 2 else said)

    def close(self, who: int, cents: int, dice: int) -> None:
        month = clock.months_later(clock.today().replace(day=1), -1 - dice % 2)
        if self._done(lambda: close_month(month, actor=self.finance)):
            self.frozen[month] = self.of_month(month)

    def launch(self, who: int, cents: int, dice: int) -> None:
        day = clock.today() - timedelta(days=dice % 420)
        told = {"stage": ("limited_rollout", "scale", "pilot")[dice % 3], "source": "opening"}
        StageChange.objects.create(initiative=self.metrics[who].initiative, changed_on=day, **told)
        if told["stage"] != "pilot":
            self.starts.append(Start(who, day, clock.now()))

    def measure(self, who: int, cents: int, dice: int) -> None:
        value, day = Decimal(cents % 130) / 10 + 8, clock.today() - timedelta(days=dice % 150)
        standing = [look for look in self.looks if look.who == who and look.struck_at is None]
        struck = standing[dice % len(standing)] if standing and dice % 5 == 0 else None
        told = {"value": value, "measured_on": day, "method": "Log"}
        told |= {"corrects": struck.extra["row"]} if struck else {}
        row = self._done(lambda: record_measurement(self.metrics[who], actor=self.owner, **told))
        if row is None:
            return
        if struck:
            struck.struck_at = clock.now()
        self.looks.append(Look(who, day, value, clock.now(), extra={"row": row}))

    def judge(self, who: int, cents: int, dice: int) -> None:
        waiting = [look for look in self.looks if look.answer is None and look.struck_at is None]
        if not waiting:
            return
        look = waiting[dice % len(waiting)]
        row = Measurement.objects.get(pk=look.extra["row"].pk)
        if dice % 4 == 0:
            reject_measurement(row, actor=self.finance, reason="No.")
            look.answer = (clock.now(), None)
            return
        confirm_measurement(row, actor=self.finance)
        metric = OutcomeMetric.objects.get(pk=self.metrics[look.who].pk)
        look.answer = (clock.now(), (metric.baseline, metric.unit, metric.direction))

    def rebase(self, who: int, cents: int, dice: int) -> None:
        """Another baseline, now and then another unit or direction."""
        told: dict = {"baseline": Decimal(8 + dice % 5)}
        told |= {"unit": "vw"[dice % 2]} if dice % 7 == 0 else {}
        told |= {"direction": "down"} if dice % 11 == 0 else {}
        OutcomeMetric.objects.filter(pk=self.metrics[who].pk).update(**told)

    def of_month(self, month: date) -> dict:
        ids = [metric.initiative_id for metric in self.metrics]
        last = clock.months_later(month, 1) - timedelta(days=1)
        # As finance saw it when it closed: what happened by the end of the month. Only what is measured of one of its
        # days later still changes what lasted.
        found = worth_by_initiative(ids, Window(last, month))
        return {
            pk: {key: part for key, part in worth.parts.items() if key[0] != "decayed"} for pk, worth in found.items()
        }

    def _pick(self, dice: int, *parts: str) -> Fact | None:
        cards = [fact for fact in self.facts if fact.of is None and (not parts or fact.part in parts)]
        return cards[dice % len(cards)] if cards else None

    @staticmethod
    def _done(deed):
        """What the deed returns; nothing where a rule refused it."""
        try:
            with transaction.atomic():
                return deed()
        except DomainError:
            return None


# Without shrinking, which would tell hundreds of histories anew.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(histories, SEEDS.map(_looks), st.sampled_from(ZONES))
def test_any_history_reads_as_the_definition_says(db, settings, steps, looks, zone):
    settings.TIME_ZONE = zone
    with transaction.atomic():
        with clock.fixed_at(NOON):
            story = Story()
        now, known = NOON, [NOON]
        for name, who, cents, dice in steps:
            now += timedelta(days=dice % 25, hours=1) if name == "wait" else timedelta(minutes=1)
            with clock.fixed_at(now):
                if name != "wait":
                    getattr(story, name)(who, cents, dice)
            known.append(now)
        with clock.fixed_at(now):
            _compare(story, looks, known)
            for month, then in story.frozen.items():
                assert story.of_month(month) == then
        transaction.set_rollback(True)


def _said_of_decay(naive: dict) -> str:
    """For the statistics: whether histories reach what they are told for."""
    shares = {
        amount / naive.get((who, "confirmed", kind), 1)
        for (who, part, kind), amount in naive.items()
        if part == "decayed"
    }
    return "in part" if shares - {1} else "nothing counts" if shares else "all lasts"


def _compare(story: Story, looks: list, known: list[datetime]) -> None:
    ids = [metric.initiative_id for metric in story.metrics]
    for after, days, place in looks:
        as_of = NOON.date() + timedelta(days=after)
        window = Window.of_days(days, as_of) if days else Window.to_date(as_of)
        known_at = known[place % len(known)] if place else known[-1]
        found = worth_by_initiative(ids, window, known_at=known_at)
        told = {
            (who, *key): amount for who, pk in enumerate(ids) if pk in found for key, amount in found[pk].parts.items()
        }
        naive = read(story.facts, window.first, as_of, known_at, story.looks, story.starts)
        # Nothing decayed is not told.
        naive = {key: amount for key, amount in naive.items() if key[1] != "decayed" or amount}
        assert {key: amount for key, amount in told.items() if key[1] != "decayed" or amount} == naive
        event(_said_of_decay(naive))
