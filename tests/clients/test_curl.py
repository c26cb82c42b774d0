"""curl, through the server."""

import json

import pytest

pytestmark = pytest.mark.seam(world="house")


@pytest.fixture
def run(site, curl):
    """Runs curl with the key and these arguments; the path comes last."""

    def call(*arguments):
        *options, path = arguments
        key = f"Authorization: Bearer {site.api_key}"
        return site.run(curl, "--silent", "--show-error", "--header", key, *options, site.url + path)

    return call


def test_curl_lives_through_the_story(site, run, plain_story):
    """A shell script unlocks, loses the lock and the phone, and reads the events."""

    def call(path, **params):
        return json.loads(run("--header", "Content-Type: application/json", "--data", json.dumps(params), path))

    site.assert_story(plain_story(call))


def test_curl_asks_before_it_sends_much(run):
    """With `Expect: 100-continue` curl waits for the word to go on, and gets it."""
    body = json.dumps({"name": "FRONT DOOR", "padding": "x" * 100_000})

    shown = run(
        *("--header", "Expect: 100-continue", "--header", "Content-Type: application/json"),
        *("--data", body, "--dump-header", "-", "/devices/get"),
    )

    assert shown.startswith("HTTP/1.1 100 Continue")
    assert '"display_name":"FRONT DOOR"' in shown


def test_curl_reads_the_refusal_of_a_body_that_is_too_long(run, tmp_path):
    """curl shows 413 for a file over the limit."""
    (tmp_path / "big").write_bytes(b"x" * 3_000_000)

    assert run("--data-binary", f"@{tmp_path / 'big'}", "/devices/get") == "Body exceeded 1mb limit"


@pytest.mark.parametrize("option", ["--http1.0", "--http2", "--compressed", "--path-as-is"])
def test_curl_options_do_not_matter(run, option):
    """Older and newer versions of HTTP and other habits end in the same answer."""
    assert json.loads(run(option, "/phones/list"))["ok"] is True


def test_curl_sees_a_405_for_head(run):
    """`curl --head` gets the headers of a 405 and does not wait for a body."""
    assert run("--head", "/devices/list").startswith("HTTP/1.1 405 Method Not Allowed")
