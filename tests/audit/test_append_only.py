"""What was recorded stays recorded: Postgres refuses, whoever asks."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, models, transaction
from pghistory.core import event_models
from pgtrigger.registry import registered

from aiso import clock
from aiso.accounts.models import User
from aiso.audit.models import ChangeContext
from portfolio.models import InitiativeTag, Tag
from tests.factories import make_initiative, make_person

HISTORY = [*event_models(), ChangeContext]


@pytest.mark.parametrize("model", HISTORY, ids=lambda model: model._meta.label)
def test_history_cannot_be_emptied(db, model: type[models.Model]):
    with pytest.raises(ProgrammingError, match="never emptied"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {model._meta.db_table} CASCADE")


@pytest.mark.parametrize("model", event_models(), ids=lambda model: model._meta.label)
def test_history_rows_are_guarded_against_edits(model):
    names = {trigger.name for guarded, trigger in registered() if guarded is model}
    assert {"append_only", "no_truncate"} <= names


def test_a_history_row_cannot_be_edited_or_deleted(db):
    person = make_person()
    rows = User.pgh_event_model.objects.filter(pgh_obj=person)  # type: ignore[attr-defined]

    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.update(name="Somebody else")
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.delete()


def test_history_of_gained_tags_cannot_be_deleted(db):
    make_initiative(tags=[Tag.objects.create(name="fraud")])
    rows = InitiativeTag.pgh_event_model.objects.all()
    assert rows.count() == 1

    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.delete()


def test_who_and_why_is_fixed_once_the_request_is_over(db):
    context = ChangeContext.objects.create(metadata={"user": 1})
    ChangeContext.objects.filter(pk=context.pk).update(metadata={"user": 1, "reason": "Reorganisation"})
    ChangeContext.objects.filter(pk=context.pk).update(created_at=clock.now() - timedelta(hours=2))

    with pytest.raises(ProgrammingError), transaction.atomic():
        ChangeContext.objects.filter(pk=context.pk).update(metadata={"user": 2})
    with pytest.raises(ProgrammingError), transaction.atomic():
        context.delete()
