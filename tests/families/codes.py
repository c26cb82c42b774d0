"""What the tests of access codes share: stays, and short looks at a code and at the log."""

from datetime import timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def stay(sandbox, device, *, starts_in, lasts=DAY, **details):
    """A code for a stay."""
    start = sandbox.clock.now() + starts_in
    return sandbox.create_access_code(device, starts_at=start, ends_at=start + lasts, **details)


def look(seam, code):
    """The code as it is now."""
    return seam.access_codes.get(access_code_id=code.access_code_id)


def status(seam, code):
    """Where the code stands: unset, setting, set or removing."""
    return look(seam, code).status


def pending(code):
    """What is still to be done to the code on its lock."""
    return [mutation.mutation_code for mutation in code.pending_mutations]


def log(sandbox):
    """The types of the events about access codes, oldest first."""
    return [event.event_type for event in sandbox.events if event.event_type.startswith("access_code.")]
