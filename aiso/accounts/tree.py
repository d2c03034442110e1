"""The tree of business units as pages show it: every unit with its depth and what it holds."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Q

from .belongings import Belongings, all_belongings
from .models import BusinessUnit, RoleAssignment, User


@dataclass
class Held:
    """How many things of one kind a unit holds itself, and with all below it."""

    kind: Belongings
    here: int
    below: int
    address: str


@dataclass
class Branch:
    """A unit in the tree."""

    unit: BusinessUnit
    depth: int
    people: int = 0
    people_below: int = 0
    children: list["Branch"] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


class Tree:
    """All units, read in a fixed number of queries whatever their number."""

    def __init__(self, viewer: User) -> None:
        self.viewer = viewer

    @cached_property
    def branches(self) -> list[Branch]:
        """Depth first, each level by name; a branch's figures include those below it."""
        units = BusinessUnit.objects.visible_to(self.viewer).with_tree_fields()
        people = self._people()
        holdings = [(kind, kind.in_units(self.viewer)) for kind in all_belongings()]
        found: dict[int, Branch] = {}
        for unit in units:
            branch = Branch(unit, unit.tree_depth, people=people.get(unit.pk, 0))
            branch.held = [Held(kind, counts.get(unit.pk, 0), 0, kind.address(unit)) for kind, counts in holdings]
            found[unit.pk] = branch
            if unit.parent_id:
                found[unit.parent_id].children.append(branch)
        for branch in reversed(found.values()):
            _add_up(branch)
        return [*found.values()]

    @property
    def top(self) -> list[Branch]:
        return [branch for branch in self.branches if branch.depth == 0]

    def branch(self, unit: BusinessUnit) -> Branch:
        return next(each for each in self.branches if each.unit.pk == unit.pk)

    def inside(self, unit: BusinessUnit) -> list[Branch]:
        """The unit and all below it."""
        return [each for each in self.branches if unit.pk in each.unit.tree_path]  # type: ignore[attr-defined]

    def _people(self) -> dict[int, int]:
        here = Count("people", filter=Q(people__is_active=True, people__is_service_account=False))
        return dict(BusinessUnit.objects.annotate(here=here).filter(here__gt=0).values_list("pk", "here"))


def _add_up(branch: Branch) -> None:
    """Figures of a branch from those of its children, which are there already."""
    branch.people_below = branch.people + sum(child.people_below for child in branch.children)
    for place, held in enumerate(branch.held):
        held.below = held.here + sum(child.held[place].below for child in branch.children)


def roles_reaching(unit: BusinessUnit) -> list[RoleAssignment]:
    """Roles limited to this unit, or to one above it."""
    above = BusinessUnit.objects.ancestors(unit, include_self=True)
    roles = RoleAssignment.objects.filter(unit__in=above, person__is_active=True)
    return [*roles.select_related("person", "unit").order_by("role", "person__name")]
