"""What the system knows already, and therefore does not ask. Each app registers its sources in AppConfig.ready().

    register_source(Source("customer_facing", "Customer-facing", AnswerType.YES_NO, reader, "Effects"))

A source reads many initiatives in a fixed number of queries. What it does not know it leaves out, and people are asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiso.once import once
from portfolio.models import Initiative

from .checklist import AnswerType

type Reader = Callable[[Sequence[Initiative]], Mapping[int, str]]
# Columns that the readers never ask for.
UNREAD = ("search", "notes")


@dataclass(frozen=True)
class Source:
    """One thing that is known of initiatives. `read` gives stored answers by the id of the initiative.

    `place` says where it is kept, and `url_name` the address of the initiative's page where it is changed.
    """

    name: str
    label: str
    answer_type: AnswerType
    read: Reader
    place: str
    url_name: str = "portfolio:initiative_detail"
    options: tuple[str, ...] = ()


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    _sources[source.name] = source


def source_of(name: str) -> Source | None:
    return _sources.get(name)


def source_choices() -> list[tuple[str, str]]:
    """The sources as a form offers them."""
    named = sorted((source.label, source.name) for source in _sources.values())
    return [("", "Nothing: people are asked"), *((name, label) for label, name in named)]


def facts_of(ids: Iterable[int]) -> list[Initiative]:
    """The initiatives with all that readers find on them, in one query, whatever the caller had fetched."""
    wanted = frozenset(ids)
    rows = Initiative.objects.filter(pk__in=wanted).defer(*UNREAD).order_by("pk")
    related = ("unit", "use_case_type", "business_owner", "technical_owner", "risk_owner")
    return once(("facts", wanted), lambda: [*rows.select_related(*related)])


def known_of(initiatives: Sequence[Initiative], names: Iterable[str]) -> dict[str, Mapping[int, str]]:
    """By source and initiative, what is known. Names that nobody registered know nothing."""
    wanted = [source for name in dict.fromkeys(names) if (source := _sources.get(name))]
    return {source.name: source.read(initiatives) for source in wanted}
