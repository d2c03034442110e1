"""The tab of gates and evidence on the initiative page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portfolio.page import page_for
from portfolio.permissions import changes_nothing
from portfolio.views.initiative_tab import show_tab

from ..decision_lists import decisions_of
from ..given import given_to
from ..opening import open_review_of, opening_of
from ..permissions import can_give_evidence, can_open_review
from ..review_page import ReviewPage, earlier_reviews

TAB = "stagegates:initiative_gates"


@require_safe
def initiative_gates(request: HttpRequest, pk: int) -> HttpResponse:
    """Which gate comes next, what does it ask, and what was given?"""
    page = page_for(request, pk, "gates")
    review = open_review_of(page.initiative)
    context = {
        "review": review,
        "review_page": ReviewPage(review, page.person) if review else None,
        "opening": None if review else opening_of(page.initiative),
        "earlier": earlier_reviews(page.initiative),
        "given": given_to(page.initiative),
        "decisions": decisions_of(page.initiative.pk),
        "sees_money": page.sees_money,
        "may_open": can_open_review(page.person, page.initiative),
        "may_merge": page.takes_a_lane and not changes_nothing(page.person),
        "may_give": can_give_evidence(page.person, page.initiative),
    }
    return show_tab(request, page, "stagegates/initiative_gates.html", context)
