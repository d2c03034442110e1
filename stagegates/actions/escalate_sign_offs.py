"""A clock that ran out is told upwards. It never approves anything (DESIGN §4)."""

from django.db import transaction

from aiso import clock
from aiso.events.outbox import publish

from ..models import SignOff


def escalate_sign_offs() -> int:
    """Escalate all whose clock has run out and that nobody was told of; returns how many. Repeating it finds none."""
    late = SignOff.objects.open().filter(due_on__lt=clock.today(), escalated_at=None)
    return sum(_escalate(pk) for pk in late.order_by("due_on", "pk").values_list("pk", flat=True))


@transaction.atomic
def _escalate(pk: int) -> bool:
    """One of them, unless it was answered meanwhile."""
    late = SignOff.objects.open().filter(due_on__lt=clock.today(), escalated_at=None)
    sign_off = late.select_for_update(of=["self"]).select_related("review").filter(pk=pk).first()
    if sign_off is None:
        return False
    sign_off.escalated_at = clock.now()
    sign_off.save(update_fields=["escalated_at"])
    about = {"initiative": sign_off.review.initiative_id, "review": sign_off.review_id, "sign_off": sign_off}
    publish("sign_off.escalated", actor=None, due_on=str(sign_off.due_on), **about)
    return True
