"""What stands in for the journal where leases are tried."""

from pytest_seam_sandbox.backends.live.journal import Change


class Noted:
    """A journal that remembers what is not undone."""

    def __init__(self):
        self.open = []

    def intend(self, path, at, known):
        self.open.append(Change(len(self.open), path, at, known))
        return self.open[-1]

    def answered(self, change, made):
        pass

    def over(self, change, why):
        assert why == "given back"
        self.open.remove(change)
