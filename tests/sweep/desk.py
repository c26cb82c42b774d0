"""A small program for sweeps, and the loop that sweeps a scenario."""

from seam import SeamActionAttemptFailedError, SeamHttpApiError

TROUBLE = (SeamActionAttemptFailedError, SeamHttpApiError)


class Desk:
    """Looks at doors and opens them, a call each."""

    def __init__(self, seam):
        self.seam = seam

    def look(self, door):
        """Whether the door is online."""
        return self.seam.devices.get(device_id=door.device_id).properties.online

    def open(self, door):
        """Open it, and say "open" or "closed"."""
        try:
            self.seam.locks.unlock_door(device_id=door.device_id)
        except TROUBLE:
            return "closed"
        return "open"


def desk(sandbox):
    """Build the program."""
    return Desk(sandbox.client())


def run(trials, scenario):
    """Run the scenario in every trial; what it gave, by the name of the trial."""
    found = {}
    for trial in trials:
        with trial:
            found[trial.name] = scenario(trial)
    return found
