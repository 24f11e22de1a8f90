"""What the rules of items say in words is said in both languages."""

from __future__ import annotations

import re

from cms.agencies.models import Reviewer
from cms.core.http.messages import PROBLEMS
from cms.core.http.messages.editing_words import PHRASES
from cms.editorial.items.models import Item
from cms.editorial.items.policies import Operation, possible_states, whose_approval
from config import PROJECT_ROOT


def test_who_may_do_something_and_when_is_said_in_indonesian_too() -> None:
    """The words that rules put into the sentences of both languages, wherever they are."""
    said = {possible_states(operation) for operation in Operation}
    said |= {
        whose_approval(Item(reviewed_by=reviewer.value, needs_four_eyes=has_four_eyes, hold=[]))
        for reviewer in Reviewer
        for has_four_eyes in (True, False)
    }
    for path in (PROJECT_ROOT / "cms").rglob("*.py"):
        said |= set(re.findall(r'\b(?:whose|when)="([^"]+)"', path.read_text(encoding="utf-8")))
    phrases = {words for words in said if " " in words.replace(", ", ",")}

    assert phrases == PHRASES.keys()
    assert PROBLEMS["held"].detail.filled("id", {"whose": "an editor"}).count("seorang editor") == 1
