from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..models import Role, User
from ..permissions import can_manage_people
from ..signed_in import signed_in


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """What does the office know of me, and how do I want the pages?"""
    person = signed_in(request)
    leads = User.objects.active().filter(role_assignments__role=Role.OFFICE_LEAD, role_assignments__unit=None)
    context = {
        "person": person,
        "roles": person.role_assignments.select_related("unit"),
        "leads": leads[:3],
        "may_manage": can_manage_people(person),
    }
    return render(request, "accounts/profile.html", context)
