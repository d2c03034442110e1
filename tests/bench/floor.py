"""The floors: the least that a signed-in list, an API list and an API create cost. Fixed, so that ratios to them can
be compared over time.

Each: session, sign-in, none of the product's own middleware. The page: one indexed query for 50 rows, 8 columns in a
plain template. The API as DRF does it unaided: a cursor list of 50 by a ModelSerializer, and its create; they tell
the columns that ours tell, but only the ids of what a row points to, and none of its sets.
"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from rest_framework import serializers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.views import exception_handler

from aiso.accounts.models import User
from portfolio.api.shapes import COLUMNS as API_COLUMNS
from portfolio.models import Initiative

MIDDLEWARE = [
    f"{__name__}.at_the_floor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
COLUMNS = ("id", "name", "stage", "stage_since", "risk_tier", "unit_id", "priority", "changed_at")
CELLS = "".join(f"<td>{{{{ row.{column} }}}}</td>" for column in COLUMNS)
TEMPLATE = f"<!doctype html><table>{{% for row in rows %}}<tr>{CELLS}</tr>{{% endfor %}}</table>"


def at_the_floor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Its own addresses. An override of the setting would have whatever is asked next build Django's anew."""

    def asked(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return asked


def bare_client(person: User) -> Client:
    """Signed in, and served by the floors alone."""
    client = Client()
    client.force_login(person)
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        client.handler.load_middleware()
    return client


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    rows = Initiative.objects.order_by("-changed_at", "-id").only(*COLUMNS)[:50]
    return HttpResponse(engines["django"].from_string(TEMPLATE).render({"rows": rows}, request))


class NoCsrf(SessionAuthentication):
    """A script has a token and no form."""

    def enforce_csrf(self, request):
        return None


class InitiativeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Initiative
        fields = ["id", *API_COLUMNS]


class Latest(CursorPagination):
    page_size = 50
    # One that has an index, as ours has.
    ordering = ("-changed_at", "-id")


class Initiatives(viewsets.ModelViewSet):
    """What DRF's own tutorial leads to."""

    queryset = Initiative.objects.only("id", *API_COLUMNS)
    serializer_class = InitiativeSerializer
    pagination_class = Latest
    authentication_classes = [NoCsrf]
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    throttle_classes = []

    def get_exception_handler(self):
        return exception_handler


urlpatterns = [
    path("floor/", floor),
    path("floor/api/", Initiatives.as_view({"get": "list", "post": "create"})),
]
