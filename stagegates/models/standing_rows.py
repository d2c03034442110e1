"""What Postgres itself holds of rows that have ended."""

from functools import reduce
from operator import or_

import pgtrigger


def stands_once(ended: pgtrigger.Q, *fields: str) -> pgtrigger.Trigger:
    """Of a row that has ended these fields change no more; `ended` is asked of the row as it was."""
    changed = reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in fields))
    return pgtrigger.Protect(name="ended_stands", operation=pgtrigger.Update, condition=ended & changed)
