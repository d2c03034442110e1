"""What a recompute concerns: the marks that it takes, and what follows from them."""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from ..models import KeptMark

About = KeptMark.About
# Marks of one recompute, in a table of its transaction with the columns of `KeptMark`.
TAKEN = "taken_marks"
TAKE = f"""
    WITH taken AS (DELETE FROM value_keptmark RETURNING *) INSERT INTO {TAKEN} SELECT * FROM taken
"""  # noqa: S608 (a constant)


@dataclass(frozen=True)
class Touched:
    """What was marked. Without anything, all rows are concerned; else the marks lie in the table `taken_marks`."""

    marked: frozenset[str] | None = None

    @property
    def is_all(self) -> bool:
        return self.marked is None

    def by(self, *about: str) -> bool:
        """Whether anything of these was marked, or all is concerned."""
        return self.marked is None or not self.marked.isdisjoint(about)


def take_marks(cursor: CursorWrapper) -> Touched | None:
    """Take what is marked by now; None where nothing is. What is marked meanwhile waits for the next recompute."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{TAKEN}")
    cursor.execute(f"CREATE TEMPORARY TABLE {TAKEN} (LIKE value_keptmark) ON COMMIT DROP")
    cursor.execute(TAKE)
    if not cursor.rowcount:
        return None
    cursor.execute(f"SELECT DISTINCT about FROM {TAKEN}")  # noqa: S608
    marked = frozenset(about for (about,) in cursor.fetchall())
    return Touched() if About.ALL in marked else Touched(marked)
