"""Migrations with many operations, without minutes of waiting."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

# New columns, and what stands on columns without changing any.
ON_TABLES = (migrations.AddField, migrations.AddConstraint, migrations.AddIndex, AddTrigger, RemoveTrigger)
# What runs between the changes of tables, and draws nothing.
STATELESS = (migrations.RunPython, migrations.RunSQL)


class TablesAtOnce(migrations.Migration):
    """
    A migration in which operations of one kind in a row do not need the state between two of them.

    Django draws the models anew after each operation, every one with all that it refers to: for hundreds of tables
    and triggers that refer to each other, minutes. Here the state is drawn once for all `CreateModel` in a row, and
    once for all new columns, constraints, indexes and triggers. What is no kind of these stands alone.
    """

    def apply(self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
        """Create what the operations say; references between tables follow when all of them are there."""
        for operations in in_a_row(self.operations):
            before = project_state.clone()
            if not isinstance(operations[0], STATELESS):
                vars(project_state).pop("apps", None)
                # Drawn whole where it is next asked for, so that nothing is left to be drawn then.
                project_state.is_delayed = False
            for operation in operations:
                operation.state_forwards(self.app_label, project_state)
            for operation in operations:
                operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state


def in_a_row(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """The operations in their order, those together that share a state."""
    for _, alike in groupby(enumerate(operations), lambda each: _kind(*each)):
        yield [operation for _, operation in alike]


def _kind(place: int, operation: Operation) -> object:
    if isinstance(operation, ON_TABLES):
        return ON_TABLES
    return migrations.CreateModel if isinstance(operation, migrations.CreateModel) else place
