"""What callers have used, told to the other processes by Redis and learned from them: in the background, several times a second.

No request waits for Redis. When it is stopped, slow or emptied, each process goes on with what it has counted itself.

Loaded only where REDIS_URL is set: its library takes a tenth of a second of a start.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from threading import Event, Thread
from typing import Final

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from cms.core import clock
from cms.core.logging import get_logger
from cms.core.metrics import LIMITS_ALONE
from cms.core.rate_limits import MINUTE, Allowance, Untold
from cms.core.secrets import derived_secret
from config import Settings

log = get_logger(__name__)

SHARE_SECONDS: Final = 0.2
"""How often a process tells what was used. What others admit meanwhile, they admit without knowing of it."""
PATIENCE_SECONDS: Final = 0.5
"""How long Redis may take for an answer."""
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 1.0, 15.0
"""How long Redis is left alone when it has failed, and failed again."""
MOST_AT_ONCE: Final = 1_000
MICROSECOND: Final = 1e-6
# For each caller the moment (microseconds of Redis' own clock) when all that was used will have come in again, moved on by what this
# process tells. Nobody waits longer than a minute because processes did not know of each other for a moment.
TELL: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ahead = {}
for each, name in ipairs(KEYS) do
  local due = tonumber(redis.call('GET', name) or 0)
  due = math.min(math.max(due, now) + tonumber(ARGV[each]), now + tonumber(ARGV[#KEYS + 1]))
  redis.call('SET', name, string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000) + 1)
  ahead[each] = string.format('%.0f', due - now)
end
return ahead
"""


class SharedLimits:
    """Tells and learns, for the callers that a process has counted."""

    def __init__(self, settings: Settings, untold: Untold) -> None:
        self._untold = untold
        self._secret = derived_secret(settings.secret_key, "limits")
        self._redis = self.connected(settings)
        self._script = self._redis.register_script(TELL)
        self._rest, self._rest_until = 0.0, 0.0

    @staticmethod
    def connected(settings: Settings) -> Redis:
        """The Redis of the settings; connected when it is asked for something."""
        found: Redis = Redis.from_url(
            settings.redis_url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            # A failure is the end of this turn; the next one comes by itself.
            retry=Retry(NoBackoff(), 0),
            client_name="simpul",
        )
        return found

    def share(self) -> bool:
        """Tell what was used since the last time, and learn what all have used; False when Redis does not answer, or rests."""
        used = self._taken()
        moment = clock.monotonic()
        if moment < self._rest_until:
            return False
        try:
            for first in range(0, len(used), MOST_AT_ONCE):
                self._tell(used[first : first + MOST_AT_ONCE])
            if not used and self._rest:
                self._redis.ping()
        except (RedisError, OSError) as error:
            self._leave_alone(moment, error)
            return False
        self._come_back()
        return True

    def _taken(self) -> list[tuple[Allowance, int]]:
        """What this process has not told yet. Whatever happens to it, this process itself has counted it."""
        found = []
        while self._untold:
            allowance = self._untold.popleft()
            found.append((allowance, allowance.take_untold()))
        return found

    def _tell(self, used: Sequence[tuple[Allowance, int]]) -> None:
        names = [self._name(allowance) for allowance, _ in used]
        spans = [round(tenths * allowance.policy.tenth / MICROSECOND) for allowance, tenths in used]
        moment = clock.monotonic()
        found = self._script(keys=names, args=[*spans, round(2 * MINUTE / MICROSECOND)])
        for (allowance, _), ahead in zip(used, found, strict=True):
            allowance.learn(int(ahead) * MICROSECOND, moment)

    def _name(self, allowance: Allowance) -> str:
        """Under which Redis knows a caller; nobody reads addresses there."""
        told = hashlib.blake2b(allowance.name.encode(), key=self._secret, digest_size=16).hexdigest()
        return f"simpul:limits:{told}"

    def _leave_alone(self, moment: float, error: Exception) -> None:
        if not self._rest:
            log.warning("limits_alone", reason=type(error).__name__)
        self._rest = min(self._rest * 2, LONGEST_REST_SECONDS) or FIRST_REST_SECONDS
        self._rest_until = moment + self._rest
        LIMITS_ALONE.set(1)

    def _come_back(self) -> None:
        if self._rest:
            log.info("limits_shared")
        self._rest = 0.0
        LIMITS_ALONE.set(0)


def asked_version(settings: Settings) -> str:
    """The version that Redis names. Raises `ConnectionError` when it does not answer, or refuses."""
    try:
        with SharedLimits.connected(settings) as redis:
            return str(redis.info("server")["redis_version"])
    except (RedisError, OSError, KeyError) as error:
        raise ConnectionError(type(error).__name__) from error


def start_sharing(settings: Settings, untold: Untold) -> None:
    """Share limits from now on, on a thread that ends with this process; called in each web process."""
    shared, never = SharedLimits(settings, untold), Event()

    def go_on() -> None:
        while not never.wait(SHARE_SECONDS):
            try:
                shared.share()
            except Exception:
                # What nobody thought of must not end the sharing for as long as this process lives.
                log.exception("limits_not_shared")

    Thread(target=go_on, name="limits", daemon=True).start()
