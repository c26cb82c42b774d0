"""The `requests` library, through the server."""

import pytest
import requests

pytestmark = pytest.mark.seam(world="house")


@pytest.fixture
def session(site):
    with requests.Session() as session:
        session.headers["authorization"] = f"Bearer {site.api_key}"
        yield session


def test_requests_lives_through_the_story(site, session, plain_story):
    """An app that uses `requests` unlocks, loses the lock and the phone, and reads the events."""
    site.assert_story(plain_story(lambda path, **params: session.post(site.url + path, json=params).json()))


def test_requests_sends_queries(site, session):
    """A GET with parameters in the query finds the device."""
    answer = session.get(f"{site.url}/devices/get", params={"name": "FRONT DOOR"})

    assert answer.json()["device"]["display_name"] == "FRONT DOOR"


def test_requests_sends_a_body_in_chunks(site, session):
    """A body from a generator has no length and comes in chunks."""
    parts = iter([b'{"name": ', b'"FRONT DOOR"}'])

    answer = session.post(f"{site.url}/devices/get", data=parts, headers={"content-type": "application/json"})

    assert answer.json()["device"]["display_name"] == "FRONT DOOR"


def test_requests_sees_the_error(site, session):
    """raise_for_status has the status to raise for, and the body tells why."""
    answer = session.get(f"{site.url}/devices/get", params={"name": "SIDE DOOR"})

    with pytest.raises(requests.HTTPError, match="404 Client Error: Not Found"):
        answer.raise_for_status()
    assert answer.json()["error"]["type"] == "device_not_found"
