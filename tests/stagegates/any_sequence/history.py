"""What is written once: copies of it as first seen, and attempts to change it past all actions, in SQL."""

from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.models import Q
from django.db.utils import DatabaseError

from portfolio.models import Initiative, StageChange
from stagegates.models import (
    ApprovedPlan,
    Closure,
    Decision,
    Envelope,
    ExpansionRuling,
    FundingEntry,
    FundingRuling,
    MeetingDecision,
    MeetingVoice,
    Merge,
    SignOffAnswer,
    StageByDecision,
    Tranche,
)

# What may be told of them later, because something else happened.
LATER = {
    Merge: ["undone_by_id"],
    SignOffAnswer: ["outdated_at", "outdated_because"],
}
KEPT: tuple[type[models.Model], ...] = (
    Decision,
    StageByDecision,
    StageChange,
    FundingEntry,
    FundingRuling,
    ExpansionRuling,
    MeetingDecision,
    MeetingVoice,
    ApprovedPlan,
    Closure,
    Merge,
    SignOffAnswer,
)
# How somebody would like to have it, in SQL.
LIES: dict[type[models.Model], str] = dict.fromkeys(KEPT, "id = id") | {
    ApprovedPlan: "plan_id = plan_id",
    Merge: "moved = '{\"barriers\": [1]}'",
    SignOffAnswer: "verdict = verdict || '.'",
    Tranche: "booked = booked + 1",
    Envelope: "committed = committed + 1",
    Initiative: "stage = stage || '.'",
}

# Rows that go again, when an import is undone.
TAKEN_BACK = {StageChange: Q(source="opening")}
REFUSAL = "Cannot (update|delete|update or delete) rows|follow from"


class History:
    """Everything that was written once in a sequence, as it was first seen."""

    def __init__(self) -> None:
        self.seen: dict[type[models.Model], dict[Any, dict[str, Any]]] = {each: {} for each in KEPT}

    def changed(self) -> list[Any]:
        """What is other than it was, or gone; new rows are remembered."""
        return [was for model in KEPT for was in self._changed(model)]

    def _changed(self, model: type[models.Model]) -> list[Any]:
        names = [each.attname for each in model._meta.concrete_fields if each.attname not in LATER.get(model, ())]
        key = model._meta.pk.attname  # type: ignore[union-attr]
        now = {row[key]: row for row in model._default_manager.values(*names)}
        seen, self.seen[model] = self.seen[model], now
        return [was for pk, was in seen.items() if now.get(pk) != was]


def refuses_lies(model: type[models.Model]) -> bool:
    """Whether there is something of it to lie about; then it can neither be changed nor taken away."""
    last = model._default_manager.exclude(TAKEN_BACK.get(model, Q(pk=None))).order_by("pk").last()
    if last is None:
        return False
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    _refuse(f"UPDATE {table} SET {LIES[model]} WHERE {key} = {last.pk}")
    if model is not Initiative:
        _refuse(f"DELETE FROM {table} WHERE {key} = {last.pk}")
    return True


def _refuse(statement: str) -> None:
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
