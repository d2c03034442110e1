"""The best one-to-one match of two sets: the Hungarian method, in its form with potentials (Kuhn, Munkres)."""

from collections.abc import Sequence

INFINITY = float("inf")


def best_assignment(scores: Sequence[Sequence[float]]) -> list[int]:
    """For each row the column it is matched with, so that the sum of scores is as large as can be.

    Needs at least as many columns as rows; give each row a spare column of score 0 to let it stay alone.
    """
    rows, columns = len(scores), len(scores[0]) if scores else 0
    row_potential, column_potential = [0.0] * (rows + 1), [0.0] * (columns + 1)
    taken_by = [0] * (columns + 1)  # rows and columns count from 1; 0 stands for none
    for row in range(1, rows + 1):
        _place(row, scores, row_potential, column_potential, taken_by)
    matched = [-1] * rows
    for column in range(1, columns + 1):
        if taken_by[column]:
            matched[taken_by[column] - 1] = column - 1
    return matched


def _place(
    row: int,
    scores: Sequence[Sequence[float]],
    row_potential: list[float],
    column_potential: list[float],
    taken_by: list[int],
) -> None:
    """Match one more row, moving earlier ones along the cheapest alternating path."""
    columns = len(column_potential) - 1
    taken_by[0] = row
    cheapest, came_from, visited = [INFINITY] * (columns + 1), [0] * (columns + 1), [False] * (columns + 1)
    column = 0
    while True:
        visited[column] = True
        current, step, following = taken_by[column], INFINITY, 0
        for other in range(1, columns + 1):
            if visited[other]:
                continue
            cost = -scores[current - 1][other - 1] - row_potential[current] - column_potential[other]
            if cost < cheapest[other]:
                cheapest[other], came_from[other] = cost, column
            if cheapest[other] < step:
                step, following = cheapest[other], other
        for other in range(columns + 1):
            if visited[other]:
                row_potential[taken_by[other]] += step
                column_potential[other] -= step
            else:
                cheapest[other] -= step
        column = following
        if not taken_by[column]:
            break
    while column:
        previous = came_from[column]
        taken_by[column] = taken_by[previous]
        column = previous
