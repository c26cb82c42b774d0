"""How long writes without an answer are waited for, and what is certainly ours, while a test does not depend on it."""

_LIVE = "pytest_seam_sandbox.backends.live"


def arrives_at_once(monkeypatch, seconds=0.1):
    """Nobody waits long for a write without an answer, and a busy machine may take a minute for what it makes."""
    monkeypatch.setattr(f"{_LIVE}.reversal.ARRIVES_WITHIN", seconds)
    monkeypatch.setattr(f"{_LIVE}.reversal.LOOKS_AGAIN_AFTER", seconds)
    for module in ("rules", "access_rules"):
        monkeypatch.setattr(f"{_LIVE}.undoing.{module}.ARRIVES_WITHIN", 60.0)


def hold_clock(monkeypatch):
    """Connections go by the dates of answers alone: no time passes between two answers, however busy the machine is."""
    monkeypatch.setattr(f"{_LIVE}.connection._running", lambda: 0.0)
