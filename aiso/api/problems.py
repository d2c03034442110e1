"""Errors as RFC 9457 problem details: each kind with an address that says what it means and what to do.

`problem_response` makes any of them; `problem_of` turns what a view raised into one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError, models
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from aiso.errors import ConflictError, DomainError

MEDIA_TYPE = "application/problem+json"
# Where each kind is explained, relative to the site, for ever.
EXPLAINED_AT = "/api/v1/docs/problems/#"


@dataclass(frozen=True)
class Problem:
    """One kind of error."""

    slug: str
    status: int
    title: str
    about: str

    @property
    def type(self) -> str:
        return EXPLAINED_AT + self.slug


_ALL = (
    Problem("malformed", 400, "This cannot be read", "The body is no JSON in UTF-8, or a header has no meaning."),
    Problem(
        "parameter",
        400,
        "A parameter is unknown or wrong",
        "`errors` names each parameter and what is wrong with it. Nothing is left out silently.",
    ),
    Problem(
        "not-signed-in",
        401,
        "Not signed in",
        "Send `Authorization: Bearer` with a token that is in force, made on your page of API tokens.",
    ),
    Problem(
        "forbidden",
        403,
        "You may not do this",
        "You see it, but your roles do not allow this. `detail` says who may; an office lead grants roles.",
    ),
    Problem("read-only", 403, "This token reads only", "Make a token that may change things, and use that."),
    Problem("not-found", 404, "Not here", "It does not exist, or you may not see it; both look the same."),
    Problem("method", 405, "This address does not do that", "The header `Allow` names the methods it answers to."),
    Problem("not-acceptable", 406, "Only JSON", "The API answers in JSON; leave `Accept` out or ask for that."),
    Problem(
        "refused",
        409,
        "A rule refuses it",
        "It does not fit how things are now: done before, started, or ended. `detail` says which rule.",
    ),
    Problem(
        "conflict",
        409,
        "Somebody else changed this meanwhile",
        "You sent in `was` what you had seen, and it is no longer so. `changes` maps each field to what you saw "
        "(`was`), what is there (`now`) and what you sent (`yours`). Choose, and send again what you now saw.",
    ),
    Problem("in-use", 409, "Other things need it", "Something else points to it, or there is one like it already."),
    Problem(
        "stale",
        412,
        "It changed since you read it",
        "`If-Match` names a version that is no longer the present one. Read it again, and decide anew.",
    ),
    Problem("too-large", 413, "Too large", "JSON may have 5 MB, an uploaded file 25 MB."),
    Problem(
        "media-type", 415, "Not in this format", "Send `application/json`, and `multipart/form-data` only to upload."
    ),
    Problem(
        "invalid",
        422,
        "Something in the body is wrong",
        "`errors` points to each wrong part of the body (`pointer`, RFC 6901) and says what is wrong (`message`).",
    ),
    Problem(
        "key-reused",
        422,
        "This key stands for another request",
        "The `Idempotency-Key` was sent with another body or to another address. Make a new key for each thing.",
    ),
    Problem("too-many", 429, "Too many requests", "Wait as many seconds as the header `Retry-After` says, then go on."),
    Problem("error", 500, "Something broke here", "Not your mistake. It is in the log; try again, or tell the office."),
)
PROBLEMS = {problem.slug: problem for problem in _ALL}
# What a bare status means, where nobody said more.
BY_STATUS = {
    400: "malformed",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method",
    406: "not-acceptable",
    409: "refused",
    412: "stale",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "too-many",
}


class Refusal(exceptions.APIException):
    """A problem that a view raises by name, with what else it tells."""

    def __init__(self, slug: str, detail: str, **more: Any) -> None:
        self.problem, self.more = PROBLEMS[slug], more
        self.status_code = self.problem.status
        super().__init__(detail)


def problem_body(slug: str, detail: str = "", **more: Any) -> dict[str, Any]:
    problem = PROBLEMS[slug]
    said = {"detail": detail} if detail else {}
    return {"type": problem.type, "title": problem.title, "status": problem.status, **said, **more}


def problem_response(slug: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    body = problem_body(slug, detail, **more)
    return Response(body, body["status"], headers=dict(headers or {}), content_type=MEDIA_TYPE)


def problem_of(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to what a view raised; None for what nobody expected, which Django logs and answers with 500."""
    match error:
        case Refusal():
            return problem_response(error.problem.slug, str(error.detail), **error.more)
        case ConflictError():
            changes = {
                field: {"was": told(each.was), "now": told(each.now), "yours": told(each.yours)}
                for field, each in error.changes.items()
            }
            return problem_response("conflict", str(error), changes=changes)
        case DomainError():
            return _by_a_rule(error, context)
        case ValidationError():
            return problem_response("invalid", errors=[*_of_model(error)])
        case exceptions.ValidationError():
            return problem_response("invalid", errors=[*_of_body(error.detail)])
        case ProtectedError() | RestrictedError() | IntegrityError():
            return problem_response("in-use")
        case DataError():
            slug = "parameter" if context["request"].method in ("GET", "HEAD") else "invalid"
            return problem_response(slug, "A value is beyond what can be kept.", errors=[])
        case Http404():
            return problem_response("not-found")
        case PermissionDenied():
            return problem_response("forbidden", str(error))
        case SuspiciousOperation():
            return problem_response("malformed")
        case exceptions.APIException():
            return _of_framework(error)
    return None


def told(value: Any) -> Any:
    """A value of a conflict as JSON: things by id and name, sets as lists."""
    if isinstance(value, models.Model):
        key = getattr(value, "reference", value.pk)
        return {"id": key, "name": getattr(value, "name", str(value))}
    if isinstance(value, list | tuple | models.QuerySet):
        return [told(each) for each in value]
    return None if value == "" else value


def _by_a_rule(error: DomainError, context: dict[str, Any]) -> Response:
    """A rule about one part of what was sent is about the input (422); any other about how things are (409)."""
    if error.field is None:
        return problem_response("refused", str(error))
    view = context.get("view")
    pointer = f"{getattr(view, 'rules_point_below', '')}/{_escaped(error.field)}"
    return problem_response("invalid", errors=[{"pointer": pointer, "message": str(error)}])


def _of_model(error: ValidationError) -> Iterable[dict[str, str]]:
    messages = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for field, said in messages.items():
        pointer = "" if field == "__all__" else f"/{_escaped(field)}"
        yield from ({"pointer": pointer, "message": message} for message in said)


def _of_body(detail: Any, pointer: str = "") -> Iterable[dict[str, str]]:
    """A serializer's errors, which nest as the body does."""
    if isinstance(detail, dict):
        for field, below in detail.items():
            at = pointer if field == "non_field_errors" else f"{pointer}/{_escaped(str(field))}"
            yield from _of_body(below, at)
    elif isinstance(detail, list):
        for place, below in enumerate(detail):
            nests = isinstance(below, dict | list)
            yield from _of_body(below, f"{pointer}/{place}" if nests else pointer)
    else:
        yield {"pointer": pointer, "message": str(detail)}


def _of_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    slug = BY_STATUS.get(error.status_code, "error")
    return problem_response(slug, str(error.detail), headers=headers)


def _escaped(part: str) -> str:
    """One part of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")
