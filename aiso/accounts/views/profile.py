from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from aiso.web.attempts import status_of

from ..forms import TokenForm
from ..models import ApiToken, Role, User
from ..permissions import can_manage_people
from ..signed_in import signed_in


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """What does the office know of me, and how do I want the pages?"""
    return show_profile(request)


def show_profile(
    request: HttpRequest, form: TokenForm | None = None, made: tuple[ApiToken, str] | None = None, *, refusal: str = ""
) -> HttpResponse:
    """The profile, with the token that was made just now, or why it was not."""
    person = signed_in(request)
    leads = User.objects.active().filter(role_assignments__role=Role.OFFICE_LEAD, role_assignments__unit=None)
    context = {
        "person": person,
        "roles": person.role_assignments.select_related("unit"),
        "leads": leads[:3],
        "may_manage": can_manage_people(person),
        "refusal": refusal,
    }
    status = 409 if refusal else status_of(form) if form else 200
    return render(request, "accounts/profile.html", context | tokens_shown(person, form, made), status=status)


def tokens_shown(person: User, form: TokenForm | None, made: tuple[ApiToken, str] | None) -> dict[str, object]:
    """What the list of a person's tokens needs."""
    is_own = not person.is_service_account
    return {
        "tokens": person.tokens.filter(revoked_at=None),
        "token_form": TokenForm() if form is None or made else form,
        "made": made,
        "make_address": reverse("accounts:token_make")
        if is_own
        else reverse("accounts:service_token_make", args=[person.pk]),
    }
