"""The text that `run` prints when the server is up: where to begin, who can sign in, and three commands to try."""

from __future__ import annotations

import orjson

from cms.cli.demo_city.secrets_file import DemoSecrets, DemoUser
from cms.core import clock
from cms.publishing.reading import Publications
from cms.publishing.selection import Selection
from config import Settings

_OLDEST_POST = Selection("post", descending=False, limit=1)


def banner(settings: Settings, secrets: DemoSecrets | None, publications: Publications) -> str:
    """The whole text."""
    url = settings.local_url
    lines = ["", f"Simpul is running: {url}  (open it in a browser: guide, reference, your first list)", ""]
    if secrets is not None:
        lines += [f"Delivery key:      {secrets.keys['website']}", "", *_people(secrets.users), ""]
        lines += ["Try (in another terminal):", "", *_commands(url, secrets, publications), ""]
        lines.append(f"Kept in {settings.instance_path}/demo.json.")
    lines.append("Ctrl-C stops everything.")
    return "\n".join(lines)


def _people(users: list[DemoUser]) -> list[str]:
    width = max(len(user.email) for user in users)
    return [
        "Editors (sign-in name, password, role):",
        *(
            f"  {user.email:<{width}}  {user.password}  {user.role}{f' of {user.agency}' if user.agency else ''}"
            for user in users
        ),
    ]


def _oldest_post(publications: Publications) -> tuple[str, str]:
    """The agency and the slug of the oldest post."""
    now = clock.now_micros()
    found = publications.page(_OLDEST_POST, now, now).items
    if not found:
        return "diskominfo", "none"
    shown = orjson.loads(found[0])
    return shown["agency"]["slug"], shown["slug"]


def _commands(url: str, secrets: DemoSecrets, publications: Publications) -> list[str]:
    key = f"-H 'Authorization: Bearer {secrets.keys['website']}'"
    agency, slug = _oldest_post(publications)
    author = next(user for user in secrets.users if user.role == "author")
    sign_in = (
        f"""curl -s {url}/manage/v1/auth/login -H 'Content-Type: application/json' """
        f"""-d '{{"email": "{author.email}", "password": "{author.password}"}}'"""
    )
    create = (
        f"""curl -s {url}/manage/v1/posts -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' """
        f"""-d '{{"agency": "{author.agency}", "kind": "berita", "title": "Berita pertama saya", "body": "Isi berita."}}'"""
    )
    return [
        "# the newest posts",
        f"curl -s '{url}/v1/posts?limit=3' {key}",
        "# where is the post with this address?",
        f"curl -s '{url}/v1/resolve?type=post&agency={agency}&slug={slug}' {key}",
        "# sign in and write a draft",
        f"""TOKEN=$({sign_in} | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/'); {create}""",
    ]
