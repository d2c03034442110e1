"""What a form of the register has selected: rows by their ids, or all that an address finds."""

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from aiso.accounts.models import User

from ..models import Initiative
from ..models.initiative import InitiativeQuerySet
from ..register import Register


def selected(user: User, form: QueryDict) -> InitiativeQuerySet:
    """The selected initiatives among those that the user may see."""
    if form.get("all"):
        return Register(user, QueryDict(form.get("query", ""))).matching
    try:
        wanted = [int(pk) for pk in form.getlist("pk")]
    except ValueError:
        raise SuspiciousOperation("A selection holds ids.") from None
    return Initiative.objects.visible_to(user).filter(pk__in=wanted)
