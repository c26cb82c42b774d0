"""Values that do not belong where they are put."""

from hypothesis import strategies as st

JUNK = st.sampled_from([None, True, 7, -0.5, "", "x", "2030-01-01T00:00:00Z", "1234", [], {}, [None], [{}], {"a": {}}])


def put_junk(data, parts):
    """Put a value that does not belong there anywhere into a JSON value."""
    place = data.draw(st.sampled_from(sorted(_places_in(parts), key=str)))
    value = parts
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = data.draw(JUNK)


def _places_in(value, place=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*place, key)
        yield from _places_in(item, (*place, key))
