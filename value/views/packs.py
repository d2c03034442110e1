"""Board packs: those that were made, one of them with its files, and those that come by mail."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiso.accounts.signed_in import signed_in
from aiso.web.attempts import attempt, posted, status_of
from aiso.web.htmx import announce, wants_partial
from aiso.web.keyset import LATEST_FIRST, page_of

from ..actions.packs import ask_for_pack, end_subscription, subscribe_to_packs
from ..forms.packs import PackForm, ScopeForm
from ..models import BoardPack, PackFile
from ..packs.mailed import MEDIA_TYPES, subscription_named_by
from ..packs.restated import restated_since
from ..packs.whose_money import money_of, scope_with_money

PAGE = 50


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """Which packs are there?"""
    return _show_list(request, ScopeForm(initial={"days": 90}))


@require_http_methods(["GET", "HEAD", "POST"])
def pack_new(request: HttpRequest) -> HttpResponse:
    """Of which days, and of which part of the company?"""
    actor = signed_in(request)
    asked = {name: request.GET[name] for name in ("days", "as_of", "unit", "bucket") if request.GET.get(name)}
    form = PackForm(posted(request), **asked)
    if pack := attempt(form, lambda: ask_for_pack(actor=actor, **form.cleaned_data)):
        return redirect(pack)
    return render(request, "value/packs/new.html", {"form": form}, status=status_of(form))


@require_safe
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """What does it say, and where are its files?"""
    found, viewer = _pack(request, pk), signed_in(request)
    context: dict[str, Any] = {"pack": found, "files": found.files.defer("content")}
    if wants_partial(request) and found.is_moving:
        return render(request, "value/packs/detail.html#state", context)
    if found.is_ready:
        restated = restated_since(found, viewer)
        context |= {"told": found.figures, "restated": restated, "is_compared": restated is not None}
    template = "value/packs/detail.html#state" if wants_partial(request) else "value/packs/detail.html"
    return render(request, template, context)


@require_safe
def pack_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One of its files."""
    file: PackFile = get_object_or_404(_pack(request, pk).files.select_related("pack"), kind=kind, pack__state="ready")
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(bytes(file.content), content_type=MEDIA_TYPES[PackFile.Kind(file.kind)], headers=headers)


@require_POST
def pack_subscribe(request: HttpRequest) -> HttpResponse:
    """Have one mailed each month."""
    form = ScopeForm(request.POST)
    if subscription := attempt(form, lambda: subscribe_to_packs(actor=signed_in(request), **form.cleaned_data)):
        announce(request, f"On the first of each month comes a pack: {subscription}.")
        return redirect("value:packs")
    return _show_list(request, form)


@require_POST
def pack_unsubscribe(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    end_subscription(get_object_or_404(person.pack_subscriptions, pk=pk), actor=person)
    announce(request, "No more packs of these come by mail.")
    return redirect("value:packs")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def pack_subscription_end(request: HttpRequest, token: str) -> HttpResponse:
    """End the subscription that the signed address names. Mail programs post here by themselves (RFC 8058).

    A look alone changes nothing: scanners of mail follow every link.
    """
    subscription = subscription_named_by(token)
    if subscription is None:
        raise Http404("No such subscription.")
    if request.method == "POST":
        subscription = end_subscription(subscription, actor=subscription.person)
    context = {"subscription": subscription, "done": subscription.ended_at is not None}
    return render(request, "value/packs/subscription_end.html", context)


def _show_list(request: HttpRequest, form: ScopeForm) -> HttpResponse:
    person = signed_in(request)
    shown = BoardPack.objects.visible_to(person).without_figures().select_related("asked_by", "unit", "bucket")
    shown = shown.prefetch_related(Prefetch("files", PackFile.objects.defer("content")))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(shown, LATEST_FIRST, size=PAGE, after=after, before=before)
    money = money_of(page.rows)
    context = {
        "found": {"page": page, "address": "?"},
        "packs": [(each, scope_with_money(each, money[each.pk])) for each in page.rows],
        "subscriptions": person.pack_subscriptions.filter(ended_at=None).select_related("unit", "bucket"),
        "form": form,
    }
    return render(request, "value/packs/list.html", context, status=status_of(form))


def _pack(request: HttpRequest, pk: int) -> BoardPack:
    rows = BoardPack.objects.visible_to(signed_in(request)).select_related("asked_by", "unit", "bucket")
    found: BoardPack = get_object_or_404(rows, pk=pk)
    return found
