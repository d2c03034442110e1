from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError

from ..actions.register_initiative import register_initiative
from ..forms.initiative import RegistrationForm
from ..permissions import can_register


@require_http_methods(["GET", "HEAD", "POST"])
def initiative_register(request: HttpRequest) -> HttpResponse:
    """The office enters an initiative that already runs."""
    person = signed_in(request)
    if not can_register(person):
        raise PermissionDenied("The office enters initiatives that already run.")
    form = RegistrationForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            initiative = register_initiative(actor=person, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{initiative.reference} is in the register.")
            return redirect(initiative)
    return render(request, "portfolio/initiative_register.html", {"form": form}, status=422 if form.errors else 200)
