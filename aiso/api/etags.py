"""Versions of a thing as its reader saw it, so that nobody overwrites what they have not read."""

from hashlib import blake2b
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

from .problems import Refusal
from .rendering import as_json


def etag_of(drawn: Any) -> str:
    """A strong tag: it changes with anything that the answer tells."""
    return f'"{blake2b(as_json(drawn), digest_size=12).hexdigest()}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the reader has this version already (If-None-Match)."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or tag in {each.removeprefix("W/") for each in known}


def check_unchanged(request: Request, drawn: Any) -> None:
    """Raise 412 when If-Match names versions, and the present one is not among them."""
    if "If-Match" not in request.headers:
        return
    expected = parse_etags(request.headers["If-Match"])
    if "*" not in expected and etag_of(drawn) not in expected:
        raise Refusal("stale", "Somebody changed it since you read it. Read it again, and decide anew.")
