"""Paragraphs of bodies that have none: the classic editor of WordPress writes an empty line between them, and no element."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from cms.core.allowed_markup import INLINE

_MARKUP: Final = re.compile(r"(<[^<>]*>)")
_NAME: Final = re.compile(r"</?([a-z][a-z0-9]*)")
_EMPTY_LINE: Final = re.compile(r"\n[ \t\r]*\n\s*")
_VOID: Final = frozenset({"br", "hr", "img"})


def with_paragraphs(html: str) -> str:
    """Cleaned HTML with `<p>` around text that stands in no block and has empty lines; a second time changes nothing.

    Where no element breaks a line anywhere, a line break is one for readers too. Takes time in proportion to the length.
    """
    if _EMPTY_LINE.search(html) is None:
        return html
    writer = _Paragraphs()
    for position, part in enumerate(_MARKUP.split(html)):
        if position % 2:
            writer.tag(part)
        elif part:
            writer.text(part)
    return writer.result(is_broken_by_lines="</p>" not in html and "<br>" not in html)


@dataclass(slots=True)
class _Paragraphs:
    """Collects text in no block, paragraph by paragraph."""

    _written: list[str | list[list[str]]] = field(default_factory=list)
    """Markup of blocks, and between them the paragraphs of loose text, each as its parts."""
    _blocks: int = 0
    _inline: int = 0

    def tag(self, tag: str) -> None:
        """Take a tag."""
        match = _NAME.match(tag)
        name, step = (match[1] if match is not None else ""), -1 if tag.startswith("</") else 1
        if name in _VOID:
            step = 0
        if self._blocks or name not in INLINE:
            self._written.append(tag)
            self._blocks += step if name not in INLINE else 0
        else:
            self._loose()[-1].append(tag)
            self._inline += step

    def text(self, text: str) -> None:
        """Take text."""
        if self._blocks:
            self._written.append(text)
            return
        first, *others = [text] if self._inline else _EMPTY_LINE.split(text)
        paragraphs = self._loose()
        paragraphs[-1].append(first)
        paragraphs.extend([other] for other in others)

    def result(self, *, is_broken_by_lines: bool) -> str:
        """All of it."""
        runs = [_said(run) for run in self._written if isinstance(run, list)]
        line_break = "<br>\n" if is_broken_by_lines and any(len(run) > 1 for run in runs) else "\n"
        rest = iter(runs)
        return "".join(part if isinstance(part, str) else _joined(next(rest), line_break) for part in self._written)

    def _loose(self) -> list[list[str]]:
        last = self._written[-1] if self._written else ""
        if isinstance(last, str):
            last = [[]]
            self._written.append(last)
        return last


def _said(paragraphs: list[list[str]]) -> list[list[str]]:
    """The paragraphs in which something stands."""
    return [parts for parts in paragraphs if "".join(parts).strip()]


def _joined(paragraphs: list[list[str]], line_break: str) -> str:
    texts = [_with_lines(parts, line_break) for parts in paragraphs]
    if len(texts) < 2:
        return texts[0] if texts else "\n"
    wrapped = (f"<p>{text}</p>" if _is_whole(parts) else text for text, parts in zip(texts, paragraphs, strict=True))
    return "\n".join([*wrapped, ""])


def _with_lines(parts: list[str], line_break: str) -> str:
    # Only a tag begins with an angle in cleaned HTML.
    first, last = parts[0].lstrip("\n"), parts[-1].rstrip("\n")
    trimmed = [first.rstrip("\n")] if len(parts) == 1 else [first, *parts[1:-1], last]
    return "".join(part if part.startswith("<") else part.replace("\n", line_break) for part in trimmed)


def _is_whole(parts: list[str]) -> bool:
    """False when an element inside the line begins before this paragraph or ends after it."""
    depth = 0
    for part in parts:
        match = _NAME.match(part)
        if match is not None and match[1] not in _VOID:
            depth += -1 if part.startswith("</") else 1
        if depth < 0:
            return False
    return depth == 0
