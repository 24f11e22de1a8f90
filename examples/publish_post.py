"""Write a post with a picture from a text file, for an editor or a program of the press office. Python 3.11 or newer, nothing else.

    SIMPUL_API=https://simpul.example python3 publish_post.py pompa.txt --email penulis.dpu@balikpapan.example --agency dpu \
        --picture pompa.jpg --alt 'Pompa air di Jalan Contoh' --publish

The first line of the text is `# The title`, the rest is Markdown; the picture is the cover and stands where the text says `{picture}`. Which
post it became is noted in `pompa.txt.post`: run again after a change of the text, it changes the same post, and never what somebody else has
saved meanwhile. Without --publish it stays a draft; who may not publish submits it. To publish what readers already had, say what is new with
--note, or that it is a small correction with --minor. SIMPUL_API is the address of your server.

The password is asked for once, or in SIMPUL_PASSWORD. Then a refresh token lies in `~/.simpul-session` (SIMPUL_SESSION names another file), which only
its owner can read: whoever has that file acts as you. `--sign-out` ends that session and removes the file. SIMPUL_PASSWORD or another --email sign in anew.
"""

from __future__ import annotations

import argparse
import getpass
import http.client
import json
import os
import random
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path
from typing import Any, NoReturn

ATTEMPTS = 6
LONGEST_WAIT = 120.0
LATER = {0, 408, 429, 502, 503, 504}


class Answer:
    """Status, headers and JSON of an answer; status 0 when there is none, or it is not from the API."""

    def __init__(self, status: int, headers: Any, body: Any) -> None:
        self.status, self.headers, self.body = status, headers, body or {}

    @property
    def waits(self) -> bool:
        """True when the same request may succeed later. Everything else below 500 would be refused again."""
        return self.status in LATER or (self.status == 409 and "Retry-After" in self.headers)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: password and tokens are for this server alone."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Session:
    """A person who is signed in. The refresh token lies in a file that only its owner reads, so that a password is needed once.

    A password in the environment is tried also when there is a session: a wrong one must not go unnoticed.
    """

    def __init__(self, base: str, email: str, file: Path) -> None:
        host = urllib.parse.urlsplit(base)
        if host.scheme != "https" and host.hostname not in {"localhost", "127.0.0.1"}:
            stop("SIMPUL_API harus https: kata sandi tidak dikirim tanpa enkripsi.")
        self.base, self.email, self.file = base.rstrip("/"), email, file
        self.kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        self.kept = self.kept if self.kept.get("email") == email else {"email": email}
        if os.environ.get("SIMPUL_PASSWORD"):
            self.kept.pop("refresh_token", None)
        self.access, self._opener = "", urllib.request.build_opener(_Stay)

    def send(self, method: str, path: str, body: Any = None, more: dict[str, str] | None = None) -> Answer:
        """A request as this person. A write whose answer was lost is sent again under its Idempotency-Key, and done once."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **(more or {})}
        headers |= {} if method == "GET" else {"Idempotency-Key": secrets.token_hex(16)}
        if not self.access:
            self._renew()
        answer = self._patiently(method, path, data, headers)
        if answer.status == 401:
            # An access token works for ten minutes.
            self._renew()
            answer = self._patiently(method, path, data, headers)
        return answer

    def _renew(self) -> None:
        if token := self.kept.pop("refresh_token", None):
            answer = self._sign("refresh", {"refresh_token": token})
            if answer.status == 200:
                return self._keep(answer.body)
        password = os.environ.get("SIMPUL_PASSWORD") or getpass.getpass(f"Kata sandi {self.email}: ")
        device = {"device_token": self.kept["device_token"]} if "device_token" in self.kept else {}
        answer = self._sign("login", {"email": self.email, "password": password, **device})
        if answer.status != 200:
            stop(told(answer))
        if answer.body["password_change_needed"]:
            stop("Kata sandi ini dibuat orang lain. Ganti dahulu: POST /manage/v1/auth/password.")
        return self._keep(answer.body)

    def end(self) -> None:
        """Sign out, and remove the file. It stays while the server does not answer: the session would stay open without it."""
        answer = self._sign("refresh", {"refresh_token": self.kept.get("refresh_token", "")})
        if answer.status == 200:
            self._keep(answer.body)
            answer = self._patiently("POST", "/manage/v1/auth/logout", b"", {})
        if answer.waits or answer.status >= 500:
            stop(told(answer))
        self.file.unlink()

    def _sign(self, what: str, body: dict[str, str]) -> Answer:
        self.access, headers = "", {"Content-Type": "application/json"}
        return self._patiently("POST", f"/manage/v1/auth/{what}", json.dumps(body).encode(), headers)

    def _keep(self, tokens: dict[str, Any]) -> None:
        """A refresh token works once, so its successor is on the disk before anything is done with it."""
        self.kept |= {name: tokens[name] for name in ("refresh_token", "device_token") if name in tokens}
        write(self.file, self.kept)
        self.access = tokens["access_token"]

    def _patiently(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        for attempt in range(ATTEMPTS):
            answer = self._once(method, path, data, headers)
            if not answer.waits or attempt == ATTEMPTS - 1:
                break
            asked = answer.headers.get("Retry-After", "")
            seconds = (float(asked) if asked.isdigit() else 2.0**attempt) * random.uniform(1.0, 1.5)
            if seconds > LONGEST_WAIT:
                break
            print(f"Menunggu {seconds:.0f} detik ...", file=sys.stderr)
            time.sleep(seconds)
        return answer

    def _once(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        signed = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        request = urllib.request.Request(self.base + path, data, headers | signed, method=method)
        request.add_header("Accept-Language", "id")
        try:
            try:
                with self._opener.open(request, timeout=60) as answer:
                    return Answer(answer.status, answer.headers, json.loads(answer.read() or b"null"))
            except urllib.error.HTTPError as error:
                return Answer(error.code, error.headers, json.loads(error.read() or b"null"))
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(0, {}, None)


def told(answer: Answer) -> str:
    """A refusal in words for people: what the server says, and each fault with its place."""
    if not answer.status:
        return "Server tidak menjawab. Coba lagi nanti: tidak ada yang hilang."
    places = [(each.get("pointer") or each.get("parameter") or "", each) for each in answer.body.get("errors", [])]
    faults = [f"\n  {place}: {each['detail']}" for place, each in places]
    again = f" Coba lagi setelah {answer.headers['Retry-After']} detik." if "Retry-After" in answer.headers else ""
    return f"{answer.body.get('title', answer.status)}. {answer.body.get('detail', '')}{again}{''.join(faults)}"


def checked(answer: Answer) -> Any:
    """What came back, after its warnings; ends the program with the reason when it was refused."""
    if not 200 <= answer.status < 300:
        stop(told(answer))
    for warning in answer.body["meta"].get("warnings", []):
        print("Perhatian:", warning["detail"], file=sys.stderr)
    return answer.body["data"]


def stop(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    sys.exit(1)


def write(file: Path, values: dict[str, str]) -> None:
    """Beside the file first, and for the owner's eyes alone: whatever happens, one of the two is whole."""
    beside = file.with_name(file.name + ".new")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as output:
        json.dump(values, output)
    beside.replace(file)


def upload(session: Session, file: Path, alt: str, credit: str | None) -> str:
    """The id of the picture in the library. The same picture again is the same id."""
    boundary = secrets.token_hex(16)
    fields = {"alt": alt, **({"credit": credit} if credit else {})}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    name = "".join(letter for letter in file.name if letter.isalnum() or letter in "._-")
    parts.append(f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
    begin, end = "".join(f"--{boundary}\r\n{part}" for part in parts), f"\r\n--{boundary}--\r\n"
    body, kind = begin.encode() + file.read_bytes() + end.encode(), f"multipart/form-data; boundary={boundary}"
    answer = session.send("POST", "/manage/v1/media", body, {"Content-Type": kind})
    return str(checked(answer)["id"])


def uuid7() -> str:
    """An id that sorts by time, as the API wants it."""
    moment, dice = int(time.time() * 1000), secrets.randbits(74)
    return str(uuid.UUID(int=moment << 80 | 7 << 76 | dice >> 62 << 64 | 2 << 62 | dice & (1 << 62) - 1))


def save(session: Session, note: Path, content: dict[str, Any], seen: str | None) -> dict[str, Any]:
    """Create the post, or change that of last time, after a rehearsal. The note has the version that the text was written for."""
    kept: dict[str, str] = json.loads(note.read_text()) if note.exists() else {"id": uuid7()}
    path = f"/manage/v1/posts/{kept['id']}"
    if "version" in kept:
        condition = {"If-Match": seen or kept["version"]}
        answer = session.send("PATCH", f"{path}?dry_run=true", content, condition)
        if answer.status < 300:
            answer = session.send("PATCH", path, content, condition)
    else:
        checked(session.send("POST", "/manage/v1/posts?dry_run=true", content))
        # The id is noted before it is used: when the answer is lost, the next run finds the post.
        write(note, kept)
        answer = session.send("PUT", path, content, {"If-None-Match": "*"})
    if answer.status == 412 or answer.body.get("code") == "already_exists":
        answer = compared(session.send("GET", path), content)
    post: dict[str, Any] = checked(answer)
    write(note, {"id": post["id"], "version": post["version"]})
    return post


def compared(present: Answer, content: dict[str, Any]) -> Answer:
    """What is there, when it says the same. Else both texts are shown, because only a person can decide."""
    theirs = checked(present)
    lines = [f"  {name}: {theirs[name]!r}, Anda: {mine!r}" for name, mine in content.items() if theirs[name] != mine]
    if lines:
        merge = "Gabungkan, lalu jalankan lagi dengan --seen"
        stop("\n".join([f"Orang lain menyimpan versi {theirs['version']}. {merge} {theirs['version']}", *lines]))
    return present


def arguments() -> argparse.Namespace:
    """What was asked for; ends the program with its usage when something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, nargs="?")
    for name in ("email", "agency", "credit"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--kind", default="berita")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--alt", help="what the picture shows, for who cannot see it")
    parser.add_argument("--seen", help="the version that you have read, after somebody else saved it")
    update = parser.add_mutually_exclusive_group()
    update.add_argument("--note", help="what is new, for readers who had the post before")
    update.add_argument("--minor", action="store_true", help="a small correction, of which readers need not be told")
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--sign-out", action="store_true", help="end the session of last time, and do nothing else")
    given = parser.parse_args()
    if not os.environ.get("SIMPUL_API"):
        parser.error("set SIMPUL_API to the address of your server")
    if not given.sign_out and not (given.text and given.email and given.agency):
        parser.error("a text, --email and --agency are needed")
    if given.picture and not given.alt:
        parser.error("--picture needs --alt")
    return given


def main() -> None:
    given, file = arguments(), Path(os.environ.get("SIMPUL_SESSION", Path.home() / ".simpul-session"))
    if given.sign_out:
        sign_out(file)
        return
    title, _, body = given.text.read_text(encoding="utf-8").partition("\n")
    session = Session(os.environ["SIMPUL_API"], given.email, file)
    content = {"agency": given.agency, "kind": given.kind, "title": title.lstrip("# ").strip(), "body": body.strip()}
    if given.picture:
        content["cover"] = upload(session, given.picture, given.alt, given.credit)
        content["body"] = content["body"].replace("{picture}", f"![](/v1/media/{content['cover']})")
    note = given.text.with_name(given.text.name + ".post")
    post = save(session, note, content, given.seen)
    if given.publish:
        post = published(session, post, given.note, is_minor=given.minor)
        write(note, {"id": post["id"], "version": post["version"]})
    print(post["state"], f"{session.base}/go/{post['id']}" if post["state"] == "published" else post["id"])


def sign_out(file: Path) -> None:
    """End the session that is kept there. None is no fault."""
    os.environ.pop("SIMPUL_PASSWORD", None)
    if file.exists():
        Session(os.environ["SIMPUL_API"], json.loads(file.read_text())["email"], file).end()
    print("Anda sudah keluar.")


def published(session: Session, post: dict[str, Any], note: str | None, *, is_minor: bool = False) -> dict[str, Any]:
    """Publish, or submit where this person may not, or where a second one has to look at it first."""
    path, version = f"/manage/v1/posts/{post['id']}", post["version"]
    allowed = post["allowed_actions"]
    if "publish" in allowed:
        update = {**({"change_note": note} if note else {}), **({"update": "minor"} if is_minor else {})}
        answer = session.send("POST", f"{path}/publish", update, {"If-Match": version})
        if any(each["code"] == "needed_for_major" for each in answer.body.get("errors", [])):
            stop("Pembaca pernah menerima ini: tambahkan --note 'apa yang baru', atau --minor untuk perbaikan kecil.")
        return dict(checked(answer))
    if "submit" in allowed:
        comment = {"comment": note} if note else {}
        return dict(checked(session.send("POST", f"{path}/submit", comment, {"If-Match": version})))
    stop(f"Keadaannya {post['state']}: Anda tidak dapat menerbitkan atau mengajukannya sekarang.")


if __name__ == "__main__":
    main()
