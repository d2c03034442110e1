"""Cost centres, and what their costs belong to."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce

from ..actions.cost_centres import add_cost_centre, map_cost_centre
from ..centre_list import CentreList, MappingLine, mapping_lines
from ..forms.sharing import CostCentreForm, MappingForm
from ..models import CostCentre
from ..models.sharing import reads_sharing
from ..permissions import KEEPING_SHARING, READING_SHARING, can_keep_sharing


@require_safe
def cost_centres(request: HttpRequest) -> HttpResponse:
    """Where do the costs of each cost centre belong?"""
    person = signed_in(request)
    if not reads_sharing(person):
        raise PermissionDenied(READING_SHARING)
    context = {"found": CentreList(person, request.GET), "may_keep": can_keep_sharing(person)}
    return render(request, "value/cost_centres.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cost_centre_add(request: HttpRequest) -> HttpResponse:
    """Which cost centre is missing?"""
    if not can_keep_sharing(request.user):
        raise PermissionDenied(KEEPING_SHARING)
    form = CostCentreForm(posted(request))
    if centre := attempt(form, lambda: add_cost_centre(actor=signed_in(request), **form.cleaned_data)):
        announce(request, f"{centre} is added. Say what its costs belong to.")
        return redirect("value:cost_centre_map", centre.pk)
    return render(request, "value/cost_centre_form.html", {"form": form}, status=status_of(form))


@require_safe
def cost_centre(request: HttpRequest, pk: int) -> HttpResponse:
    """What do its costs belong to, and since when?"""
    centre, person = _centre(request, pk), signed_in(request)
    lines: list[MappingLine] = mapping_lines(centre.mappings.all(), person)
    context = {"centre": centre, "lines": lines, "may_keep": can_keep_sharing(person)}
    return render(request, "value/cost_centre.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cost_centre_map(request: HttpRequest, pk: int) -> HttpResponse:
    """What do its costs belong to from which day on?"""
    centre, actor = _centre(request, pk), signed_in(request)
    if not can_keep_sharing(actor):
        raise PermissionDenied(KEEPING_SHARING)
    form = MappingForm(actor, posted(request))
    if attempt(form, lambda: map_cost_centre(centre, actor=actor, **form.cleaned_data)):
        announce(request, "Mapped. What was posted stays where it is.")
        return redirect(centre)
    return render(request, "value/cost_centre_form.html", {"form": form, "centre": centre}, status=status_of(form))


def _centre(request: HttpRequest, pk: int) -> CostCentre:
    if not reads_sharing(request.user):
        raise PermissionDenied(READING_SHARING)
    found: CostCentre = get_object_or_404(CostCentre.objects.visible_to(signed_in(request)), pk=pk)
    return found
