"""Migrations with many operations, without minutes of waiting."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# What stands on columns that are there by then, and changes none.
ON_COLUMNS = (migrations.AddConstraint, migrations.AddIndex, AddTrigger)
ALIKE = (migrations.CreateModel, migrations.AddField)


class TablesAtOnce(migrations.Migration):
    """
    A migration in which operations of one kind in a row do not need the state between two of them.

    Django draws the models anew after each operation, every one with all that it refers to: for hundreds of tables
    and triggers that refer to each other, minutes. Here the state is drawn once for all `CreateModel` in a row, once
    for all `AddField`, and once for all constraints, indexes and triggers. What is no kind of these stands alone.
    """

    def apply(self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
        """Create what the operations say; references between tables follow when all of them are there."""
        for operations in in_a_row(self.operations):
            before = project_state.clone()
            vars(project_state).pop("apps", None)
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
    if isinstance(operation, ON_COLUMNS):
        return ON_COLUMNS
    return type(operation) if isinstance(operation, ALIKE) else place
