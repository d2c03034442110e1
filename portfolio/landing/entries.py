"""Entries of the office's lists that rows name."""

from collections.abc import Iterable

from ..importing.wording import folded
from ..models import Bucket, Jurisdiction, Objective, Tag, Tool, UseCaseType, Workflow
from ..models.lists import NamedEntry

LISTS: dict[str, type[NamedEntry]] = {
    "workflow": Workflow,
    "bucket": Bucket,
    "objective": Objective,
    "use_case_type": UseCaseType,
    "tags": Tag,
    "tools": Tool,
    "jurisdictions": Jurisdiction,
}
# Lists that an import may add to. The others carry rules and figures, so the office alone extends them; objectives
# by publishing a version, so that none is in use that no version names.
GROWING = ("workflow", "tags", "tools")


class Entries:
    """The lists by name. Each list that rows name is read once a batch, and added to at most once."""

    def __init__(self) -> None:
        self.made: dict[str, list[int]] = {}
        self._known: dict[str, dict[str, int]] = {}

    def read(self, field: str, names: Iterable[str]) -> None:
        """Read a list, if any of `names` is asked for."""
        if any(names):
            known = LISTS[field]._default_manager.values_list("pk", "name")
            self._known[field] = {folded(name): pk for pk, name in known}

    def add(self, field: str, names: Iterable[str]) -> None:
        """Add to a list what it lacks of `names`."""
        known = self._known.get(field, {})
        missing = {folded(name): name for name in names if folded(name) and folded(name) not in known}
        if missing:
            model = LISTS[field]
            added = model._default_manager.bulk_create([model(name=name) for _, name in sorted(missing.items())])
            known |= {folded(entry.name): entry.pk for entry in added}
            self.made.setdefault(model._meta.model_name or "", []).extend(entry.pk for entry in added)

    def find(self, field: str, name: str) -> int | None:
        return self._known.get(field, {}).get(folded(name))

    def find_all(self, field: str, names: Iterable[str]) -> list[int]:
        """The entries of some names, those that the list lacks left out."""
        found = (self.find(field, name) for name in names)
        return list(dict.fromkeys(pk for pk in found if pk is not None))
