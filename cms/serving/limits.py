"""How much readers may send (R-A10): servers by their key, apps and pages in browsers by key and address, all others by address.

Counted in the memory of each process, so that a reader's request waits for no other server (docs/decisions/0086-limits.md).
"""

from __future__ import annotations

from typing import Protocol

from cms.consumers.key_cache import KeyHolder
from cms.consumers.models import ConsumerKind
from cms.core.addresses import subscriber
from cms.core.rate_limits import Allowance, Allowances, Policy, Untold
from config import Settings

BY_ADDRESS = frozenset({ConsumerKind.MOBILE.value, ConsumerKind.BROWSER.value})
"""Kinds of consumers whose key is in many hands: one of them must not use up what the others need."""


class Counting(Protocol):
    """How the requests of a caller are counted."""

    def allowance(self, address: str | None, moment: float) -> Allowance | None:
        """The allowance of a request from this address; None without a limit."""


class Unlimited:
    """A caller whose requests are not limited."""

    def allowance(self, _address: str | None, _moment: float) -> None:
        """None, whatever the address."""


UNLIMITED = Unlimited()


class ByKey:
    """All requests with a key are one, wherever they come from."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance

    def allowance(self, _address: str | None, _moment: float) -> Allowance:
        """The same for every address."""
        return self._allowance


class ByAddress:
    """Each address is counted by itself; an IPv6 network of 64 bits is one address."""

    def __init__(self, allowances: Allowances, policy: Policy, name: str) -> None:
        self._allowances, self._policy, self._name = allowances, policy, f"{name} {policy.per_minute} "

    def allowance(self, address: str | None, moment: float) -> Allowance:
        """That of the address."""
        return self._allowances.of(self._policy, self._name + subscriber(address or "unknown"), moment)


class ReaderLimits:
    """The limits of readers in this process."""

    def __init__(self, settings: Settings) -> None:
        self.untold = Untold() if settings.redis_url else None
        """What `cms.core.shared_limits` tells the other processes."""
        self._addresses = Allowances(self.untold)
        self._of_kind = {
            kind.value: settings.delivery_app_per_minute if kind in BY_ADDRESS else settings.delivery_per_minute
            for kind in ConsumerKind
        }
        # By key and limit: kept answers hold them.
        self._countings: dict[tuple[str, int], Counting] = {}
        self._anonymous = settings.delivery_anonymous_per_minute
        self.anonymous = self._by_address("address", settings.delivery_anonymous_per_minute, "anonymous")
        """Requests without a key."""
        self.strangers = self._by_address("address", settings.delivery_anonymous_per_minute, "stranger")
        """Requests that show no key where one is needed, or one that does not hold."""

    def of(self, holder: KeyHolder) -> Counting:
        """How requests of the holder of a key are counted; of one without a key those without a key."""
        if not holder.key_id:
            return self.anonymous
        per_minute = self.per_minute(holder)
        found = self._countings.get((holder.key_id, per_minute))
        if found is None:
            found = self._countings.setdefault((holder.key_id, per_minute), self._counting(holder, per_minute))
        return found

    def per_minute(self, holder: KeyHolder) -> int:
        """Requests in a minute, in all or from each address; 0 without a limit."""
        if not holder.key_id:
            return self._anonymous
        return self._of_kind[holder.kind] if holder.per_minute is None else holder.per_minute

    def forget(self) -> None:
        """Start anew."""
        self._addresses.forget()
        self._countings.clear()

    def _counting(self, holder: KeyHolder, per_minute: int) -> Counting:
        if holder.kind in BY_ADDRESS:
            return self._by_address("key-and-address", per_minute, holder.key_id)
        if not per_minute:
            return UNLIMITED
        # Not among the addresses, which are forgotten when there are too many.
        return ByKey(Allowance(Policy("key", per_minute), f"{holder.key_id} {per_minute}", self.untold))

    def _by_address(self, policy: str, per_minute: int, name: str) -> Counting:
        return ByAddress(self._addresses, Policy(policy, per_minute), name) if per_minute else UNLIMITED
