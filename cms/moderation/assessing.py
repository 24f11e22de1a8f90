"""Assesses an edition: reasons to hold it until a second person approves it, or to refuse its links.

Nothing is dropped silently, and no one is accused: a reason says where to look (R-C5 to R-C7).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from cms.core.characters import first_hiding, tidied
from cms.core.entities import unescaped
from cms.core.prepared import prepared
from cms.core.runtime import runtime
from cms.moderation.decoding import decoded, unpunycoded
from cms.moderation.lexicon import lexicon
from cms.moderation.links import (
    Anchor,
    all_candidates,
    anchors,
    deciding_domain,
    hosts_in_links,
    hosts_in_text,
    mail_hosts,
    registrable,
    verdict_of,
)
from cms.moderation.models import LinkVerdict
from cms.moderation.queries import agency_sites, known_entries
from cms.moderation.scanning import gambling_words

FREE_LINKS: Final = 10
"""Even the shortest text may have so many links."""
LINKS_PER_HUNDRED_WORDS: Final = 10
MOST_WORDS: Final = 5
"""The most words of the lexicon that a reason names."""
MOST_NAMED: Final = 10
"""The most reasons of one kind that are listed; more would say nothing new."""

_SEPARATORS: Final = re.compile("[/?=&#]")
_OVERRIDE: Final = re.compile(r"<bdo\b", re.IGNORECASE)


Sorted = tuple[list[tuple[str, str]], list[tuple[str, str]], list["Vouched"]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an edition is held: `lexicon`, `unknown_domain`, `empty_link`, `many_links`, `hidden_direction`, `not_read_whole`
    or `blocked_link`.

    `pointer` is where, as RFC 6901 into the content; `detail` is a domain, a number, a place in the body, or the words of the
    lexicon that were read and names such as dewa88, never other words of the text.
    """

    code: str
    pointer: str
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """The reason as an item stores it and the API shows it."""
        return {"code": self.code, "pointer": self.pointer, "detail": self.detail}


class Vouched(NamedTuple):
    """A link that is fine because a person has allowed its domain."""

    pointer: str
    domain: str
    person: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """`reasons` to hold; `version` of the lexicon that was used; `is_blocked` when the edition may not even be saved.

    `vouched` are the links to domains that people have allowed: each of those people counts as a writer.
    """

    reasons: tuple[Reason, ...]
    version: str
    is_blocked: bool
    vouched: tuple[Vouched, ...] = ()

    def with_writers(self, writers: Collection[str]) -> Assessment:
        """The assessment for the people who saved the edition. A domain allowed only by its single writer had no second look."""
        alone = [each for each in self.vouched if set(writers) <= {each.person}]
        if not alone:
            return self
        own = (Reason("unknown_domain", each.pointer, each.domain) for each in alone[:MOST_NAMED])
        return replace(self, reasons=(*self.reasons, *own))


CLEAR: Final = Assessment((), "", is_blocked=False)
"""Nothing was found."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the texts of an edition contain, whatever the link lists say. This part is slow and needs no database.

    `hosts` and `mail_hosts` are the domains that links lead to and that mail goes to, each with its first place.
    """

    hosts: Mapping[str, str]
    mail_hosts: Mapping[str, str]
    gambling: tuple[Reason, ...]
    hidden: tuple[Reason, ...]

    def judged(self) -> Assessment:
        """Judge the texts by the link lists of now. Asks the database only when a link or mail address names a domain."""
        blocked, unknown, vouched = _sorted_by_standing(self.hosts, self.mail_hosts)
        reasons = (
            *(Reason("blocked_link", pointer, domain) for pointer, domain in blocked[:MOST_NAMED]),
            *self.gambling,
            *(Reason("unknown_domain", pointer, domain) for pointer, domain in unknown[:MOST_NAMED]),
            *self.hidden,
        )
        return Assessment(reasons, lexicon().version, bool(blocked), tuple(vouched))


NOTHING = Reading({}, {}, (), ())
"""Where nothing is said."""


def read(texts: Mapping[str, str], body_html: str, links: Sequence[str] = (), source: str = "") -> Reading:
    """Read an edition, or any other public words.

    `texts` are its texts by pointer, the text of the body among them (`/body`); `links` are addresses in fields
    of their own; `source` is the body as it was written, which shows what sanitising removed.
    """
    if not (texts or body_html or links or source):
        return NOTHING
    return _read(tuple(texts.items()), body_html, tuple(links), source)


@prepared
def _read(said: tuple[tuple[str, str], ...], body_html: str, links: tuple[str, ...], source: str) -> Reading:
    texts = dict(said)
    found = anchors(body_html)
    addresses = {"/body": [anchor.address for anchor in found], "/source_url": links}
    return Reading(
        hosts=_host_places(texts, addresses),
        mail_hosts=_mail_places(texts, addresses),
        gambling=_gambling(texts, [*addresses["/body"], *links]),
        hidden=_hidden(found, texts.get("/body", ""), source),
    )


def assess(texts: Mapping[str, str], body_html: str, links: Sequence[str] = (), source: str = "") -> Assessment:
    """Read the texts and judge them at once."""
    return read(texts, body_html, links, source).judged()


def _gambling(texts: Mapping[str, str], addresses: Sequence[str]) -> tuple[Reason, ...]:
    """Check all texts together, so that no one can spread an advertisement over several fields.

    The reason names the first text that is enough alone.
    """
    words = _SEPARATORS.sub(" ", decoded(" ".join(addresses))) if addresses else ""
    together = gambling_words(unpunycoded("\n".join((*texts.values(), words))))
    if not together:
        return ()
    # The body comes last and is the longest: when no other text is enough alone, it is the body, without reading it again.
    others = ((pointer, text) for pointer, text in texts.items() if pointer != "/body")
    alone = ((pointer, found) for pointer, text in others if (found := gambling_words(unpunycoded(text))))
    pointer, found = next(alone, ("/body", together))
    return (Reason("lexicon", pointer, ", ".join(found[:MOST_WORDS])),)


def _host_places(texts: Mapping[str, str], addresses: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Domains that links lead to, with the first place of each: those of the body first, by name within one place."""
    in_links = ((pointer, hosts_in_links(*links)) for pointer, links in addresses.items())
    in_texts = ((pointer, hosts_in_text(text)) for pointer, text in texts.items())
    return _first_places([*in_links, *in_texts])


def _mail_places(texts: Mapping[str, str], addresses: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Domains that mail goes to, with the first place of each."""
    joined = ((pointer, "\n".join(links)) for pointer, links in addresses.items())
    return _first_places((pointer, mail_hosts(text)) for pointer, text in [*joined, *texts.items()])


def _first_places(found: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    places: dict[str, str] = {}
    for pointer, hosts in found:
        for host in sorted(hosts):
            places.setdefault(host, pointer)
    return places


def _sorted_by_standing(places: Mapping[str, str], mail: Mapping[str, str]) -> Sorted:
    """Blocked, unknown and vouched domains with the place of each. Of those that mail goes to only the blocked ones count."""
    if not places and not mail:
        return [], [], []
    # Look up entries even below domains that are allowed from the start: a hijacked sub-domain of go.id can be blocked.
    entries = known_entries(all_candidates({**places, **mail}))
    known = {domain: verdict for domain, (verdict, _person) in entries.items()}
    blocked = {
        registrable(host): place for host, place in mail.items() if verdict_of(host, known) is LinkVerdict.BLOCKED
    }
    unknown: dict[str, str] = {}
    vouched: list[Vouched] = []
    # The agencies' websites are read only when a domain has no entry.
    own_domains = cache(_own_domains)
    for host, pointer in places.items():
        domain = deciding_domain(host, known)
        verdict, person = entries.get(domain or "", (None, None))
        if verdict is LinkVerdict.BLOCKED:
            blocked.setdefault(registrable(host), pointer)
        elif person is not None:
            vouched.append(Vouched(pointer, registrable(host), person))
        elif domain is None and len(unknown) < MOST_NAMED and verdict_of(host, own_domains()) is None:
            unknown.setdefault(registrable(host), pointer)
    return (
        [(place, name) for name, place in blocked.items()],
        [(place, name) for name, place in unknown.items()],
        vouched,
    )


def _own_domains() -> dict[str, LinkVerdict]:
    """This server and the agencies' websites."""
    names = (urlsplit(site).hostname for site in (runtime().settings.public_url, *agency_sites()))
    return {name: LinkVerdict.ALLOWED for name in names if name}


def _hidden(found: Sequence[Anchor], text: str, source: str) -> tuple[Reason, ...]:
    """Reasons about links and text that readers would not see or not expect (R-C7)."""
    reasons = []
    invisible = sum(not anchor.is_visible for anchor in found)
    if invisible:
        reasons.append(Reason("empty_link", "/body", str(invisible)))
    if len(found) > FREE_LINKS and len(found) * 100 > LINKS_PER_HUNDRED_WORDS * len(text.split()):
        reasons.append(Reason("many_links", "/body", str(len(found))))
    if place := _hidden_place(source):
        reasons.append(Reason("hidden_direction", "/body", place))
    return tuple(reasons)


def _hidden_place(source: str) -> str:
    """What can hide or reorder text in a body, and where: characters written as references, and `<bdo>`; empty when nothing does.

    `dir` is no such thing: every paste from Google Docs has it, and readers do not get it.
    """
    if (override := _OVERRIDE.search(source)) is not None:
        return f"<bdo> at character {override.start() + 1}"
    hiding = first_hiding(tidied(unescaped(source)))
    return f"{hiding.name} at character {hiding.place}" if hiding is not None else ""
