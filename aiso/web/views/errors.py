"""Pages for what went wrong: each says what happened and what to do next."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from aiso.accounts.models import Role, User

# As many as one would write to.
GRANTORS_NAMED = 3


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Why the page is closed, and who can open it."""
    context = {"reason": str(exception), "grantors": _grantors(request)}
    return render(request, "403.html", context, status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A thing one may not see looks like one that does not exist."""
    return render(request, "404.html", status=404)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the request and the database: either may be what is broken."""
    return HttpResponse(render_to_string("500.html"), status=500)


@login_not_required
@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Mostly a form that was open over a sign-out, or cookies that are switched off."""
    return render(request, "403_csrf.html", status=403)


def _grantors(request: HttpRequest) -> list[User]:
    """The office leads for the whole company, who grant roles."""
    if not request.user.is_authenticated:
        return []
    leads = User.objects.active().people().filter(role_assignments__role=Role.OFFICE_LEAD, role_assignments__unit=None)
    return [*leads.order_by("name")[:GRANTORS_NAMED]]
