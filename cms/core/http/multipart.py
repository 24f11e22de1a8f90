"""The multipart body of an upload, read as a stream: one part `file` and a few small fields, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, NeedData

from cms.core.bounded_text import LONGEST_MARK_RUN, has_long_mark_run
from cms.core.errors import BadRequest, InputError, TooLarge, UnsupportedType, invalid_field
from cms.core.http.access import confirm_rights
from cms.core.http.form_headers import FormDecoder
from cms.core.http.input_errors import to_domain_error
from cms.core.http.request_content import note_content

Upload = TypeVar("Upload")
Receive = Callable[[Iterable[bytes], str], AbstractContextManager[Upload]]
"""Takes the bytes of the file as they arrive, and its name; returns what the caller makes of it."""

BLOCK_BYTES: Final = 64 * 1024
# Boundaries, part headers and the small fields around the file.
FORM_BYTES: Final = 64 * 1024
LONGEST_FIELD: Final = 4 * 1024
LONGEST_BOUNDARY: Final = 200
LONGEST_FILE_NAME: Final = 1_000
"""Limit for the file name as sent; the stored name is shorter."""
MOST_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class ReceivedForm(Generic[Upload]):
    """What was sent: the file, and the fields that were given, checked."""

    upload: Upload
    values: dict[str, Any]


def announced_bytes() -> int:
    """The least size of the file of this request, from `Content-Length`; 1 when that is not sent."""
    return max(1, (request.content_length or 0) - FORM_BYTES)


@contextmanager
def upload_form(receive: Receive[Upload], schema: Schema, limit: int) -> Iterator[ReceivedForm[Upload]]:
    """Read the body of this request: a file of at most `limit` bytes and the fields of `schema`.

    The file that `receive` writes is removed at the end unless it was stored. Raises `UnsupportedType`,
    `BadRequest("malformed_form")`,
    `BadRequest("unknown_field")`, `TooLarge`, what `confirm_rights` raises, and `Invalid` for a missing or second file, for its
    content and for the fields.
    """
    request.max_content_length = limit + FORM_BYTES
    if (request.content_length or 0) > limit + FORM_BYTES:
        raise TooLarge(limit=limit)
    with ExitStack() as stack:
        form = _Reader(
            stack, _events(_decoder()), receive, tuple(each.data_key or name for name, each in schema.fields.items())
        )
        form.read()
        # A large upload takes long: a person who was suspended meanwhile must not store anything.
        confirm_rights()
        upload: Any = form.upload
        note_content(upload and upload.sha256, upload and upload.name, *sorted(form.fields.items()))
        if upload is None:
            raise invalid_field("/file", "required")
        yield ReceivedForm(upload, _checked_fields(schema, form.fields))


def _decoder() -> FormDecoder:
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data":
        raise UnsupportedType(allowed="multipart/form-data")
    if not boundary or len(boundary) > LONGEST_BOUNDARY or not boundary.isascii():
        raise _malformed("its Content-Type names no usable boundary")
    return FormDecoder(boundary.encode(), max_form_memory_size=2 * BLOCK_BYTES, max_parts=MOST_PARTS)


def _malformed(reason: str) -> BadRequest:
    return BadRequest("malformed_form", reason=reason)


def _events(decoder: FormDecoder) -> Iterator[Event]:
    """The parts as they arrive. A sender that stops early is an error, not an end."""
    read: Callable[[int], bytes] = request.stream.read
    while True:
        block = read(BLOCK_BYTES)
        try:
            decoder.receive_data(block or None)
            while not isinstance(event := decoder.next_event(), NeedData):
                if isinstance(event, Field | File) and not isinstance(event.name, str):
                    raise _malformed("a part has no name")
                yield event
                if isinstance(event, Epilogue):
                    return
        except RequestEntityTooLarge:
            raise _malformed(f"it has more than {MOST_PARTS} parts or a part with too long a header") from None
        except (ValueError, AttributeError):
            raise _malformed("it ends too early or a part has no valid header") from None


@dataclass(slots=True)
class _Reader(Generic[Upload]):
    """Reads the events once: streams the file on and keeps the small fields."""

    stack: ExitStack
    events: Iterator[Event]
    receive: Receive[Upload]
    names: tuple[str, ...]
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
            raise self._unknown(event.name)
        if self.upload is not None:
            raise invalid_field("/file", "repeated")
        if len(event.filename) > LONGEST_FILE_NAME:
            raise invalid_field("/file", "too_long", max=LONGEST_FILE_NAME)
        if has_long_mark_run(event.filename):
            raise invalid_field("/file", "too_many_marks", max=LONGEST_MARK_RUN)
        self.upload = self.stack.enter_context(self.receive(self._contents(), event.filename))

    def _field(self, event: Field) -> None:
        if event.name == "file":
            raise invalid_field("/file", "wrong_type", expected="a file with a name")
        if event.name not in self.names:
            raise self._unknown(event.name)
        if event.name in self.fields:
            raise invalid_field(f"/{event.name}", "repeated")
        content = bytearray()
        for chunk in self._contents():
            content += chunk
            if len(content) > LONGEST_FIELD:
                raise invalid_field(f"/{event.name}", "too_long", max=LONGEST_FIELD)
        try:
            self.fields[event.name] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise invalid_field(f"/{event.name}", "bad_format", expected="text in UTF-8") from None

    def _contents(self) -> Iterator[bytes]:
        """The data of the part that has just begun."""
        for event in self.events:
            if isinstance(event, Data):
                yield event.data
                if not event.more_data:
                    return

    def _unknown(self, name: str | None) -> BadRequest:
        allowed = {"allowed": ", ".join(("file", *self.names))}
        pointer = "/" + (name or "").replace("~", "~0").replace("/", "~1")[:100]
        return BadRequest("unknown_field", errors=[InputError("pointer", pointer, "unknown_field", allowed)])


def _checked_fields(schema: Schema, given: dict[str, str]) -> dict[str, Any]:
    try:
        # A form has no other way to say nothing.
        loaded: dict[str, Any] = schema.load({name: text for name, text in given.items() if text not in {"", "null"}})
    except ValidationError as error:
        raise to_domain_error(error, schema, "form") from None
    return loaded
