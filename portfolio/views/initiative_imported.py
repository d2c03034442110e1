from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aiso.accounts.signed_in import signed_in

from ..importing.catalogue import MONEY, columns
from ..models import ImportedRecord, Initiative
from ..permissions import can_see_money


class _Told:
    """What a source said, without its sums for those who may not see the initiative's money."""

    def __init__(self, record: ImportedRecord, *, sees_money: bool) -> None:
        self.record, self.withheld = record, frozenset() if sees_money else MONEY
        mapped = zip(record.job.headers, record.job.mapping, strict=True)
        self.withheld_headers = {header for header, key in mapped if key in self.withheld}

    @property
    def facts(self) -> list[tuple[str, str]]:
        known = columns()
        told = {key: fact for key, fact in self.record.facts.items() if key not in self.withheld}
        return [(known[key].label if key in known else key, fact) for key, fact in told.items()]

    @property
    def problems(self) -> list[list[str]]:
        """Header, cell and reason of each."""
        return [each for each in self.record.problems if each[0] not in self.withheld_headers]

    @property
    def cells(self) -> list[tuple[str, str]]:
        return [(header, cell) for header, cell in self.record.record.items() if header not in self.withheld_headers]


@require_safe
def initiative_imported(request: HttpRequest, pk: int) -> HttpResponse:
    """What did its source say of it, and what could not be taken over?"""
    viewer = signed_in(request)
    initiative = get_object_or_404(Initiative.objects.visible_to(viewer).defer("search"), pk=pk)
    records = ImportedRecord.objects.visible_to(viewer).filter(initiative=initiative).select_related("job")
    sees_money = can_see_money(viewer, initiative)
    told = [_Told(record, sees_money=sees_money) for record in records]
    return render(request, "portfolio/initiative_imported.html", {"initiative": initiative, "records": told})
