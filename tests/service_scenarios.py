"""The modules that have scenarios of services, for tests/test_services.py: a new one is an import and a line here.

Each has `SCENARIOS`, by the name of the service, and may have `SILENT`: the names of services that tell the log nothing.
"""

from __future__ import annotations

from types import ModuleType

from tests.accounts import scenarios as account_scenarios
from tests.consumers import scenarios as consumer_scenarios
from tests.core import scenarios as core_scenarios
from tests.editorial import history_scenarios, repost_scenarios, review_scenarios, time_scenarios
from tests.erasures import scenarios as erasure_scenarios
from tests.file_texts import scenarios as file_text_scenarios
from tests.language import scenarios as language_scenarios
from tests.media import scenarios as media_scenarios
from tests.moderation import scenarios as moderation_scenarios
from tests.notifications import scenarios as notification_scenarios
from tests.offices import scenarios as office_scenarios
from tests.search import scenarios as search_scenarios
from tests.virus_scans import scenarios as virus_scan_scenarios
from tests.webhooks import scenarios as webhook_scenarios

MODULES: tuple[ModuleType, ...] = (
    account_scenarios,
    core_scenarios,
    history_scenarios,
    review_scenarios,
    repost_scenarios,
    time_scenarios,
    moderation_scenarios,
    office_scenarios,
    media_scenarios,
    webhook_scenarios,
    consumer_scenarios,
    notification_scenarios,
    file_text_scenarios,
    language_scenarios,
    erasure_scenarios,
    virus_scan_scenarios,
    search_scenarios,
)
IN_STEPS_OF_ACCOUNTS = account_scenarios.IN_STEPS
