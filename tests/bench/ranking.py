"""The ranking, its map, and what an envelope would fund when every tenth initiative asks for money."""

from django.db import connection
from django.test import Client

from portfolio.models import Bucket
from tests.factories import make_envelope

from .measure import Ask

# Past the triggers, as the seed itself: what they would follow is not touched.
ASK = """
    SET session_replication_role = replica;
    UPDATE portfolio_initiative SET requested_amount = 1000 * (1 + id % 400) WHERE id % 10 = 0;
    SET session_replication_role = origin;
    ANALYZE portfolio_initiative
"""


def ranking_asks(client: Client) -> dict[str, Ask]:
    """Each page by its name in the report. The sum differs from round to round, and so does who is funded."""
    buckets = [*Bucket.objects.active()]
    with connection.cursor() as cursor:
        cursor.execute(ASK)
    for bucket in buckets:
        make_envelope(bucket, 20_000_000)
    return {
        "ranking, first page": lambda n: client.get("/portfolio/"),
        "ranking, a bucket": lambda n: client.get(f"/portfolio/?bucket={buckets[n % len(buckets)].pk}"),
        "ranking, map": lambda n: client.get("/portfolio/map/"),
        "what if": lambda n: client.get(f"/portfolio/what-if/?amount={10 + n % 90}m"),
    }
