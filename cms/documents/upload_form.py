"""The multipart body of an upload, read as a stream: part `file`, fields `label` and `position`, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from flask import request
from marshmallow import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from cms.core.errors import BadRequest, InputError, TooLarge, UnsupportedType, invalid_field
from cms.core.input_errors import to_domain_error
from cms.core.runtime import runtime
from cms.documents.file_schemas import FileFieldsSchema
from cms.documents.files import Upload, received

BLOCK_BYTES: Final = 64 * 1024
# Boundaries, part headers and the small fields around the file.
FORM_BYTES: Final = 64 * 1024
LONGEST_FIELD: Final = 4 * 1024
LONGEST_BOUNDARY: Final = 200
MOST_PARTS: Final = 10
FIELDS: Final = ("label", "position")


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What was sent."""

    upload: Upload
    label: str | None
    position: int | None


@contextmanager
def upload_form() -> Iterator[UploadForm]:
    """Read the body of this request; the upload is removed at the end unless it was stored.

    Raises `UnsupportedType`, `BadRequest("malformed_form")`, `BadRequest("unknown_field")`, `TooLarge`, and `Invalid` for a missing
    or second file, for what its content is and for the fields.
    """
    limit = runtime().settings.max_file_bytes
    request.max_content_length = limit + FORM_BYTES
    if (request.content_length or 0) > limit + FORM_BYTES:
        raise TooLarge(limit=limit)
    with ExitStack() as stack:
        form = _Reader(stack, _events(_decoder()))
        form.read()
        if form.upload is None:
            raise invalid_field("/file", "required")
        yield UploadForm(form.upload, **_checked_fields(form.fields))


def _decoder() -> MultipartDecoder:
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data":
        raise UnsupportedType(allowed="multipart/form-data")
    if not boundary or len(boundary) > LONGEST_BOUNDARY or not boundary.isascii():
        raise _malformed("its Content-Type names no usable boundary")
    return MultipartDecoder(boundary.encode(), max_form_memory_size=2 * BLOCK_BYTES, max_parts=MOST_PARTS)


def _malformed(reason: str) -> BadRequest:
    return BadRequest("malformed_form", reason=reason)


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    """The parts as they arrive. A sender that stops early is an error, not an end."""
    read: Callable[[int], bytes] = request.stream.read
    while True:
        block = read(BLOCK_BYTES)
        try:
            decoder.receive_data(block or None)
            while not isinstance(event := decoder.next_event(), NeedData):
                yield event
                if isinstance(event, Epilogue):
                    return
        except RequestEntityTooLarge:
            raise _malformed(f"it has more than {MOST_PARTS} parts or a part with too long a header") from None
        except (ValueError, AttributeError):
            raise _malformed("it ends too early or a part has no valid header") from None


@dataclass(slots=True)
class _Reader:
    """Goes through the events once; the file passes by, the small fields are kept."""

    stack: ExitStack
    events: Iterator[Event]
    fields: dict[str, str] = field(default_factory=dict)
    upload: Upload | None = None

    def read(self) -> None:
        """Read to the end of the body."""
        for event in self.events:
            if isinstance(event, File):
                self._file(event)
            elif isinstance(event, Field):
                self._field(event)

    def _file(self, event: File) -> None:
        if event.name != "file":
            raise _unknown(event.name)
        if self.upload is not None:
            raise invalid_field("/file", "repeated")
        self.upload = self.stack.enter_context(received(self._contents(), event.filename))

    def _field(self, event: Field) -> None:
        if event.name == "file":
            raise invalid_field("/file", "wrong_type", expected="a file with a name")
        if event.name not in FIELDS:
            raise _unknown(event.name)
        if event.name in self.fields:
            raise invalid_field(f"/{event.name}", "repeated")
        content = bytearray()
        for chunk in self._contents():
            content += chunk
            if len(content) > LONGEST_FIELD:
                raise invalid_field(f"/{event.name}", "too_long", max=200)
        try:
            self.fields[event.name] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise invalid_field(f"/{event.name}", "bad_characters") from None

    def _contents(self) -> Iterator[bytes]:
        """The data of the part that has just begun."""
        for event in self.events:
            if isinstance(event, Data):
                yield event.data
                if not event.more_data:
                    return


def _unknown(name: str | None) -> BadRequest:
    allowed = {"allowed": ", ".join(("file", *FIELDS))}
    pointer = "/" + (name or "").replace("~", "~0").replace("/", "~1")[:100]
    return BadRequest("unknown_field", errors=[InputError("pointer", pointer, "unknown_field", allowed)])


def _checked_fields(given: dict[str, str]) -> dict[str, Any]:
    schema = FileFieldsSchema()
    try:
        loaded = schema.load(given)
    except ValidationError as error:
        raise to_domain_error(error, schema, "form") from None
    return {name: loaded.get(name) for name in FIELDS}
