"""Two people in the same moment, each on a connection of their own; the test takes `transactional_db`."""

import threading
from collections.abc import Callable

from django.db import connection

from aiso.errors import DomainError


def both(deed: Callable[[int], object]) -> list[str]:
    """Do a deed twice at once, as number 0 and 1; what became of each, in words: empty for what nobody foresaw."""
    together, told = threading.Barrier(2), ["", ""]

    def do(number: int) -> None:
        connection.ensure_connection()
        together.wait()
        try:
            deed(number)
            told[number] = "done"
        except DomainError as error:
            told[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)
