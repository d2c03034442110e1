from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from aiso import clock
from aiso.web import figures

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0 €"),
        (950, "950 €"),
        (999, "999 €"),
        (Decimal("999.6"), "1.00 k€"),
        (1_500, "1.5 k€"),
        (12_500, "12.5 k€"),
        (38_240, "38.2 k€"),
        (120_000, "120 k€"),
        (999_499, "999 k€"),
        (999_600, "1.00 M€"),
        (1_200_000, "1.2 M€"),
        (1_330_000, "1.33 M€"),
        (15_000_000, "15 M€"),
        (15_003_000, "15.0 M€"),
        (3_386_000, "3.39 M€"),
        (25_340_000, "25.3 M€"),
        (999_800_000, "1.00 bn€"),
        (-38_240, "−38.2 k€"),
    ],
)
def test_money_is_compact(amount, text):
    assert plain(figures.money(amount)) == text


def test_exact_money_has_cents_only_where_there_are_some():
    assert plain(figures.exact_money(120_000)) == "120,000 €"
    assert plain(figures.exact_money(Decimal("-38240.50"))) == "−38,240.50 €"
    assert plain(figures.money(120_000, "CHF")) == "120 k CHF"


def test_numbers_and_shares():
    assert figures.number(1757) == "1,757"
    assert figures.number(-3.14159, 2) == "−3.14"
    assert figures.number(None) == ""
    assert plain(figures.percent(Decimal("0.412"), 1)) == "41.2 %"
    assert figures.plural(1, "initiative") == "1 initiative"
    assert figures.plural(1757, "initiative") == "1,757 initiatives"


def test_dates_are_those_of_the_office(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    late_evening = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert plain(figures.day(late_evening)) == "21 Nov 2026"
    assert plain(figures.moment(late_evening)) == "21 Nov 2026, 00:30"


@pytest.mark.parametrize(
    ("day", "distance", "lateness"),
    [
        (date(2026, 11, 21), "today", "today"),
        (date(2026, 11, 22), "tomorrow", "tomorrow"),
        (date(2026, 12, 3), "in 12 days", "in 12 days"),
        (date(2026, 11, 20), "yesterday", "1 day late"),
        (date(2026, 11, 11), "10 days ago", "10 days late"),
    ],
)
def test_distances_of_days(day, distance, lateness):
    with clock.fixed_at(NOON):
        assert figures.relative(day) == distance
        assert figures.lateness(day) == lateness
