"""What a mail says at this moment: its messages, as far as its person may see them now and they are still worth it."""

from __future__ import annotations

from collections.abc import Sequence

from cms.core.runtime import runtime
from cms.editorial.items.models import Item
from cms.notifications.links import link_of, unsubscribe_link
from cms.notifications.mail_text import Entry, Letter
from cms.notifications.models import SUMMARY, Mail, Notification, NotificationSettings
from cms.notifications.policies import ABOUT_ITEMS, SECURITY, Kind, MailWay, still_holds, way_of
from cms.notifications.posting import gets_mail
from cms.notifications.queries import Person, find_items, find_people, find_settings, notifications_of
from cms.notifications.words import KINDS, day_in_words, sentence_of


def letter_of(mail: Mail) -> Letter | None:
    """The mail as it would be sent now; None when there is nobody to send it to, or nothing to say."""
    people, settings = find_people([mail.user_id]), find_settings([mail.user_id]).get(mail.user_id)
    if not people or not gets_mail(people[0], settings):
        return None
    person = people[0]
    entries = _entries(person, notifications_of([mail.id])[mail.id], settings)
    if not entries:
        return None
    return Letter(
        mail_id=mail.id,
        to_name=person.actor.label,
        to_address=person.email,
        subject=_subject(mail, entries),
        intro=_intro(mail),
        entries=entries,
        made_at=mail.created_at,
        unsubscribe=None if mail.kind in SECURITY else unsubscribe_link(mail.user_id, mail.kind),
        what_stops="ringkasan harian" if mail.kind == SUMMARY else f"pesan “{KINDS[mail.kind].id}”",
    )


def _entries(person: Person, messages: Sequence[Notification], settings: NotificationSettings | None) -> list[Entry]:
    """The messages that the person still wants and may see, with titles as they are now."""
    choices = settings.choices if settings else {}
    items = find_items(each.resource_id for each in messages if each.kind in ABOUT_ITEMS)
    city = runtime().settings.city_channel
    return [
        _entry(each, item)
        for each in messages
        if way_of(kind := Kind(each.kind), choices).mail is not MailWay.OFF
        and still_holds(kind, each.facts, person.actor, item := items.get(each.resource_id), city)
    ]


def _entry(message: Notification, item: Item | None) -> Entry:
    title = None if item is None else item.title
    return Entry(sentence_of(message, title, runtime().settings.city_timezone).id, link_of(message))


def _subject(mail: Mail, entries: Sequence[Entry]) -> str:
    kind = KINDS[mail.kind].id
    if mail.kind == SUMMARY:
        return f"{kind} {day_in_words(mail.created_at, runtime().settings.city_timezone)}: {len(entries)} pesan"
    return f"{kind}: {entries[0].sentence}" if len(entries) == 1 else f"{kind}: {len(entries)} pesan"


def _intro(mail: Mail) -> str:
    if mail.kind == SUMMARY:
        return "Ini yang terjadi sejak ringkasan terakhir:"
    return "Ada pesan untuk Anda dari Simpul:"
