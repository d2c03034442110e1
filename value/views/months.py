"""What finance keeps for the ledger: exchange rates and closed months."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, refused, status_of
from aiso.web.htmx import announce

from ..actions.months import close_month
from ..actions.rates import record_rate
from ..closing import Closing
from ..forms.ledger import MonthForm, RateForm
from ..models import ClosedMonth, ExchangeRate
from ..permissions import CLOSING, RATING, is_finance

# Rows of either page.
SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """What was each currency, month by month?"""
    person = signed_in(request)
    if request.method == "POST" and not is_finance(person):
        raise PermissionDenied(RATING)
    form = RateForm(posted(request), initial={"month": clock.today().replace(day=1)})
    if rate := attempt(form, lambda: record_rate(actor=person, **form.cleaned_data)):
        announce(request, f"Rate of {rate.currency} for {rate.month:%B %Y} recorded.")
        return redirect("value:rates")
    rows = ExchangeRate.objects.filter(pk__in=ExchangeRate.objects.newest().values("pk"))
    context = {"form": form, "rates": rows.select_related("recorded_by")[:SHOWN], "may_record": is_finance(person)}
    return render(request, "value/rates.html", context, status=status_of(form))


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """Which months are closed, and which comes next?"""
    person, closing = signed_in(request), Closing(signed_in(request))
    context = {
        "closed": ClosedMonth.objects.select_related("closed_by")[:SHOWN],
        "closing": closing,
        "may_close": is_finance(person) and closing.is_over,
    }
    return render(request, "value/months.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def month_close(request: HttpRequest) -> HttpResponse:
    """What is closed for good, and is that right?"""
    person = signed_in(request)
    if not is_finance(person):
        raise PermissionDenied(CLOSING)
    if request.method != "POST":
        closing = Closing(person)
        return render(request, "value/month_close.html", {"closing": closing}) if closing.is_over else _back()
    form = MonthForm(request.POST)

    def close() -> None:
        closed = close_month(form.cleaned_data["month"], actor=person)
        announce(request, f"{closed} is closed.")

    if form.is_valid():
        refused(request, close)
    return _back()


def _back() -> HttpResponse:
    return redirect("value:months")
