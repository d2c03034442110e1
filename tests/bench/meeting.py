"""Two hundred people follow one meeting on a small server while a list page is asked for: python -m tests.bench.meeting

The server runs as `manage.py serve` starts it, with collected static files; the followers are one client on the same
machine, eight of them members with a vote. Prints what the screens and polls cost one by one, then how long a follower
waits for what was changed, and what the list costs meanwhile against idle.
"""

import asyncio
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from statistics import median, quantiles
from tempfile import mkdtemp
from typing import Any

from aiso.embedded import ensure_servers

FOLLOWERS, MEMBERS, ITEMS, SECONDS, PORT = 200, 8, 40, 30, 8197
# Seconds between two changes, and rounds of the list while nobody follows.
CHANGE_EVERY, IDLE_ROUNDS = 4.0, 20


@dataclass
class Told:
    """What was seen: seconds from a change to a follower's screen, and of each request of the list."""

    changes: list[float] = field(default_factory=list)
    updates: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    failed: int = 0


def main() -> None:
    os.environ["AISO_VAR"] = mkdtemp(prefix="aiso-bench-")
    os.environ["AISO_STATIC_ROOT"] = os.path.join(os.environ["AISO_VAR"], "static")
    os.environ["DJANGO_SETTINGS_MODULE"] = "aiso.settings"
    ensure_servers(throwaway=True)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    meeting, cookies = _seeded()
    print(_costs(*meeting))
    server = subprocess.Popen(_command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        told = asyncio.run(_follow(meeting, cookies))
    finally:
        server.terminate()
        server.wait(20)
    print(_report(told))


def _command() -> list[str]:
    """The web server as the product starts it."""
    from aiso.web.supervisor import WEB

    where = ["--host", "127.0.0.1", "--port", str(PORT)]
    return [sys.executable, "-m", *shlex.split(WEB), *where, "aiso.wsgi:application"]


def _seeded() -> tuple[tuple[Any, Any], list[str]]:
    """A meeting under way with 40 reviews on a register of 2,000, and a session for each; the last leads."""
    from aiso.accounts.models import User
    from forums.actions.live import start_meeting
    from stagegates.models import ReviewItem
    from tests.factories import make_item, make_meeting, make_person, make_seat

    from .reviews import make_review
    from .seed import seed

    seed(2000)
    office = User.objects.get(email="office@example.org")
    chair, *people = [make_person() for _ in range(FOLLOWERS + 1)]
    make_seat("portfolio-review", chair, "chair")
    for person in people[:MEMBERS]:
        make_seat("portfolio-review", person)
    meeting = make_meeting("portfolio-review")
    for _ in range(ITEMS):
        review = make_review(office)
        item = make_item(meeting, initiative=review.initiative, source="ready_to_decide")
        ReviewItem.objects.create(item=item, review=review)
    start_meeting(meeting, actor=chair)
    return (meeting, chair), [_signed_in(person).cookies["sessionid"].value for person in [*people, chair]]


def _signed_in(person: Any) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(person)
    return client


def _costs(meeting: Any, chair: Any) -> str:
    """Each screen, and each answer to a poll, alone."""
    from forums.beats import beat_of
    from tests.factories import make_person

    from .measure import measure_in_turn

    leads, follows, here = _signed_in(chair), _signed_in(make_person()), f"/meetings/{meeting.pk}"
    seen = beat_of(meeting.pk)
    asks = {
        f"pre-read, {ITEMS} items": lambda n: leads.get(f"{here}/pre-read/"),
        f"meeting as who leads it, {ITEMS} items": lambda n: leads.get(f"{here}/live/"),
        f"meeting as who follows it, {ITEMS} items": lambda n: follows.get(f"{here}/follow/"),
        "poll, changed and drawn for others already": lambda n: follows.get(f"{here}/follow/beat/"),
        "poll, unchanged": lambda n: follows.get(f"{here}/follow/beat/?seen={seen}"),
    }
    lines = [
        f"| {name} | {each.median:.1f}, {each.p95:.1f}, {each.cpu:.1f} | {each.queries} |"
        for name, each in measure_in_turn(asks).items()
    ]
    return "\n".join(["| page | median, p95, CPU ms | queries |", "| --- | --- | --- |", *lines])


async def _follow(led: tuple[Any, Any], cookies: list[str]) -> Told:
    told = Told()
    await _wait_until_up(cookies[0])
    for _ in range(IDLE_ROUNDS):
        told.idle.append(await _timed("/register/", cookies[-1]))
        await asyncio.sleep(0.1)
    until = time.perf_counter() + SECONDS
    followers = [_follower(led[0].pk, cookie, until, told, n / FOLLOWERS) for n, cookie in enumerate(cookies[:-1])]
    await asyncio.gather(*followers, _leader(led, until, told), _lister(cookies[-1], until, told))
    return told


async def _follower(meeting: int, cookie: str, until: float, told: Told, phase: float) -> None:
    """Asks as the page does, and notes how long after the last change its answer brought it."""
    from forums.beats import ASKED_EVERY

    seen, pause = "", ASKED_EVERY / 1000
    await asyncio.sleep(phase * pause)
    while time.perf_counter() < until:
        status, body = await _get(f"/meetings/{meeting}/follow/beat/?seen={seen}", cookie)
        if status == 200:
            is_first, seen = not seen, body.partition("?seen=")[2].partition('"')[0]
            if told.changes and not is_first:
                told.updates.append(time.perf_counter() - told.changes[-1])
        elif status != 204:
            told.failed += 1
        await asyncio.sleep(pause)


async def _leader(led: tuple[Any, Any], until: float, told: Told) -> None:
    from asgiref.sync import sync_to_async

    from forums.actions.live import go_on

    while time.perf_counter() + CHANGE_EVERY < until:
        await asyncio.sleep(CHANGE_EVERY)
        await sync_to_async(go_on)(led[0], actor=led[1])
        told.changes.append(time.perf_counter())


async def _lister(cookie: str, until: float, told: Told) -> None:
    while time.perf_counter() < until:
        told.busy.append(await _timed("/register/", cookie))
        await asyncio.sleep(0.2)


async def _timed(path: str, cookie: str) -> float:
    began = time.perf_counter()
    status, _ = await _get(path, cookie)
    assert status == 200, status
    return time.perf_counter() - began


async def _get(path: str, cookie: str) -> tuple[int, str]:
    """One request on a connection of its own: more than a browser costs, which keeps its."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={cookie}\r\nHX-Request: true\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    await writer.drain()
    answer = (await reader.read()).decode(errors="replace")
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split(" ", 2)[1]), body


async def _wait_until_up(cookie: str) -> None:
    for _ in range(200):
        try:
            await _timed("/register/", cookie)
        except OSError:
            await asyncio.sleep(0.3)
        else:
            return
    raise RuntimeError("The server did not start.")


def _report(told: Told) -> str:
    p95 = quantiles(told.updates, n=20)[-1]
    idle, busy = median(told.idle), median(told.busy)
    return "\n".join(
        [
            f"{FOLLOWERS} followers, {ITEMS} items, {SECONDS} s: {len(told.updates)} updates, {told.failed} failed",
            f"update after a change: median {median(told.updates):.2f} s, p95 {p95:.2f} s (at most 2)",
            f"list page: idle {idle * 1000:.0f} ms, meanwhile {busy * 1000:.0f} ms, x {busy / idle:.2f} (at most 1.5)",
        ]
    )


if __name__ == "__main__":
    main()
