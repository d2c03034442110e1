"""The rate that finance discounts by."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aiso import clock
from aiso.accounts.signed_in import signed_in
from aiso.web import figures
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.yearly_rate import record_yearly_rate
from ..forms.yearly_rate import YearlyRateForm
from ..models import YearlyRate
from ..permissions import DISCOUNTING, is_finance
from .months import SHOWN


@require_http_methods(["GET", "HEAD", "POST"])
def yearly_rates(request: HttpRequest) -> HttpResponse:
    """By which rate is net present value discounted, and since when?"""
    person = signed_in(request)
    if request.method == "POST" and not is_finance(person):
        raise PermissionDenied(DISCOUNTING)
    form = YearlyRateForm(posted(request), initial={"starts_on": clock.today()})
    if rate := attempt(form, lambda: record_yearly_rate(actor=person, **form.cleaned_data)):
        announce(request, f"{rate} from {figures.day(rate.starts_on)}.")
        return redirect("value:yearly_rates")
    context = {
        "form": form,
        "rates": YearlyRate.objects.select_related("recorded_by")[:SHOWN],
        "holds": YearlyRate.objects.on(clock.today()),
        "may_record": is_finance(person),
    }
    return render(request, "value/yearly_rates.html", context, status=status_of(form))
