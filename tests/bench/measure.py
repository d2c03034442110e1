"""Timing requests inside this process, which is the worker: its CPU is the worker's CPU."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

from django.db import connection
from django.http import HttpResponse

ROUNDS, WARM_UP = 60, 5


@dataclass(frozen=True)
class Figures:
    """Milliseconds a request: wall time at the median and the 95th percentile, CPU at the median; and its queries."""

    median: float
    p95: float
    cpu: float
    queries: int


type Ask = Callable[[int], HttpResponse]


def measure_in_turn(asks: dict[str, Ask]) -> dict[str, Figures]:
    """Ask each in turn, round by round, so that a machine that slows down slows all of them."""
    walls: dict[str, list[float]] = {name: [] for name in asks}
    cpus: dict[str, list[float]] = {name: [] for name in asks}
    queries = {name: _queries(ask) for name, ask in asks.items()}
    for number in range(-WARM_UP, ROUNDS):
        for name, ask in asks.items():
            wall, cpu = time.perf_counter(), time.process_time()
            response = ask(number)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert response.status_code < 400, f"{name}: {response.status_code}"
            if number >= 0:
                walls[name].append(wall * 1000)
                cpus[name].append(cpu * 1000)
    return {
        name: Figures(median(walls[name]), quantiles(walls[name], n=20)[-1], median(cpus[name]), queries[name])
        for name in asks
    }


def _queries(ask: Ask) -> int:
    """How many queries one warm request takes."""
    ask(0)
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask(0)
    return len(asked)
