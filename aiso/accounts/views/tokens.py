"""API tokens: one's own on the profile, those of a service account on its page."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from aiso.errors import DomainError
from aiso.web.attempts import attempt
from aiso.web.htmx import announce

from ..actions import make_token, revoke_token
from ..forms import TokenForm
from ..models import ApiToken, User
from ..permissions import can_make_tokens
from ..signed_in import signed_in
from .people import show_person
from .profile import show_profile


@require_POST
@never_cache
def token_make(request: HttpRequest) -> HttpResponse:
    """Make a token for oneself. This answer alone shows its secret."""
    person = signed_in(request)
    form = TokenForm(request.POST)
    made = attempt(form, lambda: make_token(person, actor=person, **form.told()))
    return show_profile(request, form, made)


@require_POST
@never_cache
def service_token_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a token for a service account."""
    actor = signed_in(request)
    account = get_object_or_404(User.objects.visible_to(actor).select_related("unit__parent"), pk=pk)
    if not can_make_tokens(actor, account) or not account.is_service_account:
        raise PermissionDenied("People keep their own tokens; an office lead keeps those of service accounts.")
    form = TokenForm(request.POST)
    made = attempt(form, lambda: make_token(account, actor=actor, **form.told()))
    return show_person(request, account, token_form=form, made=made)


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a token open nothing any more."""
    actor = signed_in(request)
    token = get_object_or_404(ApiToken.objects.select_related("person"), pk=pk)
    if not can_make_tokens(actor, token.person):
        raise Http404("No token of yours.")
    try:
        revoke_token(token, actor=actor)
    except DomainError as error:
        if token.person.is_service_account:
            return show_person(request, token.person, refusal=str(error))
        return show_profile(request, refusal=str(error))
    announce(request, f"Token “{token}” is revoked.")
    if token.person.is_service_account:
        return redirect("accounts:person_detail", token.person_id)
    return redirect("accounts:profile")
