"""Minutes of a closed meeting: read, printed, added to; and the page on which a meeting is closed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, refused, status_of
from aiso.web.htmx import announce, wants_partial

from ..actions.minutes import close_meeting, sign_addendum, write_addendum
from ..forms.after import AddendumForm
from ..minutes_page import Holding, MinutesPage
from ..minutes_pdf import pdf_for
from ..models import Addendum, AgendaItem, Minutes
from .deeds import running


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_close(request: HttpRequest, pk: int) -> HttpResponse:
    """What becomes of the meeting once it is closed?"""
    actor, meeting = running(request, pk, "The chair, the secretary and the office close a meeting.")
    if request.method == "POST":
        if not refused(request, lambda: close_meeting(meeting, actor=actor)):
            announce(request, "Closed. The minutes are made, and those concerned are told.")
        meeting.refresh_from_db()
        return redirect("forums:meeting_minutes" if hasattr(meeting, "minutes") else "forums:meeting_close", pk)
    items = meeting.items.all()
    context = {
        "meeting": meeting,
        "done": items.filter(state=AgendaItem.State.DONE).count(),
        "waiting": items.to_come().visible_to(actor).select_related("initiative"),
        "waiting_count": items.to_come().count(),
        "actions": meeting.actions.count(),
    }
    return render(request, "forums/meeting_close.html", context)


@require_safe
def meeting_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said, and what follows from it?"""
    return _show(request, _minutes(request, pk), AddendumForm())


@require_safe
def minutes_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a file; a page that waits for it where it takes longer."""
    minutes = _minutes(request, pk)
    page = MinutesPage(minutes, signed_in(request), Holding.read(request.GET))
    pdf = pdf_for(page)
    if wants_partial(request):
        # The page that waits asks whether it is there.
        return render(request, "forums/minutes_wait.html#ready", {"page": page}) if pdf else HttpResponse(status=204)
    if pdf is None:
        return render(request, "forums/minutes_wait.html", {"page": page}, status=202)
    headers = {"Content-Disposition": f'attachment; filename="{page.file_name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@require_POST
def addendum_write(request: HttpRequest, pk: int) -> HttpResponse:
    minutes, actor, form = _minutes(request, pk), signed_in(request), AddendumForm(request.POST)
    if addendum := attempt(form, lambda: write_addendum(minutes, actor=actor, **form.cleaned_data)):
        chair = minutes.meeting.forum.chair_of()
        announce(request, f"Written. It counts once {chair or 'the chair'} has signed it.")
        return redirect(f"{minutes.get_absolute_url()}#addendum-{addendum.pk}")
    return _show(request, minutes, form)


@require_POST
def addendum_sign(request: HttpRequest, pk: int, addendum: int) -> HttpResponse:
    minutes, actor = _minutes(request, pk), signed_in(request)
    found: Addendum = get_object_or_404(minutes.addenda.visible_to(actor), pk=addendum)
    if not refused(request, lambda: sign_addendum(found, actor=actor)):
        announce(request, "Signed: it counts from now on.")
    return redirect(f"{minutes.get_absolute_url()}#addendum-{found.pk}")


def _show(request: HttpRequest, minutes: Minutes, form: AddendumForm) -> HttpResponse:
    page = MinutesPage(minutes, signed_in(request), Holding.read(request.GET))
    return render(request, "forums/minutes.html", {"page": page, "form": form}, status=status_of(form))


def _minutes(request: HttpRequest, pk: int) -> Minutes:
    rows = Minutes.objects.visible_to(signed_in(request)).select_related("meeting__forum", "made_by")
    found: Minutes = get_object_or_404(rows, meeting=pk)
    return found
