from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..importing.catalogue import columns
from ..models import ImportedRecord, Initiative


@require_safe
def initiative_imported(request: HttpRequest, pk: int) -> HttpResponse:
    """What did its source say of it, and what could not be taken over?"""
    viewer = signed_in(request)
    initiative = get_object_or_404(Initiative.objects.visible_to(viewer).defer("search"), pk=pk)
    records = ImportedRecord.objects.visible_to(viewer).filter(initiative=initiative).select_related("job")
    known = columns()
    told = [
        (record, [(known[key].label if key in known else key, fact) for key, fact in record.facts.items()])
        for record in records
    ]
    return render(request, "portfolio/initiative_imported.html", {"initiative": initiative, "records": told})
