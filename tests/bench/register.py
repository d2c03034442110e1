"""The register's pages, as requests to measure."""

from typing import Any

from django.test import Client

from aiso.accounts.models import User
from aiso.web.keyset import _write
from portfolio.models import Bucket, Initiative
from portfolio.orders import DEFAULT, order_of

from .measure import Ask

# Filters and words that differ from round to round, so that no count is found ready.
STAGES = ("intake", "discovery", "build", "pilot", "limited_rollout", "scale")
WORDS = ("fraud", "data", "model", "image", "claims", "health", "chatbot", "language", "weather", "contract")
TYPOS = ("fruad detecton", "helth recrods", "chatbto", "langauge modle", "imgae analyss")


def register_asks(client: Client) -> dict[str, Ask]:
    """Each page by its name in the report."""
    deep = _deep_place()
    pks = [*Initiative.objects.order_by("pk").values_list("pk", flat=True)[100:400]]
    return {
        "list, first page": lambda n: client.get("/register/"),
        "list, deep page": lambda n: client.get(f"/register/?after={deep}"),
        "list, first page as an owner": _as_owner(),
        "list, filtered, another count each time": lambda n: client.get(
            f"/register/?stage={STAGES[n % 6]}&order=-changed&unit={n % 12 + 1}&priority_min={1 + n % 7 / 10}"
        ),
        "list, filtered and searched": lambda n: client.get(f"/register/?q={WORDS[n % 10]}&stage={STAGES[n % 6]}"),
        "search, mistyped": lambda n: client.get(f"/register/?q={TYPOS[n % 5]}"),
        "initiative page": lambda n: client.get(f"/initiatives/AI-{pks[n]:04}/"),
        "inline edit": _inline_edit(client, pks),
    }


def _deep_place() -> str:
    """A place four fifths down the register in its standing order."""
    _, order = order_of(DEFAULT)
    rows = order.apply(Initiative.objects.all())
    return _write(rows[int(Initiative.objects.count() * 0.8)])


def _as_owner() -> Ask:
    """Somebody without an office role, for whom confidential rows are filtered by ownership."""
    client = Client()
    client.force_login(User.objects.get(email="person7@example.org"))
    return lambda n: client.get("/register/")


def _inline_edit(client: Client, pks: list[int]) -> Ask:
    """Save another bucket in a cell of the table. The form is fetched beforehand, its request is not measured."""
    buckets = [*Bucket.objects.values_list("pk", flat=True)]
    htmx = {"HX-Request": "true"}

    def save(number: int) -> Any:
        pk = pks[number]
        now = Initiative.objects.values_list("bucket", flat=True).get(pk=pk)
        other = buckets[(buckets.index(now) + 1) % len(buckets)]
        address = f"/initiatives/AI-{pk:04}/edit/bucket/?place=cell&column=bucket"
        return client.post(address, {"bucket": other, "initial-bucket": now}, headers=htmx)

    return save
