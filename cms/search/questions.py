"""From the parameters of a search to a condition on the index, and to conditions on the publications that it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cms.core.errors import invalid_parameter
from cms.language.understanding import Group, Query, understand
from cms.language.words import key
from cms.publishing.page_sql import moment_conditions
from cms.publishing.selection import MOMENTS, Relation, Selection
from cms.search.entries import AS_WRITTEN, IN_SUMMARY, IN_TITLE, OFTEN_THERE, ONLY_IN_FILES, mark
from cms.search.expressions import AllOf, AnyOf, Expression, Following, Without, Word
from cms.search.types import SearchedTypes
from cms.serving.parameters import micros_of
from cms.serving.sources import Sources

Asked = Mapping[str, Any]
WEIGHTS: Final[Mapping[str, int]] = {IN_TITLE: 8, IN_SUMMARY: 3, OFTEN_THERE: 2, ONLY_IN_FILES: -2}
"""What each word that was asked for adds to an entry by where it stands; in the text alone it adds nothing."""

NOTHING_ASKED: Final = Query((), (), (), "")
SHORTEST_BEGINNING: Final = 2
MOST_LENIENT: Final = 6
"""Words of a question of which a hit may lack one."""
WHOLE: Final = 6
"""What the last word adds where it is a word of the text, and not the beginning of one."""
NO_BOUND: Final = 2**62
"""No list of the newest is read, so nothing needs to be skipped."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched: `wanted` is true of every hit, None when nothing was asked for.

    `weighed` are conditions that imply it, with what each adds to the value of a hit; `in_title` is true of hits with every word in the
    title. `conditions` are SQL on the publication `p` with their `params`.
    """

    query: Query
    wanted: Expression | None
    in_title: Expression | None
    weighed: tuple[tuple[Expression, int], ...]
    conditions: tuple[str, ...]
    params: Mapping[str, Any]
    channels: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many words, or names of several words, were asked for."""
        return len(self.query.groups)

    @property
    def can_be_lenient(self) -> bool:
        """One word may be missed where there are several, and not so many that the condition grows large."""
        return 1 < self.words <= MOST_LENIENT


def question_of(sources: Sources, types: SearchedTypes, asked: Asked, *, is_lenient: bool = False) -> Question:
    """The question that these parameters ask, of what the key shows; a lenient one lets a hit lack one of its words.

    Raises `BadRequest` for a relation to no channel.
    """
    if "relation" in asked and "channel" not in asked:
        raise invalid_parameter("relation", "needed_with", other="channel")
    query = understand(asked["q"], sources.looked_up().expansions)
    # What the city says that a word means may change; nothing else of the reference data is shown.
    sources.dependencies.note_fact("groups", query.groups)
    selection = _selection(sources, types, asked)
    filters = [*_of_types(types, asked), *_marks(selection)]
    groups = [_anywhere(group) for group in query.groups]
    if is_lenient:
        groups = [_all_but_one(groups)]
    wanted = _all([*groups, *filters], selection) if groups else None
    return Question(
        query,
        wanted,
        _all([*_in_title(query.groups), *filters], selection) if groups else None,
        tuple(_weighed(query.groups, filters, selection, is_lenient=is_lenient)),
        tuple(_conditions(selection, asked)),
        {**selection.params(sources.now, NO_BOUND), **_named("slug", asked.get("slug", ()))},
        selection.terms.get("channel", ()),
    )


def titles_question(sources: Sources, words: Sequence[str]) -> Question | None:
    """Titles with all of these words (folded), of which the last may be a beginning; None when there is too little of it."""
    if not words or len(words[-1]) < SHORTEST_BEGINNING:
        return None
    selection = Selection(type="", agencies=sources.listed_agencies(None))
    whole = [Word(AS_WRITTEN + key(word)) for word in words[:-1]]
    wanted = _all_of([*whole, Word(AS_WRITTEN + key(words[-1]), is_beginning=True), *_marks(selection)])
    conditions = tuple(_conditions(selection, {}))
    return Question(NOTHING_ASKED, wanted, None, (), conditions, selection.params(sources.now, NO_BOUND), ())


def _selection(sources: Sources, types: SearchedTypes, asked: Asked) -> Selection:
    """The filters of the lists, whatever the type."""
    schemes = [scheme for scheme in types.schemes if scheme in asked]
    moments: dict[str, Any] = {name: micros_of(name, asked[name], sources.zone) for name in MOMENTS if name in asked}
    return Selection(
        type="",
        agencies=sources.listed_agencies(asked.get("agency"), asked.get("channel", ())),
        terms={scheme: sources.channels(asked[scheme]) if scheme == "channel" else asked[scheme] for scheme in schemes},
        ids=asked.get("ids", ()),
        relation=asked.get("relation"),
        **moments,
    )


def _of_types(types: SearchedTypes, asked: Asked) -> list[Expression]:
    """The types that are asked for and have every filter that is; a filter that none of them has is true of nothing."""
    filters = [name for name in types.filters if (types.filters[name].attribute or name) in asked]
    names = [
        name
        for name, each in types.by_name.items()
        if name in asked.get("type", types.by_name) and all(filter_ in each.filters for filter_ in filters)
    ]
    return [] if len(names) == len(types.by_name) else [_any("type", names or ("none",))]


def _marks(selection: Selection) -> list[Expression]:
    """The filters that are words of the index."""
    found = [_any(scheme, terms) for scheme, terms in selection.terms.items()]
    if selection.agencies:
        found.append(_any("agency", selection.agencies))
    if selection.relation == Relation.OWN:
        found.append(_any("own", selection.terms["channel"]))
    return found


def _conditions(selection: Selection, asked: Asked) -> Iterable[str]:
    """The filters that are read from the publication. Whose it may be is one of both: the index is no judge of that."""
    yield from moment_conditions(selection)
    if selection.agencies is not None:
        yield _among("p.agency", "agency", len(selection.agencies))
    if selection.ids:
        yield _among("p.item_id", "id", len(selection.ids))
    if "slug" in asked:
        yield _among("p.slug", "slug", len(asked["slug"]))


def _weighed(
    groups: Sequence[Group], filters: Sequence[Expression], selection: Selection, *, is_lenient: bool
) -> Iterable[tuple[Expression, int]]:
    """For each word and each place: this one is there, and every other one that must be anywhere, as a whole word: beginnings take time to look up."""
    anywhere = [_anywhere(replace(group, prefixes=())) for group in groups]
    needed = [_all_but_one(anywhere)] if is_lenient else anywhere
    for index, group in enumerate(groups):
        others = list(needed)
        # In one place the words of a phrase need not follow each other.
        if not is_lenient and all(len(phrase) == 1 for phrase in group.alternatives):
            del others[index]
        if group.prefixes:
            yield _all([anywhere[index], *others, *filters], selection), WHOLE
        for prefix, weight in WEIGHTS.items():
            yield _all([_standing(group, prefix), *others, *filters], selection), weight


def _in_title(groups: Sequence[Group]) -> Iterable[Expression]:
    """Every word is in the title, and so it is anywhere; but there the words of a phrase need not follow each other."""
    for group in groups:
        yield _standing(group, IN_TITLE)
        if any(len(phrase) > 1 for phrase in group.alternatives):
            yield _anywhere(group)


def _all_but_one(parts: Sequence[Expression]) -> Expression:
    """At least two parts, of which one may fail."""
    return _any_of([_all_of([*parts[:index], *parts[index + 1 :]]) for index in range(len(parts))])


def _anywhere(group: Group) -> Expression:
    found = [part for phrase in group.alternatives for part in _said(phrase)]
    places = ("", ONLY_IN_FILES)
    return _any_of(
        [*found, *(Word(place + prefix, is_beginning=True) for prefix in group.prefixes for place in places)]
    )


def _said(phrase: Sequence[str]) -> Iterable[Expression]:
    """The words of a phrase in the texts of an item, or in its files too; with those they need not follow each other."""
    in_files = [Word(ONLY_IN_FILES + word) for word in phrase]
    if len(phrase) == 1:
        return Word(phrase[0]), in_files[0]
    anywhere = [_any_of([Word(word), other]) for word, other in zip(phrase, in_files, strict=True)]
    return Following(tuple(phrase)), _all_of([*anywhere, _any_of(in_files)])


def _standing(group: Group, place: str) -> Expression:
    """The words of a group in one place; there they need not follow each other."""
    found = [_all_of([Word(place + word) for word in phrase]) for phrase in group.alternatives]
    return _any_of([*found, *(Word(place + prefix, is_beginning=True) for prefix in group.prefixes)])


def _all(parts: Sequence[Expression], selection: Selection) -> Expression:
    found = _all_of(parts)
    if selection.relation == Relation.REPOST:
        return Without(found, _any("own", selection.terms["channel"]))
    return found


def _any(scheme: str, terms: Iterable[str]) -> Expression:
    return _any_of([Word(mark(scheme, term)) for term in terms])


def _any_of(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _all_of(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _named(name: str, values: Iterable[str]) -> dict[str, str]:
    return {f"{name}{index}": value for index, value in enumerate(values)}


def _among(column: str, name: str, count: int) -> str:
    """An empty list matches nothing."""
    return f"{column} IN ({', '.join(f':{name}{index}' for index in range(count)) or 'NULL'})"
