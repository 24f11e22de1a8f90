"""Abbreviations and words of the same meaning on the management plane: /manage/v1/search/synonyms."""

from __future__ import annotations

from typing import Any

from flask import Response

from cms.core.errors import invalid_parameter
from cms.core.http.access import current_actor, requires
from cms.core.http.answers import Answer, PageRequest, whole_answer
from cms.core.http.api import WRITE_PROBLEMS, Blueprint
from cms.core.http.schemas import many, one
from cms.core.permissions import Permission
from cms.language import queries, services
from cms.language.expansions import term_of
from cms.language.models import LONGEST_TERM
from cms.language.presenter import render_synonym
from cms.language.schemas import SynonymQuerySchema, SynonymSchema, SynonymSetSchema

blp = Blueprint(
    "synonyms", __name__, url_prefix="/manage/v1/search", description="What else search looks for with a word."
)
TERM = [{"name": "term", "in": "path", "description": "The term, such as `dishub` or `e-ktp`; case does not count."}]


@blp.route("/synonyms")
@requires(Permission.TAXONOMY_READ)
@blp.arguments(SynonymQuerySchema, location="query")
@blp.response(200, many(SynonymSchema))
@blp.problems(400, 401, 403)
def list_synonyms(query: dict[str, Any]) -> Answer:
    """List abbreviations and words of the same meaning.

    By term: those that come with Simpul, and what the city says instead or beside.
    """
    page = PageRequest(query)
    own = None if "origin" not in query else query["origin"] == "city"
    rows = queries.list_synonyms(own=own, after=page.after[0] if page.after else None, limit=page.fetch)
    return page.answer(rows, render_synonym, lambda listed: [term_of(listed.synonym.term)])


@blp.route("/synonyms/<term>", parameters=TERM)
@requires(Permission.TAXONOMY_READ)
@blp.response(200, one(SynonymSchema))
@blp.problems(400, 401, 403, 404)
def read_synonym(term: str) -> Answer:
    """Read what a term is called as well.

    What the city says about it, or else what comes with Simpul.
    """
    return whole_answer(render_synonym(queries.get_synonym(_term(term))))


@blp.route("/synonyms/<term>", methods=["PUT"], parameters=TERM)
@requires(Permission.TAXONOMY_WRITE)
@blp.arguments(SynonymSetSchema)
@blp.response(200, one(SynonymSchema))
@blp.problems(*WRITE_PROBLEMS)
def set_synonym(values: dict[str, Any], term: str) -> Answer:
    """Say what a term is called as well.

    It holds for the next question; nothing is indexed again. It takes the place of what comes with Simpul for this term; with an
    empty `means` the term is looked for as it is.
    """
    entry = services.set_synonym(current_actor(), _term(term), values["means"], both_ways=values["both_ways"])
    return whole_answer(render_synonym(queries.get_synonym(entry.term)))


@blp.route("/synonyms/<term>", methods=["DELETE"], parameters=TERM)
@requires(Permission.TAXONOMY_WRITE)
@blp.response(204)
@blp.problems(400, 401, 403, 404)
def remove_synonym(term: str) -> Response:
    """Take back what the city says about a term.

    What comes with Simpul for this term holds again.
    """
    services.remove_synonym(current_actor(), _term(term))
    return Response(status=204)


def _term(raw: str) -> str:
    """The folded words of a term in an address."""
    term = term_of(raw)
    if not 0 < len(term) <= LONGEST_TERM:
        raise invalid_parameter("term", "bad_format", expected=f"words of together at most {LONGEST_TERM} characters")
    return term
