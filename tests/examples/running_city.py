"""The demonstration city on a server in a process of its own, and requests to it over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from config import PROJECT_ROOT
from tests.cli.servers import cms_command, database_settings, environment_of, running

PATIENCE = 60


class Answer(NamedTuple):
    """Status, headers and body of an answer."""

    status: int
    headers: Any
    body: Any


@dataclass
class RunningCity:
    """Where it answers, and what `demo.json` says about keys and people."""

    api: str
    secrets: Mapping[str, Any]
    instance: Path
    settings: Mapping[str, str]

    @property
    def key(self) -> str:
        """The key of a website, which sees all agencies."""
        return str(self.secrets["keys"]["website"])

    def password(self, email: str) -> str:
        """The password of a person of the city."""
        return str(next(user["password"] for user in self.secrets["users"] if user["email"] == email))

    def sign_in(self, email: str) -> str:
        """An access token."""
        body = {"email": email, "password": self.password(email)}
        return str(self.send("POST", "/manage/v1/auth/login", None, body).body["access_token"])

    def send(self, method: str, path: str, token: str | None, body: Any = None, version: str | None = None) -> Answer:
        """An answer of any status but 503: a server with too much to do has done nothing, and is asked again."""
        for _ in range(PATIENCE):
            answer = self._once(method, path, token, body, version)
            if answer.status != 503:
                break
            time.sleep(0.5)
        return answer

    def _once(self, method: str, path: str, token: str | None, body: Any, version: str | None) -> Answer:
        headers = {"Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"If-Match": version} if version else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, json.loads(answer.read() or b"null"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, json.loads(error.read() or b"null"))

    def listed(self, path: str) -> Iterator[dict[str, Any]]:
        """What a list has, page after page."""
        while path:
            page = self.send("GET", path, self.key)
            assert page.status == 200, page
            yield from page.body["data"]
            path = (page.body["links"]["next"] or "").removeprefix(self.secrets["base_url"])


# Tests publish and take back more in a minute than people do in an hour.
UNHELD = {"BREAKER_PERSON": "0", "BREAKER_AGENCY_PERCENT": "0", "BREAKER_TAKING_BACK": "0"}


class PreparedCity(NamedTuple):
    """The city, loaded and used by nobody: those that run are copies of it, since loading takes seconds."""

    instance: Path
    settings: Mapping[str, str]


@contextmanager
def prepared_city(folder: Path) -> Iterator[PreparedCity]:
    """The loaded city in a database of the kind under test, below `folder`."""
    instance = folder / "instance"
    instance.mkdir()
    with database_settings(instance) as own:
        environment = environment_of(instance, **own, **UNHELD)
        subprocess.run(
            [*cms_command(), "demo"], check=True, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        yield PreparedCity(instance, own)


@contextmanager
def copied_city(folder: Path, prepared: PreparedCity, **more: str) -> Iterator[RunningCity]:
    """A copy of the prepared city, on a server with `more` settings."""
    instance = shutil.copytree(prepared.instance, folder / "instance")
    source = prepared.settings["DATABASE_URL"]
    with database_settings(instance, source) as own, _served(instance, own | UNHELD | more) as city:
        yield city


@contextmanager
def running_city(folder: Path, **more: str) -> Iterator[RunningCity]:
    """The city in a database of the kind under test, below `folder`, with `more` settings; the server loads it."""
    instance = folder / "instance"
    instance.mkdir()
    with database_settings(instance) as own, _served(instance, own | UNHELD | more) as city:
        yield city


@contextmanager
def _served(instance: Path, settings: Mapping[str, str]) -> Iterator[RunningCity]:
    with running(instance, **settings) as (_process, port):
        secrets = json.loads((instance / "demo.json").read_text())
        yield RunningCity(f"http://localhost:{port}", secrets, instance, settings)
