"""What stands behind each history row: the table's own guard, and the person and request of the change."""

from typing import Any

import pghistory.models
import pgtrigger

# A person's request is over by then, and what it caused is told in full.
CONTEXT_OPEN = "1 hour"


def no_truncate() -> pgtrigger.Trigger:
    """Protect refuses UPDATE and DELETE; TRUNCATE needs a statement trigger of its own."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'History is never emptied.';",
    )


class Event(pghistory.models.Event):
    """What every history table is made of: append-only, held by the database."""

    class Meta:
        abstract = True

    @classmethod
    def pghistory_setup(cls) -> None:
        super().pghistory_setup()  # type: ignore[no-untyped-call]
        if not cls._meta.abstract:
            no_truncate().register(cls)  # type: ignore[arg-type]


class ChangeContext(pghistory.models.Context):
    """Who changed something, by which request, and why. Complete when the request ends, and then fixed."""

    class Meta:
        proxy = True
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="fixed_afterwards",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
                    IF OLD.created_at < NOW() - INTERVAL '{CONTEXT_OPEN}' THEN
                        RAISE EXCEPTION 'Who changed something, and why, is never edited.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            no_truncate(),
        ]

    def __str__(self) -> str:
        metadata: dict[str, Any] = self.metadata
        return str(metadata.get("url", self.pk))
