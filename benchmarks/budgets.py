"""What is promised: one row for each budget, in the order of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Budget:
    """A promise. group: the part of the benchmarks that measures it. scale: what the unit is in seconds or bytes.

    at_least: whether more is better.
    """

    group: str
    what: str
    limit: float
    unit: str = "x"
    scale: float = 1.0
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value, in the unit, keeps the promise."""
        return value >= self.limit if self.at_least else value <= self.limit

    def used(self, value: float) -> float:
        """The part of the budget that a value takes; more than 1 is a miss."""
        return self.limit / value if self.at_least else value / self.limit

    def text(self) -> str:
        """The limit as the table shows it."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


_PEER = "fake-seam-connect"

BUDGETS: Mapping[str, Budget] = MappingProxyType(
    {
        "get": Budget("sdk", "SDK `devices.get`, the same again ÷ constant answer", 1.10),
        "get_other": Budget("sdk", "SDK `devices.get`, another device each time ÷ constant answer", 1.12),
        "unlock": Budget("sdk", "SDK `locks.unlock_door`, default wait, the same again ÷ constant answer", 1.15),
        "unlock_other": Budget(
            "sdk", "SDK `locks.unlock_door`, default wait, another device each time ÷ constant answer", 1.25
        ),
        "list": Budget("sdk", "SDK `devices.list` of 500 ÷ constant answer", 1.05),
        "page_first": Budget("pages", "first page of `devices.list`, 100,000 rows ÷ 10 rows", 1.2),
        "page_middle": Budget("pages", "middle page of `devices.list`, 100,000 rows ÷ 10 rows", 1.2),
        "page_events": Budget("pages", "page of `events.list`, 100,000 rows ÷ 10 rows", 1.2),
        "newest_event": Budget("look", "`sandbox.events[-1]`, 10,000 events ÷ 10", 2),
        "expect_newest": Budget("look", "`expect_event` of the newest type, 10,000 events ÷ 10", 2),
        "expect_oldest": Budget("look", "`expect_event` of the oldest event, 10,000 events ÷ 10", 2),
        "expect_none": Budget("look", "`expect_no_event`, 10,000 events ÷ 10", 2),
        "account_lost": Budget("look", "`account_disconnected` over 1,000 devices, in and out", 0.5, "s"),
        "unknown_device": Budget("look", "`get_device` of an unknown id among 100,000 devices", 5, "ms", 1e-3),
        "unknown_phone": Budget("look", "`get_phone` of an unknown id among 100,000 devices", 5, "ms", 1e-3),
        "unknown_account": Budget(
            "look", "`get_connected_account` of an unknown id among 100,000 devices", 5, "ms", 1e-3
        ),
        "fresh": Budget("state", "fresh empty `Sandbox()`", 50, "µs", 1e-6),
        "snapshot": Budget("state", "`snapshot()` + `restore()`, 1,000 devices", 20, "µs", 1e-6),
        "unused": Budget("startup", "installed, unused: added to `pytest --collect-only`, CPU", 3, "ms", 1e-3),
        "first_use": Budget(
            "first_use",
            "first use in a process (import, sandbox, device, call) ÷ importing httpx and pydantic, CPU",
            1.8,
        ),
        "server_start": Budget("server", "loopback server, start to first answer", 5, "ms", 1e-3),
        "server_stop": Budget("server", "loopback server, stop", 20, "ms", 1e-3),
        "server_call": Budget("server", "loopback server, a call ÷ constant-answer server of the same kind", 1.3),
        "peer_inside": Budget("peer", f"SDK `devices.get` in process, times as fast as {_PEER}", 4, at_least=True),
        "peer_server": Budget("peer", f"SDK `devices.get` by our server, times as fast as {_PEER}", 1.8, at_least=True),
        "peer_test": Budget("peer", f"a whole test from a clean state, times as fast as {_PEER}", 300, at_least=True),
        "memory": Budget("memory", "memory per device at 100,000, JSON rendered", 3, "KiB", 1024),
        "machine": Budget("machine", "`SandboxMachine`, 10 steps: the sandbox's share of a run", 20, "%"),
        "webhook": Budget("webhooks", "webhook, event to verified delivery ÷ a direct call of the same app", 3),
        "suite": Budget("suite", "the project's own suite, one transport, 2 workers", 60, "s"),
    }
)
