"""What stands below an initiative in the addresses is seen and hidden with it."""

from typing import Any

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

    def address_of(self, pk: Any) -> str:
        """Where a new thing of this list is."""
        return f"{self.request.path}{pk}/"
