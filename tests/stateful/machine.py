"""Drives the API with random sequences of editorial work and compares every answer with the model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import update

from cms.accounts.models import Membership, User
from cms.accounts.tokens import make_access_token
from cms.agencies.models import Agency
from cms.core import clock
from cms.core.db import session, unit_of_work
from cms.core.permissions import Role
from cms.editorial.schedules.tasks import carry_out_and_follow
from tests.conftest import empty_tables
from tests.factories import NEWS, add_city, document_content, post_content
from tests.people import Caller, People
from tests.stateful.model import (
    AUTHOR,
    CENTRAL,
    EDITOR,
    OPERATIONS,
    OTHER,
    Post,
    Rules,
    became_public,
    discarded,
    edited,
    left,
    let_time_pass,
    unscheduled,
    verdict,
)

# Those who may do most come most often: what is refused is quickly told, what is done leads on.
PERSONS = st.sampled_from([CENTRAL, EDITOR, CENTRAL, EDITOR, AUTHOR, OTHER])
INSIDERS = st.sampled_from([AUTHOR, EDITOR, CENTRAL])
ROLES = {
    AUTHOR: (Role.AUTHOR, "dpu"),
    EDITOR: (Role.AGENCY_EDITOR, "dpu"),
    OTHER: (Role.AGENCY_EDITOR, "dishub"),
    CENTRAL: (Role.CENTRAL_EDITOR, None),
}
CONTENT: dict[str, Callable[..., dict[str, Any]]] = {"posts": post_content, "documents": document_content}
ENDINGS = {"gone": 410, "vanish": 404, "withdrawn": 200}
FORMAT = "%Y-%m-%dT%H:%M:%SZ"
Bodies = dict[str, Any]


class EditorialMachine(RuleBasedStateMachine):
    """One agency, four people, a website; `app` and friends are set by the test on a subclass."""

    app: Flask
    client: FlaskClient
    advance: Callable[[timedelta], None]
    posts = Bundle("posts")

    def __init__(self) -> None:
        super().__init__()
        with self.app.app_context():
            empty_tables()
            self.app.extensions["simpul"].forget()
        add_city(self.app)
        people = People(self.app, self.client)
        self.people: dict[str, Caller] = {name: people.person(*role) for name, role in ROLES.items()}
        self._sign_in_again()
        self.website = people.website()
        self.rules, self.titles = Rules(), 0
        self.known: list[Post] = []

    def _sign_in_again(self) -> None:
        """Access tokens last ten minutes, and time passes here."""
        for caller in self.people.values():
            person = str(caller.actor.id)
            with self.app.app_context():
                user = session.get_one(User, person)
                token, _seconds = make_access_token(user, person, clock.now() + timedelta(days=1))
            caller.headers["Authorization"] = f"Bearer {token}"

    def _title(self) -> str:
        self.titles += 1
        return f"Kabar nomor {self.titles}"

    @initialize(four_eyes=st.booleans(), central=st.booleans())
    def the_agency_has_rules(self, four_eyes: bool, central: bool) -> None:
        self.rules.four_eyes, self.rules.central_reviews = four_eyes, central
        values = {"four_eyes": four_eyes, "review": "central" if central else "agency"}
        with self.app.app_context(), unit_of_work() as unit:
            unit.session.execute(update(Agency).where(Agency.slug == "dpu").values(**values))

    @initialize(target=posts, person=INSIDERS, plural=st.sampled_from(sorted(CONTENT)))
    def create_first(self, person: str, plural: str) -> Post:
        return self._created(person, plural)

    @rule(target=posts, person=INSIDERS, plural=st.sampled_from(sorted(CONTENT)))
    def create(self, person: str, plural: str) -> Post:
        return self._created(person, plural)

    def _created(self, person: str, plural: str) -> Post:
        title = self._title()
        answer = self.people[person].post(f"/manage/v1/{plural}", CONTENT[plural](title=title))
        assert answer.status_code == 201, answer.json
        item_id, etag = answer.json["data"]["id"], answer.headers["ETag"]
        post = Post(item_id, plural, person, {1: title}, etag, writers={person}, authors={1: person})
        self.known.append(post)
        return post

    @rule(post=posts, person=PERSONS)
    def edit(self, post: Post, person: str) -> None:
        title = self._title()
        if self._do(post, person, "edit", "PATCH", "", {"title": title}):
            edited(post, person, title)

    @rule(post=posts, person=PERSONS)
    def publish(self, post: Post, person: str) -> None:
        if self._do(post, person, "publish", "POST", "/publish", NEWS):
            became_public(post, post.edition)

    @rule(post=posts, person=PERSONS)
    def submit(self, post: Post, person: str) -> None:
        if self._do(post, person, "submit", "POST", "/submit", {}):
            post.state = "in_review"

    @rule(post=posts, person=PERSONS)
    def approve(self, post: Post, person: str) -> None:
        if self._do(post, person, "approve", "POST", "/approve", {}):
            post.state, post.approved_by = "approved", person

    @rule(post=posts, person=PERSONS)
    def give_back(self, post: Post, person: str) -> None:
        if self._do(post, person, "return", "POST", "/return", {"comment": "Mohon diperbaiki"}):
            post.state, post.approved_by = "returned", None

    @rule(post=posts, person=PERSONS, kind=st.sampled_from(sorted(ENDINGS)))
    def unpublish(self, post: Post, person: str, kind: str) -> None:
        body = {"kind": kind, "explanation": None if kind == "vanish" else "Sudah tidak berlaku."}
        operation = "vanish" if kind == "vanish" else "unpublish"
        again = kind == post.standing == "withdrawn"
        if self._do(post, person, operation, "POST", "/unpublish", body, is_refused=again):
            left(post, kind)

    @rule(post=posts, person=PERSONS, minutes=st.integers(1, 90), shown=st.none() | st.integers(1, 90))
    def schedule(self, post: Post, person: str, minutes: int, shown: int | None) -> None:
        moment = clock.now() + timedelta(minutes=minutes)
        ends = None if shown is None else moment + timedelta(minutes=shown)
        before = post.scheduled[2] if post.scheduled else post.state
        body = {"publish_at": f"{moment:{FORMAT}}", "unpublish_at": ends and f"{ends:{FORMAT}}", **NEWS}
        if self._do(post, person, "schedule", "POST", "/schedule", body, is_refused=post.state == "published"):
            unscheduled(post)
            post.scheduled, post.ends, post.state = (post.edition, moment, before), ends, "scheduled"

    @rule(post=posts, person=PERSONS, minutes=st.integers(1, 90))
    def schedule_the_end(self, post: Post, person: str, minutes: int) -> None:
        ends = clock.now() + timedelta(minutes=minutes)
        body = {"unpublish_at": f"{ends:{FORMAT}}"}
        if self._do(post, person, "schedule", "POST", "/schedule", body, is_refused=post.live is None):
            unscheduled(post)
            post.ends = ends

    @rule(post=posts, person=PERSONS)
    def unschedule(self, post: Post, person: str) -> None:
        if self._do(post, person, "unschedule", "DELETE", "/schedule", None):
            unscheduled(post)

    @rule()
    def the_worker_comes_by(self) -> None:
        with self.app.app_context():
            while carry_out_and_follow():
                pass
        for post in self.known:
            self._read_etag(post)

    @rule(minutes=st.integers(1, 60))
    def wait(self, minutes: int) -> None:
        self.advance(timedelta(minutes=minutes))
        self._sign_in_again()
        for post in self.known:
            let_time_pass(post, clock.now())

    @rule(post=posts, person=PERSONS)
    def discard(self, post: Post, person: str) -> None:
        if self._do(post, person, "discard", "POST", "/discard", {}):
            discarded(post)

    @rule(post=posts, person=PERSONS, operation=st.sampled_from(["archive", "trash"]))
    def put_away(self, post: Post, person: str, operation: str) -> None:
        if self._do(post, person, operation, "POST", f"/{operation}", {}):
            post.state_before = post.state if post.state != "archived" else post.state_before
            post.state = f"{operation}d" if operation == "archive" else "trashed"

    @rule(post=posts, person=PERSONS)
    def take_out(self, post: Post, person: str) -> None:
        if self._do(post, person, "restore", "POST", "/restore", {}):
            assert post.state_before is not None
            post.state = post.state_before

    @rule(post=posts, person=PERSONS, data=st.data())
    def restore_an_edition(self, post: Post, person: str, data: st.DataObject) -> None:
        edition = data.draw(st.sampled_from(sorted(post.titles)))
        if (
            self._do(post, person, "edit", "POST", "/restore", {"edition": edition})
            and post.titles[edition] != post.titles[post.edition]
        ):
            # What changes nothing makes no edition.
            edited(post, person, post.titles[edition], edition)

    @rule(post=posts)
    def carry(self, post: Post) -> None:
        body = {"agency": "dishub"}
        answer = self.people[OTHER].post(f"/manage/v1/posts/{post.id}/reposts", body)
        is_live = post.plural == "posts" and post.live is not None
        # Who carries it knows of it, also while it rests; others may know of what readers have alone.
        expected = 409 if "dishub" in post.carriers else 201 if is_live else 404
        assert answer.status_code == expected, (answer.status_code, post, answer.json)
        if answer.status_code == 201:
            post.carriers.add("dishub")

    @rule(is_editor=st.booleans())
    def the_author_gets_another_role(self, is_editor: bool) -> None:
        self.rules.author_is_editor = is_editor
        role = Role.AGENCY_EDITOR if is_editor else Role.AUTHOR
        person = self.people[AUTHOR].actor.id
        with self.app.app_context(), unit_of_work() as unit:
            unit.session.execute(update(Membership).where(Membership.user_id == person).values(role=role.value))

    @rule(post=posts)
    def a_stale_version_changes_nothing(self, post: Post) -> None:
        path = f"/manage/v1/{post.plural}/{post.id}"
        assert self.people[CENTRAL]("PATCH", path, match='"v999999"', json={"title": "Basi"}).status_code == 412

    def _do(
        self,
        post: Post,
        person: str,
        operation: str,
        method: str,
        path: str,
        body: Bodies | None,
        *,
        is_refused: bool = False,
    ) -> bool:
        """Send it; True when it was done, as the model says it must be. `is_refused`: the action exists, not with this body."""
        expected = verdict(self.rules, person, operation, post)
        expected = 409 if is_refused and expected == 200 else expected
        address = f"/manage/v1/{post.plural}/{post.id}{path}"
        answer = self.people[person](method, address, match=post.etag, json=body)
        status = 200 if answer.status_code == 204 else answer.status_code
        assert status == expected, (
            f"{operation} by {person}: {answer.status_code}, not {expected}: {answer.json} {post}"
        )
        if status == 200:
            self._read_etag(post)
        return status == 200

    def _read_etag(self, post: Post) -> None:
        answer = self.people[CENTRAL].get(f"/manage/v1/{post.plural}/{post.id}")
        post.etag = answer.headers["ETag"]

    @invariant()
    def editors_see_what_the_model_says(self) -> None:
        for post in self.known:
            for person in (AUTHOR, EDITOR, CENTRAL):
                shown = self.people[person].get(f"/manage/v1/{post.plural}/{post.id}").json["data"]
                assert shown["title"] == post.titles[post.edition], post
                allowed = {name for name in shown["allowed_actions"] if name in OPERATIONS}
                expected = {name for name in OPERATIONS if verdict(self.rules, person, name, post) == 200}
                assert allowed == expected, f"{person}: {sorted(allowed ^ expected)} {post}"

    @invariant()
    def readers_see_what_the_model_says(self) -> None:
        for plural in CONTENT:
            listed = self.website.get(f"/v1/{plural}?limit=100").json["data"]
            assert {card["id"]: card["title"] for card in listed} == self._visible(plural)
        for post in self.known:
            answer = self.website.get(f"/v1/{post.plural}/{post.id}")
            assert answer.status_code == self._status(post), (answer.status_code, answer.json, post)

    @invariant()
    def channels_carry_what_the_model_says(self) -> None:
        listed = self.website.get("/v1/posts?channel=dishub&limit=100").json["data"]
        carried = {post.id for post in self.known if post.carriers and self._is_readable(post)}
        assert {card["id"] for card in listed} == carried

    def _visible(self, plural: str) -> dict[str, str]:
        shown = [post for post in self.known if post.plural == plural and self._is_readable(post)]
        return {post.id: post.titles[post.last_public or 0] for post in shown}

    @staticmethod
    def _is_readable(post: Post) -> bool:
        return post.live is not None

    def _status(self, post: Post) -> int:
        if post.live is not None:
            return 200
        return ENDINGS.get(post.standing, 404)
