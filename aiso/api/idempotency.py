"""A POST that comes twice is done once: `Idempotency-Key` names it, and the first answer is given again.

The answer is kept in the transaction of the deed. A second request with the key waits for the first one,
then finds its answer; one that was refused leaves no key behind, and may be sent anew.
"""

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from aiso.accounts.models import User

from .models import KeptAnswer
from .problems import Refusal
from .rendering import as_json

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,200}")
# What of an answer is kept beside its body.
KEPT_HEADERS = ("Location", "ETag")


def answer_once(request: Request, deed: Callable[[], Response]) -> Response:
    """The answer of `deed`, or the one it gave to the same key before. Without a key it is simply done."""
    key = request.headers.get(HEADER)
    if key is None:
        return deed()
    if not KEY.fullmatch(key):
        raise Refusal("malformed", f"{HEADER} has 1 to 200 visible ASCII characters, for instance a UUID.")
    assert isinstance(request.user, User)
    digest = _digest(request)
    with transaction.atomic():
        # Two at once: the second insert waits for the first transaction to end.
        kept, is_new = KeptAnswer.objects.get_or_create(person=request.user, key=key, defaults={"digest": digest})
        if not is_new:
            return _again(kept, digest)
        response = deed()
        _keep(kept, response)
    return response


def _again(kept: KeptAnswer, digest: str) -> Response:
    if kept.digest != digest:
        raise Refusal("key-reused", f"This {HEADER} was sent with another request.")
    data = orjson.loads(kept.body) if kept.body else None
    return Response(data, kept.status, headers={**kept.headers, REPLAYED: "true"})


def _keep(kept: KeptAnswer, response: Response) -> None:
    kept.status = response.status_code
    kept.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    kept.body = "" if response.data is None else as_json(response.data).decode()
    kept.save(update_fields=["status", "headers", "body"])


def _digest(request: Request) -> str:
    """Address and body, whatever the body's spaces, the order of its members, or the borders of its parts."""
    told = sha256(request.get_full_path().encode())
    for part in _parts(request.data):
        told.update(b"\0")
        told.update(part)
    return told.hexdigest()


def _parts(data: Any) -> Iterable[bytes]:
    if not isinstance(data, QueryDict):
        yield orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
        return
    for name in sorted(data):
        yield name.encode()
        for value in data.getlist(name):
            yield from _chunks(value) if isinstance(value, UploadedFile) else [str(value).encode()]


def _chunks(file: "UploadedFile[bytes]") -> Iterable[bytes]:
    yield (file.name or "").encode()
    yield from file.chunks()
    file.seek(0)
