"""Whether the initiative of a request stands on the register."""

from aiso import clock

from ...models import Intake


def leave_register(intake: Intake) -> None:
    """What was declined, withdrawn or joined stays for the record, off the register (DESIGN §4)."""
    initiative = intake.initiative
    if initiative is not None:
        initiative.is_off_register, initiative.changed_at = True, clock.now()
        initiative.save(update_fields=["is_off_register", "changed_at"])
