"""One test for all rows of a table, where a test for each row would take longer to begin and end than to run."""

import inspect
from functools import wraps


def each(names, rows):
    """Like `pytest.mark.parametrize`, but one test. It goes through all rows, and says which of them failed.

    The rows share the fixtures: what one row changes, the next one finds.
    """
    names, rows = names.split(","), [*rows]
    rows = [row if len(names) > 1 else (row,) for row in rows]

    def decorate(test):
        @wraps(test)
        def run(**fixtures):
            assert rows, "there are no rows"
            wrong = []
            for row in rows:
                try:
                    test(**dict(zip(names, row, strict=True)), **fixtures)
                except Exception as error:  # noqa: BLE001 - they are raised together
                    error.add_note(f"with {', '.join(map(repr, row))}")
                    wrong.append(error)
            if wrong:
                raise ExceptionGroup(f"{len(wrong)} of {len(rows)} rows", wrong)

        signature = inspect.signature(test)
        kept = [each for name, each in signature.parameters.items() if name not in names]
        assert len(kept) == len(signature.parameters) - len(names)
        run.__signature__ = signature.replace(parameters=kept)
        return run

    return decorate
