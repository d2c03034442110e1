"""What each function's sign-off rests on, as facts in groups: everything else may change and leaves it standing.

register_group(Group("tools", "Tools, suppliers and clearances", tool_facts))

A function names its groups on its page of the administration; one that names none rests on all. The case itself, and
the requirements whose functions name it with their evidence, belong to every sign-off.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .models import GateReview, SignOff
from .requirement_facts import requirement_facts
from .seals import Copy, Fact, copy_of

# The group that every sign-off rests on.
CASE = "case"

type Facts = Mapping[int, Sequence[Fact]]


@dataclass(frozen=True)
class Group:
    """Facts that belong together. `read` gives those of reviews, by the review's id, in a fixed number of queries.

    `is_money`: only those who may see the initiative's money are shown the values.
    """

    slug: str
    label: str
    read: Callable[[Sequence[GateReview]], Facts]
    is_money: bool = False


_groups: dict[str, Group] = {}


def register_group(group: Group) -> None:
    _groups[group.slug] = group


def all_groups() -> list[Group]:
    """In the order in which they were registered, which is that of the copy."""
    return [*_groups.values()]


def groups_of(chosen: Iterable[str]) -> list[str]:
    """The groups that a sign-off rests on, by those its function names: the case always; all where it names none."""
    wanted = {*chosen} or {*_groups}
    return [slug for slug in _groups if slug in wanted or slug == CASE]


def scope_of(sign_off: SignOff) -> list[str]:
    """The groups of a sign-off that is answered now."""
    return groups_of(sign_off.function.rests_on)


def copies_of(wanted: Iterable[tuple[SignOff, Sequence[str]]]) -> dict[int, Copy]:
    """What sign-offs rest on as it stands now, each by its groups, by the sign-off's id.

    The queries are as many as the groups need, whatever the number of sign-offs. Their reviews come with the
    initiative.
    """
    pairs = [*wanted]
    reviews = [*{sign_off.review_id: sign_off.review for sign_off, _ in pairs}.values()]
    slugs = {slug for _, chosen in pairs for slug in chosen}
    read = {slug: group.read(reviews) for slug, group in _groups.items() if slug in slugs}
    required = requirement_facts(reviews)
    copies = {}
    for sign_off, chosen in pairs:
        facts = [fact for slug in _groups if slug in chosen for fact in read[slug].get(sign_off.review_id, ())]
        asked = required.get(sign_off.review_id, ())
        facts += [fact for functions, fact in asked if sign_off.function.slug in functions]
        copies[sign_off.pk] = copy_of(facts)
    return copies


def hides(key: str) -> bool:
    """Whether a fact of this key is money, which not everybody who sees the initiative may see."""
    group = _groups.get(key.partition("/")[0])
    return group is not None and group.is_money


def by_group(copy: Copy) -> list[tuple[str, Copy]]:
    """A copy under the titles of its groups, in its order."""
    found: dict[str, Copy] = defaultdict(list)
    for fact in copy:
        group = _groups.get(fact["key"].partition("/")[0])
        found[group.label if group else "Requirements and evidence"].append(fact)
    return [*found.items()]
