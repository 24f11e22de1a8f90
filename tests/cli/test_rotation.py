"""The ring of signing keys is rotated by a command while the server answers: nobody notices, over HTTP, on both databases."""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from cms.core.cursors import KEY_BYTES
from config import PROJECT_ROOT
from tests.cli.servers import cms_command, database_settings, environment_of, make_key, prepare, running
from tests.factories import post_content

EMAIL, PASSWORD = "editor@city.example", "sungai-tenang-pagi-48"
MANAGE = "/manage/v1"


@dataclass
class Site:
    """A running server, and whoever asks it with a token."""

    port: int
    token: str = ""

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
        """Status, headers and JSON of the answer."""
        sent = {"Content-Type": "application/json", **headers}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, _parsed(answer.read())
        except HTTPError as error:
            with error:
                return error.code, error.headers, _parsed(error.read())

    def get(self, path: str) -> Any:
        """The JSON of an answer that must be 200."""
        status, _headers, content = self("GET", path)
        assert status == 200, content
        return content


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content


@dataclass
class Instance:
    """An installation of its own; `run` starts a command of it and gives what it prints."""

    folder: Path
    settings: dict[str, str]

    def run(self, *words: str, given: str = "") -> str:
        done = subprocess.run(
            [*cms_command(), *words],
            check=True,
            cwd=PROJECT_ROOT,
            env=environment_of(self.folder, **self.settings),
            capture_output=True,
            text=True,
            input=given,
        )
        return done.stdout


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with database_settings(tmp_path) as settings:
        prepare(tmp_path, **settings)
        yield Instance(tmp_path, settings)


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


@dataclass
class Signed:
    """One of everything that was signed for a person and a website, and how it is shown again."""

    access: str
    refresh: str
    managed: str
    delivered: str
    preview: str
    key: str

    def assert_accepted(self, site: Site) -> None:
        person, reader = Site(site.port, self.access), Site(site.port, self.key)
        person.get(f"{MANAGE}/me")
        assert len(person.get(self.managed)["data"]) == 1
        assert len(reader.get(self.delivered)["data"]) == 1
        assert site("GET", self.preview)[0] == 200

    def keys(self) -> list[str]:
        """The ids of the keys that signed the access token, the preview link and both cursors; a cursor has the beginning of it."""
        cursors = [parse_qs(urlsplit(path).query)["cursor"][0] for path in (self.managed, self.delivered)]
        begins = [base64.urlsafe_b64decode(f"{cursor}===")[:KEY_BYTES].hex() for cursor in cursors]
        kid = kid_of(self.access)
        preview = self.preview.rsplit("/", 1)[1].split(".")[0]
        return [kid, preview, *(kid if kid.startswith(each) else each for each in begins)]


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def first_password(instance: Instance, site: Site) -> None:
    """A person who has changed the password that the command printed."""
    words = ["user", "create", EMAIL, "--name", "Redaksi", "--role", "central_editor"]
    given = instance.run(*words).splitlines()[-1]
    signed_in = site("POST", f"{MANAGE}/auth/login", {"email": EMAIL, "password": given})[2]
    changed = {"current_password": given, "new_password": PASSWORD}
    status, _headers, content = Site(site.port, signed_in["access_token"])("POST", f"{MANAGE}/auth/password", changed)
    assert status in (200, 204), content


def sign_everything(site: Site, key: str) -> Signed:
    """Sign in, publish two posts, and get a cursor of each plane and a preview link."""
    status, _headers, tokens = site("POST", f"{MANAGE}/auth/login", {"email": EMAIL, "password": PASSWORD})
    assert status == 200, tokens
    person = Site(site.port, tokens["access_token"])
    for number in range(2):
        status, headers, made = person("POST", f"{MANAGE}/posts", post_content(title=f"Judul {number}"))
        assert status == 201, made
        address = f"{MANAGE}/posts/{made['data']['id']}"
        assert person("POST", f"{address}/publish", {}, **{"If-Match": headers["ETag"]})[0] == 200
    preview = person("POST", f"{address}/previews", {"expires_in": 86_400})[2]["data"]["url"]
    return Signed(
        tokens["access_token"],
        tokens["refresh_token"],
        path_of(person.get(f"{MANAGE}/posts?limit=1")["links"]["next"]),
        path_of(Site(site.port, key).get("/v1/posts?limit=1")["links"]["next"]),
        path_of(preview),
        key,
    )


def test_a_rotation_beside_a_running_server_ends_nothing_and_new_things_have_the_new_key(instance: Instance) -> None:
    key = make_key(instance.folder, **instance.settings)
    with running(instance.folder, "serve", WEB_WORKERS="2", **instance.settings) as (process, port):
        site = Site(port)
        first_password(instance, site)
        signed = sign_everything(site, key)
        old = kid_of(signed.access)

        made = instance.run("signing-keys", "rotate").split()[0]

        assert made != old
        # Both web processes are met: neither was told of it by the command.
        for _round in range(6):
            signed.assert_accepted(site)
        status, _headers, tokens = site("POST", f"{MANAGE}/auth/refresh", {"refresh_token": signed.refresh})
        assert (status, kid_of(tokens["access_token"])) == (200, made)
        after = sign_everything(site, key)
        assert after.keys() == [made] * 4
        assert signed.keys() == [old] * 4
        for each in (after, signed):
            each.assert_accepted(site)
        assert process.poll() is None

        instance.run("signing-keys", "rotate", "--end-old")

        # What was signed by either of the first two keys has ended, so each was signed by one of them; nobody is signed out.
        for each in (signed, after):
            for token, path in ((each.access, f"{MANAGE}/me"), (key, each.delivered), ("", each.preview)):
                assert Site(port, token)("GET", path)[0] >= 400, path
        status, _headers, again = site("POST", f"{MANAGE}/auth/refresh", {"refresh_token": tokens["refresh_token"]})
        assert status == 200
        Site(port, again["access_token"]).get(f"{MANAGE}/me")
