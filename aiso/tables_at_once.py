"""Migrations that create whole apps, without minutes of waiting."""

from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.migrations.state import ProjectState


class TablesAtOnce(migrations.Migration):
    """
    A migration in which operations of one kind in a row do not need the state between two of them.

    Django draws the models anew after each operation, every one with all that it refers to: for hundreds of tables
    and triggers that refer to each other, minutes. Here the state is drawn once for all `CreateModel` in a row and
    once for all `AddTrigger`. Each `CreateModel` must therefore be whole: no operation after it may change its columns.
    """

    def apply(self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
        """Create what the operations say; references between tables follow when all of them are there."""
        for _, alike in groupby(self.operations, type):
            operations = [*alike]
            before = project_state.clone()
            vars(project_state).pop("apps", None)
            for operation in operations:
                operation.state_forwards(self.app_label, project_state)
            for operation in operations:
                operation.database_forwards(self.app_label, schema_editor, before, project_state)
        return project_state
