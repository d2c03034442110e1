"""The initiatives of a person and of a unit, for the pages of people and units."""

from urllib.parse import urlencode

from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse

from aiso.accounts.belongings import Belongings, Counts
from aiso.accounts.models import BusinessUnit, User

from .models import Initiative, Ownership

SHOWN = 20


def owned_by(viewer: User, person: User) -> str:
    """What a person owns or deputises for, as far as the viewer may see it; nothing where that is nothing."""
    owned = Ownership.objects.visible_to(viewer).current().filter(person=person, initiative__is_off_register=False)
    owned = owned.select_related("initiative")
    count = owned.count()
    if not count:
        return ""
    context = {"person": person, "ownerships": owned.order_by("initiative_id", "kind")[:SHOWN], "count": count}
    return render_to_string("portfolio/_owned.html", context)


def initiatives_by_unit(viewer: User) -> Counts:
    visible = Initiative.objects.visible_to(viewer).on_register()
    return dict(visible.order_by().values_list("unit").annotate(count=Count("pk")))


def register_of_unit(unit: BusinessUnit) -> str:
    return f"{reverse('portfolio:register')}?{urlencode({'unit': unit.pk})}"


INITIATIVES = Belongings("initiative", in_units=initiatives_by_unit, address=register_of_unit, draw=owned_by)
