"""Making board packs in steps: a worker may die between any two of them, and nothing is lost or told twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction

from aiso import clock
from aiso.accounts.models import User
from aiso.events.models import Notification
from aiso.events.outbox import publish
from aiso.events.telling import tell
from aiso.once import read_once

from ..dashboard.reading import dashboard_of
from ..dashboard.targets import targets_on
from ..models import BoardPack, PackFile
from ..packs.pdf import pdf_bytes
from ..packs.pins import asked_of, reach_of
from ..packs.restated import restated_already
from ..packs.slides import pptx_bytes
from ..packs.told import Kept, told_of
from ..packs.workbook import xlsx_bytes

State = BoardPack.State
# What each file is drawn by, in their order, and how far the pack is when it is there.
DRAWN: dict[PackFile.Kind, tuple[Callable[[Kept, datetime], bytes], int]] = {
    PackFile.Kind.PDF: (pdf_bytes, 60),
    PackFile.Kind.PPTX: (pptx_bytes, 80),
    PackFile.Kind.XLSX: (xlsx_bytes, 95),
}
BEGUN, READ, DONE = 5, 35, 100
# A pack that was taken up this often without moving on has something wrong with it.
MOST_ATTEMPTS = 5
AGAIN = "It stopped again and again. The office’s operator finds why in the log."
LEFT = "Whoever asked for it has left."
log = structlog.get_logger(__name__)


def make_pack(pk: int) -> None:
    """Take a pack up where it stands, and make it. Safe to repeat, and to run twice at once."""
    pack = _taken_up(pk)
    if pack is None:
        return
    if not pack.asked_by.is_active:
        _fail(pack, LEFT)
        return
    kept = _figures(pack)
    there = {*pack.files.values_list("kind", flat=True)}
    for kind, (draw, progress) in DRAWN.items():
        if kind not in there:
            content = draw(kept, pack.known_at)
            # Of two workers the first one's file stays.
            file = PackFile(pack=pack, kind=kind, content=content, size=len(content), made_at=clock.now())
            PackFile.objects.bulk_create([file], ignore_conflicts=True)
        _moved(pack, progress)
    _finish(pack)


def resume_packs(minutes: float) -> None:
    """Take up packs that have not moved for so long that their worker must have died."""
    with transaction.atomic():
        stalled = BoardPack.objects.stalled(minutes).select_for_update(skip_locked=True)
        waiting = [*stalled.values_list("pk", flat=True)]
    for pk in waiting:
        make_pack(pk)


def _taken_up(pk: int) -> BoardPack | None:
    with transaction.atomic():
        rows = BoardPack.objects.select_for_update(of=["self"]).filter(pk=pk, state__in=BoardPack.MOVING)
        pack: BoardPack | None = rows.select_related("asked_by", "unit", "bucket").first()
        if pack is None:
            return None
        pack.attempts += 1
        pack.state, pack.progress, pack.moved_at = State.MAKING, max(pack.progress, BEGUN), clock.now()
        pack.save(update_fields=["attempts", "state", "progress", "moved_at"])
    if pack.attempts > MOST_ATTEMPTS:
        _fail(pack, AGAIN)
        return None
    return pack


def _figures(pack: BoardPack) -> Kept:
    """What the pack says, read once: as far as its asker's roles reach at this moment."""
    with transaction.atomic():
        held = BoardPack.objects.select_for_update(of=["self"]).only("figures").get(pk=pack.pk)
        if held.figures is None:
            # The roles as they are now, and not as they were when the pack was read.
            asker = User.objects.get(pk=pack.asked_by_id)
            with read_once():
                asked = asked_of(pack)
                reach = reach_of(asker, asked)
                pack.money_units = reach["money_units"]
                found = dashboard_of(asker, asked)
                found = replace(found, restated=restated_already(asker, asked, found.now))
                held.figures = told_of(pack, found, targets_on(pack.as_of))
            BoardPack.objects.filter(pk=pack.pk).update(
                figures=held.figures, progress=READ, moved_at=clock.now(), **reach
            )
    # As JSON gives it back, so that files are drawn from what is kept.
    return dict(BoardPack.objects.values_list("figures", flat=True).get(pk=pack.pk) or {})


def _moved(pack: BoardPack, progress: int) -> None:
    BoardPack.objects.filter(pk=pack.pk, state=State.MAKING, progress__lt=progress).update(
        progress=progress, moved_at=clock.now()
    )


def _fail(pack: BoardPack, why: str) -> None:
    log.warning("pack_failed", pack=pack.pk, why=why)
    pack.state, pack.failure = State.FAILED, why
    pack.save(update_fields=["state", "failure"])


@transaction.atomic
def _finish(pack: BoardPack) -> None:
    held = BoardPack.objects.select_for_update(of=["self"]).defer("figures").get(pk=pack.pk)
    if held.state != State.MAKING:
        return
    held.state, held.progress, held.made_at = State.READY, DONE, clock.now()
    held.save(update_fields=["state", "progress", "made_at"])
    event = publish("pack.ready", actor=pack.asked_by, pack=pack)
    monthly = {"pack_subscription": held.subscription_id} if held.subscription_id else {}
    tell(
        [pack.asked_by],
        event=event,
        kind=Notification.Kind.NEWS,
        text=f"{pack} is ready",
        path=pack.get_absolute_url(),
        about={"pack": pack.pk} | monthly,
        even_actor=True,
    )
