"""Owners that rows name by address or by name."""

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower

from aiso.accounts.models import User

from ..importing.interpret import addresses


class People:
    """The active people that some cells name, found in one query."""

    def __init__(self, cells: Iterable[str]) -> None:
        cells = {cell for cell in cells if cell}
        mails = {address for cell in cells for address in addresses(cell)}
        names = {cell.strip().lower() for cell in cells if not addresses(cell)}
        self._by_mail: dict[str, int] = {}
        self._by_name: dict[str, int | None] = {}
        if cells:
            wanted = Q(email__in=mails) | Q(lower_name__in=names)
            found = User.objects.active().people().annotate(lower_name=Lower("name")).filter(wanted)
            for pk, email, name in found.values_list("pk", "email", "lower_name"):
                self._by_mail[email] = pk
                self._by_name[name] = None if name in self._by_name else pk  # two of one name: neither is meant

    def find(self, cell: str) -> int | None:
        """Whom a cell means, if exactly one person."""
        mails = [self._by_mail[address] for address in addresses(cell) if address in self._by_mail]
        if addresses(cell):
            return mails[0] if mails else None
        return self._by_name.get(cell.strip().lower())
