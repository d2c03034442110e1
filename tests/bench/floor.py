"""The floor: the least that a signed-in list costs. Fixed, so that ratios to it can be compared over time.

Session, sign-in, one indexed query for 50 rows, 8 columns in a plain template. None of the product's own middleware.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from portfolio.models import Initiative

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
COLUMNS = ("id", "name", "stage", "stage_since", "risk_tier", "unit_id", "priority", "changed_at")
CELLS = "".join(f"<td>{{{{ row.{column} }}}}</td>" for column in COLUMNS)
TEMPLATE = f"<!doctype html><table>{{% for row in rows %}}<tr>{CELLS}</tr>{{% endfor %}}</table>"


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    rows = Initiative.objects.order_by("-changed_at", "-id").only(*COLUMNS)[:50]
    return HttpResponse(engines["django"].from_string(TEMPLATE).render({"rows": rows}, request))


urlpatterns = [path("floor/", floor)]
