"""What the pages of merges show: what would follow, what was merged into an initiative, and one merged initiative."""

from functools import cached_property

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from aiso.accounts.models import User
from aiso.errors import DomainError
from forums.models import Forum
from portfolio.duplicates import Likeness, likely_duplicates
from portfolio.merging import stays_hidden, told_of, what_moves
from portfolio.models import Initiative, Plan
from portfolio.models.stage import ENDED
from portfolio.page import InitiativePage
from portfolio.permissions import can_see_money

from .actions.merge import body_deciding_on, can_undo, check_goes_on, check_survivor, why_not_undo
from .actions.ruling import Ruling
from .deciding import alone_in
from .decision_lists import decisions_of
from .family import merges_into
from .funding_page import with_names
from .given import Given, given_to
from .models import Decision, GateReview, Merge, Tranche
from .money import Funding, funding_of, totals_of
from .permissions import can_decide_on
from .review_page import earlier_reviews
from .separation import parties_to

MOST_ALIKE = 3


class MergePanel:
    """What would follow from merging one initiative into another, for one person."""

    def __init__(self, initiative: Initiative, person: User, survivor: Initiative | None = None) -> None:
        self.initiative, self.person, self.survivor = initiative, person, survivor

    @cached_property
    def body(self) -> Forum | None:
        """The body that decides: the higher one of both."""
        bodies = [body_deciding_on(each) for each in (self.initiative, self.survivor) if each]
        return max((body for body in bodies if body), key=lambda body: body.rank, default=None)

    @cached_property
    def may_decide(self) -> bool:
        """Whether the person decides it alone."""
        if self.body is None or not can_decide_on(self.person, self.initiative, self.body):
            return False
        if self.survivor and self.person.pk in parties_to(self.survivor):
            return False
        return alone_in(self.person, self.body) is not None

    @cached_property
    def refusal(self) -> str:
        """Why it cannot be merged, in a sentence; empty when it can."""
        try:
            check_goes_on(self.initiative)
            if self.survivor and self.body:
                check_survivor(self.initiative, Ruling("merge", "Asked.", survivor=self.survivor), self.body)
        except DomainError as error:
            return str(error)
        return ""

    @property
    def is_hidden(self) -> bool:
        return stays_hidden(self.initiative)

    @cached_property
    def moves(self) -> list[tuple[int, str]]:
        """How many of what would move."""
        return told_of(what_moves(self.initiative, self.survivor)) if self.survivor else []

    @cached_property
    def sees_money(self) -> bool:
        return self.may_decide or can_see_money(self.person, self.initiative)

    @cached_property
    def funding(self) -> Funding:
        return funding_of([self.initiative])[self.initiative.pk]

    @cached_property
    def open_review(self) -> GateReview | None:
        """One that was not submitted: merging withdraws it."""
        rows = GateReview.objects.open().filter(initiative=self.initiative, submitted_at=None)
        return rows.select_related("gates_version").first()

    @cached_property
    def alike(self) -> list[Likeness]:
        """What the person sees and it is likely the same as."""
        if self.survivor or self.refusal:
            return []
        row = self.initiative
        found = likely_duplicates(
            self.person, name=row.name, summary=row.summary, outcome=row.outcome, besides=row, most=MOST_ALIKE
        )
        return [each for each in found if each.initiative.stage not in ENDED]


class MergedPage:
    """One merged initiative, as it is read from the one in which it goes on. A fixed number of queries."""

    def __init__(self, merge: Merge, person: User) -> None:
        self.merge, self.person, self.initiative = merge, person, merge.merged

    @cached_property
    def sees_money(self) -> bool:
        return can_see_money(self.person, self.initiative)

    @cached_property
    def decisions(self) -> list[Decision]:
        return decisions_of(self.initiative.pk)

    @property
    def reviews(self) -> list[object]:
        return [*earlier_reviews(self.initiative)]

    @property
    def given(self) -> list[Given]:
        return given_to(self.initiative)

    @cached_property
    def tranches(self) -> list[Tranche]:
        return [*with_names(Tranche.objects.filter(initiative=self.initiative)).order_by("pk")]

    @property
    def funding(self) -> Funding:
        return totals_of(Tranche.objects.filter(initiative=self.initiative))

    @property
    def plans(self) -> list[Plan]:
        return [*self.initiative.plans.order_by("-number")]

    @property
    def moved(self) -> list[tuple[int, str]]:
        return told_of(self.merge.moved)

    @cached_property
    def why_not_undo(self) -> str:
        return why_not_undo(self.merge)

    @cached_property
    def may_undo(self) -> bool:
        """Whether the person decides alone for the body that merged them, or a higher one."""
        if self.why_not_undo or not can_undo(self.person, self.merge):
            return False
        least = self.merge.decision.body
        return alone_in(self.person, least) is not None


def merged_panel(page: InitiativePage) -> str:
    """What was merged into it. No query where nothing was."""
    if not page.initiative.has_merged:  # type: ignore[attr-defined]
        return ""
    merges = merges_into(page.initiative.pk, page.person)
    if not merges:
        return ""
    ids = [each.merged_id for each in merges]
    funding = funding_of(ids) if page.sees_money else {}
    counts = _decisions(ids)
    rows = [
        {
            "merge": each,
            "decisions": counts.get(each.merged_id, 0),
            "funding": funding.get(each.merged_id) if can_see_money(page.person, each.merged) else None,
        }
        for each in merges
    ]
    return render_to_string("stagegates/_merged.html", {"rows": rows, "initiative": page.initiative})


def merged_note(page: InitiativePage) -> SafeString | str:
    """For those who followed a link to an initiative that was merged: what became of it."""
    asked = page.request.GET.get("merged", "")
    if not asked or not page.initiative.has_merged:  # type: ignore[attr-defined]
        return ""
    merges = [each for each in merges_into(page.initiative.pk, page.person) if each.merged.reference == asked]
    if not merges:
        return ""
    context = {"merge": merges[0], "initiative": page.initiative}
    return mark_safe(render_to_string("stagegates/_merged_note.html", context))  # noqa: S308 (drawn by our template)


def _decisions(initiatives: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for pk in Decision.objects.filter(initiative__in=initiatives).order_by().values_list("initiative", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found
