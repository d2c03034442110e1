"""Numbers, money, dates and deadlines as PAGES writes them: compact, with the exact value beside."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils import timezone

from aiso import clock

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF", "JPY": "¥"}
# Each scale with the size from which it is used, chosen so that nothing shows as 1,000 of the smaller one.
SCALES = [
    (Decimal(999500000), Decimal(10**9), "bn"),
    (Decimal(999500), Decimal(10**6), "M"),
    (Decimal("999.5"), Decimal(10**3), "k"),
]

type Number = int | float | Decimal


def number(value: Number | None, places: int = 0) -> str:
    """1757 as `1,757`, with a true minus sign."""
    if value is None:
        return ""
    return f"{value:,.{places}f}".replace("-", MINUS)


def measured(value: Decimal | None) -> str:
    """A measured value with the decimals that it has: 14.5000 as `14.5`."""
    if value is None:
        return ""
    return number(value, max(0, -int(value.normalize().as_tuple().exponent)))


def percent(share: Number | None, places: int = 0) -> str:
    """The share 0.412 as `41 %`."""
    return "" if share is None else f"{number(share * 100, places)}{NBSP}%"


def compact(value: Number) -> str:
    """1234567 as `1.23 M`, 12500 as `12.5 k`, 950 as `950`: three figures, so that what is read adds up."""
    amount = Decimal(str(value))
    for start, unit, letter in SCALES:
        if abs(amount) >= start:
            return f"{_three_figures(amount / unit)}{NBSP}{letter}"
    return number(amount.quantize(Decimal(1), ROUND_HALF_UP))


def _three_figures(scaled: Decimal) -> str:
    """Two decimals below ten, one below a hundred. Zeros at the end stay only where more was rounded away."""
    places = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = number(rounded, places)
    return text.rstrip("0").rstrip(".") if places and rounded == scaled else text


def symbol(currency: str = "") -> str:
    """How a currency is written; by default the office's reporting currency."""
    currency = currency or settings.REPORTING_CURRENCY
    return SYMBOLS.get(currency, currency)


def money(amount: Number | None, currency: str = "") -> str:
    """120000 as `120 k€`; a currency of letters stands apart: `120 k CHF`."""
    if amount is None:
        return ""
    sign = symbol(currency)
    text = compact(amount)
    if sign.isalpha() or not text[-1].isalpha():
        return f"{text}{NBSP}{sign}"
    return text + sign


def exact_money(amount: Number, currency: str = "") -> str:
    """120000 as `120,000 €`, with cents only where there are some."""
    whole = Decimal(str(amount))
    places = 0 if whole == whole.to_integral_value() else 2
    return f"{number(whole, places)}{NBSP}{symbol(currency)}"


def day(value: date | datetime | None) -> str:
    """`21 Nov 2026`, in the office's time zone."""
    if value is None:
        return ""
    value = local_date(value)
    return f"{value.day}{NBSP}{value:%b}{NBSP}{value.year}"


def moment(value: datetime | None) -> str:
    """`21 Nov 2026, 14:02`, in the office's time zone."""
    return "" if value is None else f"{day(value)}, {timezone.localtime(value):%H:%M}"


def local_date(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def days_until(value: date | datetime) -> int:
    return (local_date(value) - clock.today()).days


def relative(value: date | datetime) -> str:
    """`in 3 days`, `tomorrow`, `today`, `yesterday`, `3 days ago`."""
    days = days_until(value)
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {number(days)} days" if days > 0 else f"{number(-days)} days ago")


def lateness(value: date | datetime) -> str:
    """A deadline's distance: `in 3 days`, `today`, `1 day late`."""
    days = days_until(value)
    if days >= 0:
        return relative(value)
    return f"{number(-days)} {'day' if days == -1 else 'days'} late"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 initiative`, `1,757 initiatives`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
