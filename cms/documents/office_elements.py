"""Judges the elements of one part of an office document: fields, pictures, connections, actions of slides, embedded programs.

In Office Open XML most of what a part fetches stands in its relationships (`office_files`); here is what stands in the part itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final
from xml.parsers import expat

from cms.documents.faults import DamagedFile
from cms.documents.office_fields import Fields
from cms.documents.office_package import is_address

PICTURE_FETCHED: Final = "a picture is fetched from elsewhere: cut it and paste it as a picture"
CONNECTION_FETCHES: Final = (
    "a connection fetches data when the table is opened: end it under Data, Queries and Connections; the data stay"
)
CONNECTION_TELLS: Final = (
    "a connection has a password inside: end it under Data, Queries and Connections; the data stay"
)
ACTION_STARTS: Final = "an action on a slide starts a program or leads away by itself: remove it under Insert, Action"
CONTROL_STARTS: Final = "a control (ActiveX) starts a program inside the document: remove it"
FILES_INSIDE: Final = "there are other files inside"
_STARTING_ACTION: Final = re.compile(r"\s*ppaction://(?:program|macro|ole)", re.IGNORECASE)
_INNER_ACTION: Final = re.compile(
    r"\s*ppaction://(?:hlinksldjump|hlinkshowjump|customshow|noaction|media)", re.IGNORECASE
)
_PASSWORD: Final = re.compile(r"(?:^|;)\s*(?:password|pwd)\s*=\s*[^;\s]", re.IGNORECASE)
# Fields of forms that the office itself draws: Microsoft Forms, and those of web pages, which come with what is pasted from one.
_FORMS: Final = re.compile(
    r"\{?(?:[0-9a-f]{8}-ec42-11ce-9e0d-00aa006002f3|5512d1[0-9a-f]{2}-5cc6-11cf-8d67-00aa00bdce1d|d7053240-ce69-11cd-a777-00dd01143c57"
    r"|978c9e23-d4b0-11ce-bf2d-00aa003f40d0|79176fb0-b7f2-11ce-97ef-00aa006d2776|dfd181e0-5e2f-11ce-a449-00aa004a803d"
    r"|4c599241-6926-101b-9992-00000b65c6f9|6e182020-f460-11ce-9bcd-00aa00608e01|46e31370-3f7a-11ce-bed6-00aa00611080)\}?",
    re.IGNORECASE,
)
_PACKAGES: Final = frozenset({"package", "package2", "htmlfile", "scriptletfile", "shockwaveflash"})
_PICTURES: Final = frozenset({"imagedata", "fill", "stroke", "image"})
_FETCHING: Final = frozenset(
    {
        "blip",
        "imagedata",
        "fill",
        "stroke",
        "image",
        "oleobject",
        "oleobj",
        "altchunk",
        "subdoc",
        "attachedtemplate",
        "externaldata",
        "control",
    }
)
Judge = Callable[[Mapping[str, str]], None]


class Elements:
    """Reads one part once. `outside`: the ids of its relationships that lead out of the file; `updates`: all fields are updated."""

    def __init__(self, outside: Collection[str], updates: bool) -> None:
        self._outside = outside
        self._fields = Fields(updates)
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._judges: Mapping[str, Judge] = {
            "fldchar": self._fields.mark, "fldsimple": self._fields.simple, "connection": _refreshed, "querytable": _refreshed, "dbpr": _database, "hlinkclick": _action, "hlinkhover": self._hover,
            "hlinkmouseover": self._hover, "cmd": _command, "ocx": _control, "oleobject": _embedded, "oleobj": _embedded,
        }  # fmt: skip

    def check(self, blocks: Iterable[bytes]) -> None:
        """Raise `DamagedFile` for a part that fetches or starts something, or that is not XML."""
        try:
            for block in blocks:
                self._parser.Parse(block, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise DamagedFile("a part is not XML") from None
        self._fields.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "instrText":
            self._parser.CharacterDataHandler = self._fields.add
            return
        if local.lower() in _PICTURES:
            _check_picture(attributes)
        judge = self._judges.get(local.lower())
        if judge is not None:
            judge({_local(key): value for key, value in attributes.items()})
        if local.lower() in _FETCHING and self._leads_out(attributes):
            raise DamagedFile(PICTURE_FETCHED)

    def _end(self, name: str) -> None:
        if _local(name) == "instrText":
            self._parser.CharacterDataHandler = None

    def _leads_out(self, attributes: Mapping[str, str]) -> bool:
        return bool(self._outside) and any(value.strip() in self._outside for value in attributes.values())

    def _hover(self, attributes: Mapping[str, str]) -> None:
        """A passing mouse needs no press: it may lead to another slide, and nowhere else."""
        _action(attributes)
        if attributes.get("id", "").strip() in self._outside and not _INNER_ACTION.match(attributes.get("action", "")):
            raise DamagedFile(ACTION_STARTS)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_true(value: str | None) -> bool:
    return (value or "").strip().lower() in {"1", "true", "on"}


def _check_picture(attributes: Mapping[str, str]) -> None:
    """A drawing of VML names its picture itself; beside a stored picture `o:href` only tells where that was found. `cid:` is a part of the
    mail from which it was pasted.
    """
    is_stored = any(_local(key) in {"id", "relid"} and value.strip() for key, value in attributes.items())
    named = {"src"} if is_stored else {"src", "href", "althref"}
    for key, value in attributes.items():
        if _local(key) in named and is_address(value) and not value.strip().lower().startswith("cid:"):
            raise DamagedFile(PICTURE_FETCHED)


def _refreshed(attributes: Mapping[str, str]) -> None:
    if _is_true(attributes.get("refreshOnLoad")) or attributes.get("interval", "0").strip() not in {"0", ""}:
        raise DamagedFile(CONNECTION_FETCHES)


def _database(attributes: Mapping[str, str]) -> None:
    if _PASSWORD.search(attributes.get("connection", "")):
        raise DamagedFile(CONNECTION_TELLS)


def _action(attributes: Mapping[str, str]) -> None:
    if _STARTING_ACTION.match(attributes.get("action", "")):
        raise DamagedFile(ACTION_STARTS)


def _command(attributes: Mapping[str, str]) -> None:
    """A step of a slide show that does something with an embedded object; `call` plays a film."""
    if attributes.get("type", "").strip() == "verb":
        raise DamagedFile(ACTION_STARTS)


def _control(attributes: Mapping[str, str]) -> None:
    if not _FORMS.fullmatch(attributes.get("classid", "").strip()):
        raise DamagedFile(CONTROL_STARTS)


def _embedded(attributes: Mapping[str, str]) -> None:
    program = attributes.get("ProgID", attributes.get("progId", ""))
    if program.strip().lower().partition(".")[0] in _PACKAGES:
        raise DamagedFile(FILES_INSIDE)
