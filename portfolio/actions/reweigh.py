"""All priorities by the weights in force."""

from django.db import connection

from aiso import clock

from ..priority import weights_in_force
from .whole_register import for_all

# priority_of for many rows: null where a part is missing or all weights are 0; whole weights must not divide as
# integers.
SCORE = """
    round((%(value)s * value + %(feasibility)s * feasibility + %(data_readiness)s * data_readiness
        + %(strategic_fit)s * strategic_fit + %(governance_complexity)s * (6 - governance_complexity))
        / nullif(%(total)s::numeric, 0), 2)
"""
REWEIGH = f"""
    UPDATE portfolio_initiative SET priority = {SCORE}, changed_at = %(now)s
    WHERE id > %(after)s AND id <= %(to)s AND priority IS DISTINCT FROM {SCORE}
"""  # noqa: S608 (both parts are constants)


def reweigh() -> None:
    """Bring every priority in line with the weights in force. Those that stay are not touched."""
    for_all(_reweigh_batch)


def _reweigh_batch(after: int, to: int) -> None:
    weights = weights_in_force()
    told = {**weights, "total": sum(weights.values()), "now": clock.now(), "after": after, "to": to}
    with connection.cursor() as cursor:
        cursor.execute(REWEIGH, told)
