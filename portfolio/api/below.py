"""What stands below an initiative in the addresses is seen and hidden with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.shortcuts import get_object_or_404

from aiso.api.nouns import Noun
from aiso.api.problems import Refusal

from ..models import Initiative
from ..permissions import can_edit

# Where such nouns stand.
INITIATIVE = "initiatives/<reference:initiative>"


class BelowInitiative(Noun):
    """A noun whose methods take `initiative`, the id of the one it belongs to."""

    def initiative(self) -> Initiative:
        """The initiative of the address; 404 for one that the person may not see."""
        visible = Initiative.objects.visible_to(self.person).defer("search", "notes", "summary", "outcome")
        found: Initiative = get_object_or_404(visible, pk=self.kwargs["initiative"])
        return found

    def initiative_to_edit(self, refusal: str) -> Initiative:
        """The same for somebody who may edit it; 403 with the refusal for others."""
        initiative = self.initiative()
        if not can_edit(self.person, initiative):
            raise Refusal("forbidden", refusal)
        return initiative

    @contextmanager
    def held_initiative(self, draw: Callable[[Initiative], Any]) -> Iterator[Initiative]:
        """The initiative, locked while what `draw` tells of it is changed, and still as the reader knows it."""
        with self.held(Initiative.objects.visible_to(self.person), self.kwargs["initiative"], draw) as initiative:
            yield initiative

    @contextmanager
    def held_below[M: models.Model](
        self, refusal: str, rows: "models.QuerySet[M]", pk: int, draw: Callable[[M], Any]
    ) -> Iterator[M]:
        """One of the `rows` of an initiative that the person may edit, which is locked first, as actions do."""
        with transaction.atomic():
            initiative = self.initiative_to_edit(refusal)
            Initiative.objects.select_for_update().get(pk=initiative.pk)
            with self.held(rows.filter(initiative=initiative), pk, draw) as thing:
                yield thing

    def address_of(self, pk: Any) -> str:
        """Where a new thing of this list is."""
        return f"{self.request.path}{pk}/"
