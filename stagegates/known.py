"""What the system already knows of an initiative, so that no gate asks for it again. Apps register their facts.

register_known(KnownFact("business-owner", "Business owner is named", business_owners))
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from portfolio.models import Initiative


@dataclass(frozen=True)
class Known:
    """How one fact stands for one initiative: what is known, in words, and where it is mended."""

    is_met: bool
    says: str
    url: str = ""
    verb: str = ""
    in_dialog: bool = False


@dataclass(frozen=True)
class KnownFact:
    """A fact that evidence can refer to. `read` takes initiatives and answers for each, by id, in a fixed number of
    queries; one that it leaves out is not met.
    """

    slug: str
    label: str
    read: Callable[[Sequence[Initiative]], dict[int, Known]]


_facts: dict[str, KnownFact] = {}


def register_known(fact: KnownFact) -> None:
    _facts[fact.slug] = fact


def known_fact(slug: str) -> KnownFact | None:
    return _facts.get(slug)


def all_known() -> Iterable[KnownFact]:
    return sorted(_facts.values(), key=lambda fact: fact.label)


def read_known(slugs: Iterable[str], initiatives: Sequence[Initiative]) -> dict[tuple[int, str], Known]:
    """The facts named, of some initiatives, by id and slug. As many queries as the facts need, not the initiatives."""
    found: dict[tuple[int, str], Known] = {}
    for fact in filter(None, map(known_fact, sorted(set(slugs)))):
        found |= {(pk, fact.slug): known for pk, known in fact.read(initiatives).items()}
    return found
