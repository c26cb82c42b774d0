"""`--seam-backend=live`: the same fixtures on a workspace over HTTP; what only the emulator can do is skipped."""

import pytest

WITHOUT = ("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:schemathesis", "--assert=plain")


@pytest.fixture
def run(pytester, server, live_folder, monkeypatch):
    """Run the project of `pytester` in this process, on the first workspace."""
    monkeypatch.setenv("SEAM_API_KEY", server.first.api_key)

    def run(*arguments, backend="live"):
        return pytester.runpytest_inprocess(
            *WITHOUT,
            "-p",
            "no:unraisableexception",
            "-p",
            "no:asyncio",
            f"--seam-backend={backend}",
            f"--seam-live-workspaces={server.first.workspace_id}",
            f"--seam-live-endpoint={server.url}",
            "--seam-live-timeout=30",
            f"--seam-live-folder={live_folder}",
            *arguments,
        )

    return run


def test_fixtures_are_the_same(pytester, server, run):
    pytester.makepyfile(
        """
        import os, urllib.request, json
        import httpx, pytest
        from pytest_seam_sandbox import seam_raises

        def test_outage(seam_sandbox, sandbox_device, seam_http):
            with seam_sandbox.disconnected(sandbox_device):
                seam_sandbox.expect_device_error(sandbox_device, "device_disconnected")
                assert not seam_http.get("/devices/get", params={"device_id": sandbox_device.device_id}).json()[
                    "device"]["properties"]["online"]

        def test_phone(seam_sandbox, sandbox_phone, seam_client):
            assert seam_client.phones.get(device_id=sandbox_phone.device_id).device_id == sandbox_phone.device_id
            with seam_raises("device_not_found", status_code=404):
                seam_client.phones.get(device_id=seam_sandbox.workspace_id)

        def test_server(seam_sandbox, seam_environ):
            asked = urllib.request.Request(
                os.environ["SEAM_ENDPOINT"] + "/devices/list",
                headers={"authorization": "Bearer " + os.environ["SEAM_API_KEY"]},
            )
            assert json.load(urllib.request.urlopen(asked))["devices"]
            assert [call.path for call in seam_sandbox.requests] == ["/devices/list"]

        def test_interception(seam_intercept):
            headers = {"authorization": f"Bearer {seam_intercept.api_key}"}
            assert httpx.get("https://connect.getseam.com/devices/list", headers=headers).status_code == 200
            assert httpx.get(seam_intercept.endpoint + "/phones/list", headers=headers).status_code == 200
            assert [call.path for call in seam_intercept.requests] == ["/devices/list", "/phones/list"]
        """
    )

    result = run()

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines([f"seam sandbox *: live, workspaces {server.first.workspace_id}"])


def test_what_only_the_emulator_can_do_is_skipped_with_the_reason(pytester, run):
    pytester.makepyfile(
        """
        import unittest
        import pytest
        from pytest_seam_sandbox import EmbeddedOnly, Sandbox

        @pytest.fixture
        def frozen(seam_sandbox):
            seam_sandbox.clock.freeze()

        def test_in_a_fixture(frozen): pass

        def test_in_the_test(seam_sandbox, sandbox_device):
            seam_sandbox.removed(sandbox_device)

        @pytest.mark.seam(world="house")
        def test_world(seam_sandbox): pass

        def test_that_catches_it(seam_sandbox):
            with pytest.raises(EmbeddedOnly):
                seam_sandbox.faults

        def test_program_that_catches_what_it_was_refused(seam_sandbox, seam_http):
            with pytest.raises(EmbeddedOnly):
                seam_http.post("/workspaces/reset_sandbox")

        class TestUnit(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def sandbox(self, seam_sandbox):
                self.sandbox = seam_sandbox

            def test_unit(self):
                self.sandbox.snapshot()
        """
    )

    result = run("-rs")

    result.assert_outcomes(passed=1, skipped=5)
    result.stdout.fnmatch_lines_random(
        [
            "SKIPPED *: clock is embedded only, and this sandbox is live: *with @pytest.mark.seam(backend='embedded').",
            "SKIPPED *: removed() is embedded only, and this sandbox is live: no endpoint of Seam puts a removed device back but *",
            "SKIPPED *: world='house' is embedded only, and this sandbox is live: a workspace has the devices that it*",
            "SKIPPED *: /workspaces/reset_sandbox takes away what others use. *It was not sent.*",
            "SKIPPED *: snapshot() is embedded only, and this sandbox is live: *",
        ]
    )


def test_marker_keeps_a_test_on_the_emulator(pytester, server, run):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.seam(backend="embedded", world="house")
        def test_embedded(seam_sandbox):
            seam_sandbox.clock.advance(5)
            assert not seam_sandbox.is_live
        """
    )

    run().assert_outcomes(passed=1)

    assert server.seen == []


def test_marker_makes_a_test_live(pytester, run):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.seam(backend="live")
        def test_live(seam_sandbox):
            assert seam_sandbox.is_live
        """
    )

    run(backend="embedded").assert_outcomes(passed=1)


def test_open_outage_is_told_and_ended(pytester, server, run):
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, sandbox_device):
            seam_sandbox.disconnected(sandbox_device).__enter__()
        """
    )

    result = run()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["E *SandboxError: the test ended inside disconnected(*). Use outages in a with block*"]
    )
    assert all(device["properties"]["online"] for device in server.dump(server.first)["Device"])


def test_production_key_is_refused_before_any_write(pytester, server, run, monkeypatch):
    monkeypatch.setenv("SEAM_API_KEY", server.production.api_key)
    pytester.makepyfile("def test_it(seam_sandbox, sandbox_phone): pass")

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *ProductionRefused: SEAM_API_KEY holds an API key of a production workspace*"])
    assert server.production.api_key not in result.stdout.str()
    assert server.writes() == []


def test_failure_shows_the_timeline_without_the_key(pytester, server, run):
    pytester.makepyfile(
        """
        def test_it(seam_sandbox, sandbox_device, seam_http):
            seam_http.get("/devices/list")
            assert 0, seam_sandbox
        """
    )

    result = run("--showlocals", "-vv")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Seam timeline*", "*request  GET /devices/list () → 200"])
    assert server.first.api_key not in result.stdout.str()


def test_embedded_mode_reads_no_key_and_sends_nothing(pytester, server, run, monkeypatch):
    monkeypatch.setenv("SEAM_API_KEY", server.production.api_key)
    pytester.makepyfile("def test_it(seam_sandbox, sandbox_phone): assert not seam_sandbox.is_live")

    run(backend="embedded").assert_outcomes(passed=1)

    assert server.seen == []


def test_test_that_says_how_the_emulator_behaves_is_skipped(pytester, run):
    """Only its own marker says so; settings of the whole run have no effect on live sandboxes."""
    pytester.makeini("[pytest]\nseam_event_latency = 5\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.seam(action_attempts="poll")
        def test_marked(seam_sandbox): pass

        @pytest.mark.seam(seed=5, intercept_allow="a.example")
        def test_other_settings(seam_sandbox): assert seam_sandbox.is_live
        """
    )

    result = run("-rs", "--seam-rate-limits=true")

    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED *: action_attempts='poll' is embedded only, and this sandbox is live: Seam*"])
