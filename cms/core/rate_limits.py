"""How much a caller may send in a minute: the state of each caller, and the header fields that tell it.

A quota may be used at once, and comes in again evenly (generic cell rate algorithm, ITU-T I.371). What a request costs is known when
it is answered: one is admitted while anything is left, and pays afterwards, if need be by going without for a moment longer.

The header fields are those of draft-ietf-httpapi-ratelimit-headers-11.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from cms.core.errors import TooManyRequests

MINUTE: Final = 60.0
WHOLE, TENTH, NOTHING = 10, 1, 0
"""Costs, in tenths of a request: of an answer, of one that says that nothing has changed, and of one that is not the caller's fault."""
MOST_CALLERS: Final = 20_000
"""Some 6 MB. Of more in the same minute those that came first are forgotten, and start anew."""
ROUNDING: Final = 0.001
"""Seconds, or requests, that sums of fractions may be too many."""
NOT_MODIFIED, BAD_REQUEST, TOO_MANY, SERVER_ERROR = 304, 400, 429, 500

Header = tuple[str, str]


def cost_of(status: int) -> int:
    """What an answer with this status costs, in tenths of a request."""
    if status == NOT_MODIFIED:
        return TENTH
    return NOTHING if status == TOO_MANY or status >= SERVER_ERROR else WHOLE


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests of one caller in a minute, under a name that the header fields say."""

    name: str
    per_minute: int
    header: Header = field(init=False)
    tenth: float = field(init=False)
    """Seconds in which a tenth of a request comes in again."""

    def __post_init__(self) -> None:
        """Work out once what every answer needs."""
        object.__setattr__(self, "header", ("RateLimit-Policy", f'"{self.name}";q={self.per_minute};w={MINUTE:.0f}'))
        object.__setattr__(self, "tenth", MINUTE / self.per_minute / WHOLE)

    def told(self, left: int, seconds: int) -> Header:
        """The header field that says how many requests are left, and in how many seconds more come in."""
        return "RateLimit", f'"{self.name}";r={left};t={seconds}'


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: `left` requests, and more in so many seconds."""

    policy: Policy
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that tell it."""
        return dict((self.policy.header, self.policy.told(self.left, self.seconds)))


class Untold(deque["Allowance"]):
    """Those who have used something that the other processes were not told of."""


class Allowance:
    """What one caller may still send. Moments are monotonic seconds."""

    __slots__ = ("_lock", "_untold", "due", "name", "policy", "spent")

    def __init__(self, policy: Policy, name: str, untold: Untold | None = None) -> None:
        self.policy, self.name = policy, name
        self.due = 0.0
        """When all that was used will have come in again."""
        self.spent = 0
        """Tenths of a request that the other processes were not told of yet."""
        self._lock, self._untold = Lock(), untold

    def wait(self, moment: float) -> float:
        """Seconds until a request is admitted; 0 when it is."""
        wait = self.due + self.policy.tenth - MINUTE - moment
        return wait if wait > ROUNDING else 0.0

    def check(self, moment: float) -> None:
        """Raise `TooManyRequests` when a request is not admitted now."""
        wait = self.wait(moment)
        if wait:
            seconds = math.ceil(wait)
            raise TooManyRequests("too_many_requests", headers=fields_of_refusal(self.policy, seconds), seconds=seconds)

    def charge(self, moment: float, tenths: int) -> tuple[Header, Header]:
        """Take what an answer costs; the header fields that it carries."""
        policy = self.policy
        with self._lock:
            due = self.due
            due = (max(moment, due)) + policy.tenth * tenths
            self.due = due
            if self._untold is not None:
                if not self.spent:
                    self._untold.append(self)
                self.spent += tenths
        ahead = due - moment
        left = int((MINUTE - ahead) / (policy.tenth * WHOLE) + ROUNDING)
        if left < 1:
            # All of it is a minute away, the next request is not.
            return policy.header, policy.told(0, max(1, math.ceil(ahead + policy.tenth - MINUTE)))
        return policy.header, ("RateLimit", f'"{policy.name}";r={left};t={math.ceil(ahead)}')

    def take_untold(self) -> int:
        """What the other processes were not told of, which is taken as told now."""
        with self._lock:
            spent, self.spent = self.spent, 0
        return spent

    def learn(self, ahead: float, moment: float) -> None:
        """Learn that the requests of all processes together will have come in again after `ahead` seconds."""
        with self._lock:
            self.due = max(self.due, moment + ahead)


def fields_of_refusal(policy: Policy, seconds: int) -> dict[str, str]:
    """The header fields for a caller who must wait so many seconds."""
    return {"Retry-After": str(seconds), **Standing(policy, 0, seconds).headers}


class Allowances:
    """The allowances of all callers that this process has seen lately. A name belongs to one policy."""

    def __init__(self, untold: Untold | None = None) -> None:
        self._known: dict[str, Allowance] = {}
        self._lock, self._untold = Lock(), untold

    def of(self, policy: Policy, name: str, moment: float) -> Allowance:
        """The allowance of a caller; a new one is full."""
        return self._known.get(name) or self._made(policy, name, moment)

    def _made(self, policy: Policy, name: str, moment: float) -> Allowance:
        with self._lock:
            if len(self._known) >= MOST_CALLERS:
                self._make_room(moment)
            return self._known.setdefault(name, Allowance(policy, name, self._untold))

    def _make_room(self, moment: float) -> None:
        """Forget who has all of the quota again, which is as good as new; half of the others when they are too many."""
        kept = [(name, each) for name, each in self._known.items() if each.due > moment or each.spent]
        self._known = dict(kept if len(kept) < MOST_CALLERS else kept[MOST_CALLERS // 2 :])

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._known = {}
