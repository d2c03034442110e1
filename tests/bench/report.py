"""What a bench prints: medians, 95th percentiles and CPU of two sizes, and how they compare."""

from typing import Any


def floor_of(name: str) -> str:
    """What a request is compared with."""
    if not name.startswith("API"):
        return "floor"
    return "API create floor" if "create" in name else "API list floor"


def open_database(name: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name


def report_of(sizes: list[int], results: list[dict[str, Any]]) -> str:
    small, large = results[0], results[-1]
    head = ["page", *(f"{size:,}: median, p95, CPU ms" for size in sizes), "queries", "ratio to floor", "growth"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name in large:
        figures = [f"{each[name].median:.1f}, {each[name].p95:.1f}, {each[name].cpu:.1f}" for each in results]
        ratio = f"{large[name].median / large[floor_of(name)].median:.1f}"
        growth = f"{large[name].median / small[name].median:.2f}"
        lines.append(f"| {' | '.join([name, *figures, str(large[name].queries), ratio, growth])} |")
    return "\n".join(lines)
