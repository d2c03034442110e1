"""How one is mailed, the end of the digest by one click, and the mail that the office sends."""

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import Count, DateTimeField, F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.models import User
from aiso.accounts.permissions import can_manage_people
from aiso.accounts.signed_in import signed_in
from aiso.errors import DomainError
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce
from aiso.web.keyset import Order, page_of

from ..actions import choose_mail, end_digest, send_again
from ..forms import MailForm
from ..letters import SALT
from ..models import Mail, MailPreference

PAGE = 50
NEWEST = Order(F("created_at"), DateTimeField(), descending=True)
State = Mail.State


@require_http_methods(["GET", "HEAD", "POST"])
def mail_preference(request: HttpRequest) -> HttpResponse:
    """How do I want mail?"""
    person = signed_in(request)
    form = MailForm(MailPreference.of(person), posted(request))
    if attempt(form, lambda: choose_mail(actor=person, **form.told())):
        announce(request, "Your mail comes as you chose.")
        return redirect("events:mail_preference")
    return render(request, "events/mail_preference.html", {"form": form, "person": person}, status=status_of(form))


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def digest_end(request: HttpRequest, token: str) -> HttpResponse:
    """End the digest of whom the signed address names. Mail programs post here by themselves (RFC 8058).

    A look alone changes nothing: scanners of mail follow every link. The address carries its own proof, so
    that neither a session nor a form's token is asked for.
    """
    person = _named_by(token)
    if request.method == "POST":
        end_digest(person, actor=person)
    return render(request, "events/digest_end.html", {"done": request.method == "POST", "email": person.email})


def _named_by(token: str) -> User:
    try:
        named = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404("No such digest.") from None
    people = User.objects.active().people().select_related("mail_preference")
    found: User = get_object_or_404(people, pk=named)
    return found


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """Does our mail arrive?"""
    mails = Mail.objects.visible_to(_keeper(request))
    counts = dict(mails.order_by().values_list("state").annotate(Count("pk")))
    state = request.GET.get("state", "")
    if state in State.values:
        mails = mails.filter(state=state)
    shown = mails.select_related("person").prefetch_related("notifications")
    page = page_of(shown, NEWEST, size=PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "page": page,
        "counts": counts,
        "states": [(each.value, each.label, counts.get(each.value, 0)) for each in State],
        "state": state if state in State.values else "",
    }
    return render(request, "events/mail_list.html", context)


@require_safe
def mail_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What did it say, and did it go?"""
    return _show(request, _mail(request, pk))


@require_POST
def mail_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try once more, now."""
    mail = _mail(request, pk)
    try:
        send_again(mail, actor=signed_in(request))
    except DomainError as error:
        return _show(request, mail, str(error), 409)
    announce(request, "The mail is tried again now.")
    return redirect("events:mail_detail", pk)


def _keeper(request: HttpRequest) -> User:
    person = signed_in(request)
    if not can_manage_people(person):
        raise PermissionDenied("Outgoing mail is for office leads of the whole company.")
    return person


def _mail(request: HttpRequest, pk: int) -> Mail:
    mails = Mail.objects.visible_to(_keeper(request)).select_related("person")
    found: Mail = get_object_or_404(mails, pk=pk)
    return found


def _show(request: HttpRequest, mail: Mail, refusal: str = "", status: int = 200) -> HttpResponse:
    may_retry = mail.state in (State.WAITING, State.FAILED)
    told = mail.notifications.order_by("created_at", "pk")[:PAGE]
    context = {"mail": mail, "told": told, "may_retry": may_retry, "refusal": refusal}
    return render(request, "events/mail_detail.html", context, status=status)
