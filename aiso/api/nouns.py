"""The ground that every noun of the API stands on. A noun is one class in one file:

    class Buckets(Noun):
        tag = "Buckets"

        @answers_page(BucketShape)
        def list(self, request: Request) -> Response:
            return self.page(Bucket.objects.visible_to(self.person), BY_NAME, drawn)

        @answers(BucketShape, takes=BucketChanges)
        def partial_update(self, request: Request, id: int) -> Response:
            with self.held(Bucket.objects.visible_to(self.person), id, drawn) as bucket:
                return self.answer(drawn(edit_entry(bucket, actor=self.person, **self.sent)))

Who may is checked by the action; the querysets keep what one may not see from being found.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from aiso.accounts.models import User
from aiso.web.keyset import Order, Page, is_place, page_of

from .etags import check_unchanged, etag_of, is_known
from .operations import Operation
from .problems import Refusal
from .rendering import FileRenderer

# Seconds after which what is made in the background is usually there.
ASK_AGAIN = 2


class Noun(ViewSetMixin, APIView):
    """All endpoints of one noun. `tag` groups them in the docs."""

    tag = ""
    http_method_names = ["get", "head", "post", "patch", "delete"]
    # The methods that take a file, as multipart; the others take JSON.
    takes_files: frozenset[str] = frozenset()
    # Where the fields that rules name stand in the body, if not at its top.
    rules_point_below = ""

    @property
    def person(self) -> User:
        """Who asks; the permission let nobody else through."""
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def operation(self) -> Operation | None:
        """What the method that was asked for takes and gives."""
        found: Operation | None = getattr(getattr(self, self.action or "", None), "operation", None)
        return found

    def being_made(self) -> Response:
        """What is asked for is made in the background: for methods that `may_wait`."""
        return Response(status=202, headers={"Retry-After": str(ASK_AGAIN)})

    def get_parsers(self) -> list[Any]:
        # Asked for before DRF knows the action, and once more by the schema, which has no request.
        asked = getattr(self, "action", None) or self.action_map.get((self.request.method or "").lower())
        return [MultiPartParser()] if asked in self.takes_files else super().get_parsers()

    def get_renderers(self) -> list[Any]:
        operation = self.operation
        more = [FileRenderer(operation.media_type)] if operation and operation.media_type else []
        return [*super().get_renderers(), *more]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.operation is None:  # a method that is answered with 405
            return
        query = request.query_params
        unknown = {name: ["There is no such parameter here."] for name in query if name not in self.operation.names}
        empty = {name: ["Give it a value, or leave it out."] for name in query if not all(query.getlist(name))}
        if wrong := empty | unknown:
            raise wrong_parameters(wrong)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Whoever keeps an answer keeps it for one reader, and asks whether it still holds."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ("Authorization", "Cookie"))
        patch_cache_control(response, private=True, no_cache=True)
        return response

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The body, checked; of a PATCH the members that were sent. Raises what becomes a 422."""
        operation = self.operation
        assert operation is not None
        assert operation.takes is not None
        body = operation.takes(
            data=self.request.data, partial=self.request.method == "PATCH", context={"person": self.person}
        )
        body.is_valid(raise_exception=True)
        checked: dict[str, Any] = body.validated_data
        return checked

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The parameters of the address, checked. Raises what becomes a 400."""
        assert self.operation
        query = self.operation.query(data=self.request.query_params)
        if not query.is_valid():
            raise wrong_parameters(query.errors)
        checked: dict[str, Any] = query.validated_data
        return checked

    def answer(self, drawn: Any, *, status: int = 200, location: str = "") -> Response:
        """One thing with its version; 304 for a reader who has it."""
        tag = etag_of(drawn)
        headers = {"ETag": tag} | ({"Location": location} if location else {})
        if self.request.method in ("GET", "HEAD") and is_known(self.request, tag):
            return Response(status=304, headers=headers)
        return Response(drawn, status, headers=headers)

    def file(self, content: bytes, name: str, media_type: str) -> HttpResponse:
        """A file to be kept under a name."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=media_type, headers=headers)

    def page[M: models.Model](self, rows: models.QuerySet[M], order: Order, draw: Callable[[M], Any]) -> Response:
        """A page of rows in an order."""
        found = page_of(rows, order, size=self.asked["page_size"], **self.place_in(order))
        return self.paged(found, [draw(row) for row in found.rows], rows.order_by().count)

    def paged(self, page: Page[Any], results: Sequence[Any], count: Callable[[], int]) -> Response:
        """A page that is drawn already, with the ways to its neighbours."""
        told: dict[str, Any] = {"next": self.link(after=page.after), "previous": self.link(before=page.before)}
        if self.asked["count"]:
            told["count"] = count()
        return Response(told | {"results": results})

    def place_in(self, order: Order) -> dict[str, str]:
        """Where the page begins or ends, as the address says. A place that no list gave is refused."""
        place = {name: self.asked[name] for name in ("after", "before") if self.asked.get(name)}
        if wrong := [name for name, text in place.items() if not is_place(text, order)]:
            raise wrong_parameters({name: ["No list leads here; begin anew without it."] for name in wrong})
        if len(place) > 1:
            raise wrong_parameters({"before": ["Go on or go back, not both."]})
        return place

    @contextmanager
    def held[M: models.Model](
        self, rows: models.QuerySet[M], pk: int, draw: Callable[[M], Any] | None = None
    ) -> Iterator[M]:
        """One of `rows`, locked while it is changed, and still as the reader knows it (If-Match, else 412)."""
        with transaction.atomic():
            thing = get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
            if draw and "If-Match" in self.request.headers:
                check_unchanged(self.request, draw(thing))
            yield thing

    def link(self, **place: str) -> str | None:
        """This address at another place of its list."""
        if not any(place.values()):
            return None
        kept = self.request.query_params.copy()
        for name in ("after", "before"):
            kept.pop(name, None)
        kept.update(place)
        return self.request.build_absolute_uri(f"{self.request.path}?{kept.urlencode()}")


def wrong_parameters(messages: Mapping[str, Sequence[Any]]) -> Refusal:
    """The 400 that names each parameter and what is wrong with it."""
    errors = [{"parameter": name, "message": str(said)} for name, each in messages.items() for said in _flat(each)]
    return Refusal("parameter", "", errors=errors)


def _flat(messages: Any) -> Iterator[Any]:
    """A parameter with several values has errors by place."""
    if isinstance(messages, dict):
        for below in messages.values():
            yield from _flat(below)
    elif isinstance(messages, list | tuple):
        for below in messages:
            yield from _flat(below)
    else:
        yield messages
