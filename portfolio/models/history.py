"""Which entries of the lists an initiative gained and lost: many-to-many rows have no history of their own."""

import pghistory

from .initiative import Initiative

_gained_and_lost = pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), obj_field=None)


@_gained_and_lost
class InitiativeJurisdiction(Initiative.jurisdictions.through):  # type: ignore[name-defined,misc]
    class Meta:
        proxy = True
        verbose_name = "jurisdiction"

    def __str__(self) -> str:
        return str(self.jurisdiction)


@_gained_and_lost
class InitiativeTool(Initiative.tools.through):  # type: ignore[name-defined,misc]
    class Meta:
        proxy = True
        verbose_name = "tool"

    def __str__(self) -> str:
        return str(self.tool)


@_gained_and_lost
class InitiativeTag(Initiative.tags.through):  # type: ignore[name-defined,misc]
    class Meta:
        proxy = True
        verbose_name = "tag"

    def __str__(self) -> str:
        return str(self.tag)
