"""JSON in and out, by orjson: quicker than the standard library, and stricter in what it reads."""

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.conf import settings
from django.utils.functional import Promise
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from .problems import Refusal


def as_json(value: Any) -> bytes:
    """Times with their offset, decimals as strings: money must not pass through a float."""
    return orjson.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not drawn as JSON")


class JsonRenderer(BaseRenderer):
    """What every endpoint answers with."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else as_json(data)


class FileRenderer(JsonRenderer):
    """Lets a file be asked for by its type. The method makes the file itself; what goes wrong is told in JSON."""

    format = "file"

    def __init__(self, media_type: str) -> None:
        self.media_type = media_type


class JsonParser(BaseParser):
    """Reads JSON in UTF-8; refuses broken text, numbers beyond floats, and nesting without end."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        text = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(text) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Refusal("too-large", "JSON may have 5 MB.")
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is no JSON: {error.msg}.") from error
