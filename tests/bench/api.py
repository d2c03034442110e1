"""The API as a script with a token asks it."""

from typing import Any

from django.test import Client

from aiso.accounts.actions import make_token
from aiso.accounts.models import BusinessUnit, User
from portfolio.models import Bucket, Initiative
from portfolio.models.initiative import PRIORITY_PARTS

from .measure import Ask
from .register import STAGES, _deep_place

LIST = "/api/v1/initiatives/"


def api_asks() -> dict[str, Ask]:
    """Each request by its name in the report."""
    client, deep = _with_token("office@example.org"), _deep_place()
    pks = [*Initiative.objects.order_by("pk").values_list("pk", flat=True)[100:400]]
    latest = "order=-changed"
    return {
        "API list": lambda n: client.get(f"{LIST}?{latest}"),
        "API list by priority, deep page": lambda n: client.get(f"{LIST}?order=-priority&after={deep}"),
        "API list by priority, first page": lambda n: client.get(f"{LIST}?order=-priority"),
        "API list as an owner": _as_owner(latest),
        "API list, filtered": lambda n: client.get(
            f"{LIST}?stage={STAGES[n % 6]}&{latest}&priority_min={1 + n % 7 / 10}"
        ),
        "API detail": lambda n: client.get(f"{LIST}AI-{pks[n]:04}/"),
        "API create": _create(client),
    }


def floor_create(client: Client) -> Ask:
    """The floor's create of what ours creates."""
    body = _body()
    return lambda n: client.post("/floor/api/", body | {"name": f"Bare {n}"}, "application/json")


def _create(client: Client) -> Ask:
    body = _body()
    return lambda n: client.post(LIST, body | {"name": f"Ours {n}"}, "application/json")


def _body() -> dict[str, Any]:
    return {
        "summary": "Finds claims that look odd and says why, before they are paid.",
        "unit": BusinessUnit.objects.values_list("pk", flat=True).first(),
        "bucket": Bucket.objects.values_list("pk", flat=True).first(),
        "is_confidential": False,
        "employee_effect": "assists",
        "data_sensitivity": "internal",
        "is_customer_facing": False,
    } | dict.fromkeys(PRIORITY_PARTS, 3)


def _with_token(email: str) -> Client:
    person = User.objects.get(email=email)
    _, secret = make_token(person, actor=person, name="Bench")
    return Client(headers={"Authorization": f"Bearer {secret}"})


def _as_owner(query: str) -> Ask:
    """Somebody without an office role, for whom confidential rows are filtered by ownership."""
    client = _with_token("person7@example.org")
    return lambda n: client.get(f"{LIST}?{query}")
