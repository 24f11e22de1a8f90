"""Where a hit answers the question: in its title, in one of its texts, on a page of one of its files. Safe HTML."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cms.language.highlights import LONGEST_READ, marked
from cms.language.understanding import Group, Query
from cms.language.words import keys_in_order

LONGEST_TITLE: Final = 300
LONGEST_TEXT: Final = 240


class FilePage(NamedTuple):
    """The text of one page of a file; `number` is that of the page, slide or sheet."""

    file_id: str
    number: int
    text: str


def lacks_words(full: Mapping[str, Any], query: Query) -> bool:
    """Whether the texts of an item do not answer all of the question themselves, so that its files are looked through."""
    said = f"{full['title']}\n{full.get('summary') or ''}\n{(full.get('body_text') or '')[:LONGEST_READ]}"
    return _answered(said, query.groups) < len(query.groups)


def match_of(full: Mapping[str, Any], query: Query, pages: Sequence[FilePage]) -> dict[str, Any]:
    """The match of a hit in its full form; `pages` are those of its files where it lacks words, None in `file` when they say nothing that it does not say itself."""
    title, summary, body = full["title"], full.get("summary") or "", full.get("body_text") or ""
    text = marked(summary, query, LONGEST_TEXT)
    if "<mark>" not in text:
        of_body = marked(body, query, LONGEST_TEXT)
        text = of_body if "<mark>" in of_body or not summary else text
    file = None
    if pages:
        file, text = _best_page(full, query, pages, text)
    return {"title": marked(title, query, LONGEST_TITLE), "text": text, "file": file}


def _best_page(
    full: Mapping[str, Any], query: Query, pages: Sequence[FilePage], text: str
) -> tuple[dict[str, Any] | None, str]:
    """The first of the pages that answer most, and its text."""
    best, page = 0, pages[0]
    for each in pages:
        answers = _answered(each.text, query.groups)
        if answers > best:
            best, page = answers, each
        if best == len(query.groups):
            break
    if not best:
        return None, text
    labels = {file["id"]: file["label"] for file in full.get("files", ())}
    shown = {"id": page.file_id, "label": labels.get(page.file_id, ""), "page": page.number}
    return shown, marked(page.text, query, LONGEST_TEXT)


def _answered(text: str, groups: Sequence[Group]) -> int:
    """How many of the groups the words of a text answer, wherever they stand."""
    words = set(keys_in_order(text))
    return sum(_is_answered(words, group) for group in groups)


def _is_answered(words: Collection[str], group: Group) -> bool:
    if any(all(word in words for word in phrase) for phrase in group.alternatives):
        return True
    return bool(group.prefixes) and any(word.startswith(group.prefixes) for word in words)
