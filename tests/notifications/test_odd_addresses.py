"""Names, addresses and titles that could add headers, turn text around, or be no address at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.notifications.mail_servers import MailBox, taking_mail
from tests.notifications.telling import FROM, Newsroom, address, mails, rename, send_all

Send = Callable[[], None]


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Siti “Ráhmah”, S.T.", "siti,rahmah@balikpapan.example"),
        ("J. <b>Doe</b> & Co", 'a"b@balikpapan.example'),
        ("علي بن أحمد", "ali<x>@balikpapan.example"),
        ("Nama\r\nBcc: lain@balikpapan.example", "biasa@balikpapan.example"),
        ("Balik \u202eatak", "titik..ganda@balikpapan.example"),
        ("=?utf-8?q?tipu?=", "sítí@balikpapan.example"),
        ("", ".awal@balikpapan.example"),
    ],
)
def test_odd_names_and_addresses_get_their_mail_and_add_no_header(
    app: Flask, newsroom: Newsroom, box: MailBox, send: Send, name: str, email: str
) -> None:
    rename(app, newsroom.editor, name=name, email=email)
    newsroom.submitted(title="Judul “dengan” <script>alert(1)</script> & ]]>")
    send()

    (mail,) = [each for each in box.received if each.recipient != address(newsroom.central)]
    assert mail.recipient.replace('"', "").replace("\\", "") == email.replace('"', "").replace("\\", "")
    assert sorted(set(mail.mail.keys())) == sorted(
        {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"}
        | {"MIME-Version", "Content-Type"}
        | ({"X-Peer", "X-MailFrom", "X-RcptTo"} & set(mail.mail.keys()))
    )
    assert "\u202e" not in mail.text + mail.html + str(mail.mail["To"])
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert all(len(line) <= 998 for line in mail.raw.split(b"\r\n"))


def test_an_address_beyond_ascii_is_refused_where_the_server_does_not_take_it(
    app: Flask, newsroom: Newsroom, set_up: Callable[..., None]
) -> None:
    with taking_mail(utf8=False) as box:
        set_up(mail_url=box.url, mail_from=FROM)
        rename(app, newsroom.editor, email="sítí@balikpapan.example")
        newsroom.submitted()
        send_all(app)
        assert [each.recipient for each in box.received] == [address(newsroom.central)]
    assert sorted(mail.state for mail in mails(app)) == ["refused", "sent"]
