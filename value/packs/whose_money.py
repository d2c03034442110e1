"""Whose money a pack counts: its maker's roles may reach a part of the company alone."""

from collections.abc import Mapping, Sequence

from aiso.accounts.models import BusinessUnit
from aiso.web import figures

from ..dashboard.sentences import listed
from ..models import BoardPack

# None is the money of all that a pack is of, an empty list no money.
type Units = Sequence[BusinessUnit] | None
# Units that a line names; it counts the others.
NAMED = 3


def money_of(packs: Sequence[BoardPack]) -> dict[int, Units]:
    """By pack the units whose money it counts, each with those below it. One query."""
    wanted = {pk for pack in packs for pk in pack.money_units or ()}
    units = BusinessUnit.objects.filter(pk__in=wanted).order_by("name").in_bulk() if wanted else {}
    return {pack.pk: _highest(pack, units) for pack in packs}


def _highest(pack: BoardPack, units: Mapping[int, BusinessUnit]) -> Units:
    if pack.money_units is None:
        return None
    reach = {*pack.money_units}
    found = [unit for pk, unit in units.items() if pk in reach and unit.parent_id not in reach]
    return None if [unit.pk for unit in found] == [pack.unit_id] else found


def scope_with_money(pack: BoardPack, money: Units) -> str:
    """`The whole company; only money of Sales and below`, where that is not all of it."""
    if money is None:
        return pack.scope
    return f"{pack.scope}; only money of {_listed(money)} and below" if money else f"{pack.scope}; no money"


def _listed(money: Sequence[BusinessUnit]) -> str:
    names, more = [unit.name for unit in money[:NAMED]], len(money) - NAMED
    return listed([*names, figures.plural(more, "more unit")] if more > 0 else names)


def is_of_a_part(pack: BoardPack) -> bool:
    """Whether its money is that of a part of the company, which no target is set for."""
    return bool(pack.unit_id or pack.bucket_id) or pack.money_units is not None
