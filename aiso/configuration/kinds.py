"""The kinds of configuration. Each app registers its own in AppConfig.ready(); pages and actions are the same for all.

register_kind(Kind("lane", "Lane threshold", "…", "route", Shape(LaneForm), follow=work_lanes_out_anew))

Kinds that come and go with rows of an app are a family: it makes the kind of a slug that begins with its name.

    register_family(Family("standard-", standard_kind_of, standard_kinds))
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from .choices import reading_choices
from .differences import Line, differences
from .shape import Content, Shape, shaped
from .sheet import Sheet

if TYPE_CHECKING:
    from .models import ConfigurationVersion

type Deed = Callable[["ConfigurationVersion"], None]


def _nothing_follows(version: "ConfigurationVersion") -> None:
    """Whoever reads the kind reads the version in force."""


def _no_figures(old: Content, new: Content) -> list[str]:
    return []


def _no_problems(content: Content) -> list[str]:
    return []


def _at_once() -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """One kind of configuration.

    `apply` runs in the transaction that publishes a version, `follow` after it: what must be worked out anew
    because of it, safe to repeat. It runs with the publishing, or in the background where `takes_long()`.
    `consequences` says with figures what publishing does, from the content in force to the draft's.
    `problems` says in sentences what keeps a content from being published although each of its rows is right.
    `try_out` names the page where a draft is tried before it is published.
    """

    slug: str
    title: str
    about: str
    icon: str
    shape: Shape
    apply: Deed = _nothing_follows
    follow: Deed = _nothing_follows
    takes_long: Callable[[], bool] = _at_once
    consequences: Callable[[Content, Content], list[str]] = _no_figures
    problems: Callable[[Content], list[str]] = _no_problems
    try_out: str = ""
    order: int = field(default=50, kw_only=True)

    def cleaned(self, content: object) -> Content:
        """The content as it is stored. Raises ValidationError with all that is wrong."""
        with reading_choices():
            sheet = Sheet(self.shape, shaped(self.shape, content), checked=True)
            if not sheet.is_valid():
                raise ValidationError([f"{where}: {what}" if where else what for where, what, _ in sheet.errors])
            return sheet.content()

    def publishable(self, content: object) -> Content:
        """The content as it is published. Raises ValidationError with all that is wrong, beyond single rows too."""
        cleaned = self.cleaned(content)
        if problems := self.problems(cleaned):
            raise ValidationError(problems)
        return cleaned

    def differences(self, old: Content, new: Content) -> list[Line]:
        return differences(self.shape, old, new)


@dataclass(frozen=True)
class Family:
    """Kinds whose slugs have one beginning. `kind_of` makes the kind of a slug, `kinds` all of them in one query."""

    beginning: str
    kind_of: Callable[[str], Kind | None]
    kinds: Callable[[], Iterable[Kind]]


_kinds: dict[str, Kind] = {}
_families: dict[str, Family] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.slug] = kind


def register_family(family: Family) -> None:
    _families[family.beginning] = family


def kind_of(slug: str) -> Kind | None:
    if slug in _kinds:
        return _kinds[slug]
    family = next((each for each in _families.values() if slug.startswith(each.beginning)), None)
    return family.kind_of(slug) if family else None


def all_kinds() -> Iterable[Kind]:
    grown = [kind for family in _families.values() for kind in family.kinds()]
    return sorted([*_kinds.values(), *grown], key=lambda kind: (kind.order, kind.title))
