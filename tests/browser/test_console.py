"""The console of `seam-sandbox serve --console`, as a person at a browser has it."""

import re
from contextlib import contextmanager

import pytest

from pytest_seam_sandbox.console.routes import console_of
from pytest_seam_sandbox.transports.server import Listener

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=document.title='taken'>"


@pytest.fixture
def url(seam_sandbox, page, browser_thread):
    """The address of the console of a server. The page is left before that ends: it asks again and again."""
    listener = Listener(control=console_of(seam_sandbox.embedded))
    with listener.serving(seam_sandbox.embedded.app) as base:
        yield f"{base}/_sandbox/console"
        browser_thread.submit(page.goto, "about:blank").result()


def card(page, name):
    return page.locator(".card").filter(has=page.get_by_role("heading", name=name, exact=True))


def entries(page, text):
    return page.locator(".entry").filter(has_text=text)


@contextmanager
def noisy(page):
    """A tab in which the browser may complain of requests that come to nothing. It asks no more when it is closed."""
    context = page.context.browser.new_context()
    try:
        tab = context.new_page()
        tab.set_default_timeout(30_000)
        yield tab
    finally:
        context.close()


def see(locator, text=None):
    """Wait until it is there, and has the text."""
    (locator if text is None else locator.filter(has_text=text)).first.wait_for()


@pytest.mark.seam(world="house")
def test_click_disconnects_a_device_and_brings_it_back(page, url, seam_sandbox):
    """State and events follow without a reload, and so does what the app does meanwhile."""
    page.goto(url)
    door = card(page, "FRONT DOOR")

    door.get_by_role("button", name="Disconnect", exact=True).click()
    see(door.locator(".chip"), "device_disconnected")
    see(entries(page, "device.disconnected"), "FRONT DOOR")
    with seam_sandbox.http() as http:
        http.post("/locks/unlock_door", json={"device_id": seam_sandbox.get_device("FRONT DOOR").device_id})
    see(entries(page, "POST /locks/unlock_door"))
    page.get_by_label("Open outages").get_by_role("button").click()
    see(door.locator(".chip"), "online")

    see(entries(page, "device.connected"), "FRONT DOOR")
    assert page.get_by_label("Open outages").is_hidden()
    assert seam_sandbox.get_device("FRONT DOOR").properties.online


def test_clock_is_moved(page, url, seam_sandbox):
    """It stands, moves by what a person says, and runs again."""
    page.goto(url)

    page.get_by_role("button", name="Freeze").click()
    see(page.locator("#clock-state"), "frozen")
    before = seam_sandbox.clock.now()
    page.get_by_role("button", name="+1 day").click()
    see(entries(page, "advanced by 86400 s"))
    page.get_by_label("Seconds").fill("0.5")
    page.get_by_role("button", name="Advance").click()
    see(entries(page, "advanced by 0.5 s"))

    assert (seam_sandbox.clock.now() - before).total_seconds() == 86400.5
    assert page.inner_text("#now") == f"{seam_sandbox.clock.now():%Y-%m-%d %H:%M:%S} UTC"

    page.get_by_role("button", name="Resume").click()
    see(page.locator("#clock-state"), "runs")


def test_phone_is_deactivated(page, url, seam_sandbox, sandbox_phone):
    """It goes from the page as it goes from Seam; its end brings a new one."""
    page.goto(url)
    phone = card(page, sandbox_phone.display_name)

    phone.get_by_role("button", name="Deactivate").click()
    phone.wait_for(state="detached")
    see(entries(page, "phone.deactivated"))
    page.get_by_role("button", name="End: deactivated").click()

    see(page.locator("#phones .card"))
    assert [phone.device_id for phone in seam_sandbox.backend.api.phones()] != [sandbox_phone.device_id]


def test_everything_starts_over(page, url, seam_sandbox, sandbox_device):
    """When a person says so twice."""
    page.goto(url)
    card(page, sandbox_device.display_name).get_by_role("button", name="Disconnect", exact=True).click()
    see(page.locator("#open-outages button"))

    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Cancel").click()
    assert len(seam_sandbox.embedded.devices()) == 1
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Do it").click()

    see(page.locator("#devices-count"), "0")
    page.locator("#outages").wait_for(state="hidden")
    assert len(seam_sandbox.embedded.devices()) == 0


def test_names_are_text(page, url, seam_sandbox):
    """What a person calls a device, or sends, is shown and not run."""
    seam_sandbox.create_device(name=HOSTILE)
    with seam_sandbox.http() as http:
        http.post("/devices/list", json={"search": HOSTILE})
    page.goto(url)

    see(card(page, HOSTILE))
    see(entries(page, "/devices/list"), HOSTILE)
    page.get_by_role("listitem").filter(has_text="device.added").get_by_text("Detail").click()

    assert page.title() == "Seam sandbox"
    assert page.locator("#things script, #things img, #log script, #log img").count() == 0


def test_page_of_another_origin_gets_nothing(page, url, seam_sandbox, sandbox_device):
    """It can neither read the console nor let anything happen, nor show it in a frame."""
    with noisy(page) as tab:
        text = f"<iframe src='{url}'></iframe>"
        tab.route("http://console.example/", lambda route: route.fulfill(body=text, content_type="text/html"))
        tab.goto("http://console.example/")

        reached = tab.evaluate(
            """async (url) => {
                const send = (path, options) => fetch(url + path, options).then((answer) => answer.status, () => "blocked");
                return [await send("", {}), await send("/changes", {method: "POST"}),
                        await send("/../clock/freeze", {method: "POST", mode: "no-cors"})];
            }""",
            url,
        )

        assert set(reached) <= {"blocked", 403, 0}
        assert tab.frames[1].get_by_text("Seam sandbox").count() == 0
        assert not seam_sandbox.embedded.app.clock.is_held


def focused(page):
    return page.evaluate(
        "(document.activeElement.closest('.card')?.innerText ?? '') + '|' + document.activeElement.innerText"
    )


def test_keyboard_is_enough(page, url, seam_sandbox, sandbox_device):
    """Every control is reached with Tab; after a press the keyboard is still on the same device."""
    name = sandbox_device.display_name
    page.goto(url)
    see(card(page, name))

    def tab_to(pattern):
        for _ in range(40):
            page.keyboard.press("Tab")
            if re.search(pattern, focused(page)):
                return
        pytest.fail(f"{pattern} was not reached")

    tab_to("Freeze$")
    page.keyboard.press("Enter")
    see(page.locator("#clock-state"), "frozen")
    tab_to(r"\|Disconnect$")
    page.keyboard.press("Space")
    see(page.locator("#open-outages"), name)
    assert re.search(rf"^{name}[\s\S]*\|End: disconnected$", focused(page))
    page.keyboard.press("Enter")
    page.locator("#outages").wait_for(state="hidden")
    tab_to(r"\|Keypad code entry …$")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.type("1234")
    page.keyboard.press("Enter")

    see(entries(page, "lock.access_denied"))
    page.get_by_role("dialog").wait_for(state="hidden")


def test_refusal_is_told(page, url, seam_sandbox, sandbox_device):
    """What went wrong is said, in the sandbox's words."""
    with noisy(page) as tab:
        tab.goto(url)
        card(tab, sandbox_device.display_name).get_by_role("button", name="Create unmanaged access code").click()
        tab.get_by_label("code", exact=True).fill("1")
        tab.get_by_label("name", exact=True).fill("Guest")
        tab.get_by_role("button", name="Do it").click()

        see(tab.get_by_role("alert"), "Seam refused /access_codes/simulate/create_unmanaged_access_code")
        tab.get_by_label("code", exact=True).fill("1234")  # what is filled in is still there
        tab.get_by_role("button", name="Do it").click()
        see(entries(tab, "access_code.unmanaged.created"))
        tab.get_by_role("dialog").wait_for(state="hidden")

        with seam_sandbox.disconnected(sandbox_device):
            see(tab.locator("#open-outages button"))
            tab.evaluate('fetch = async () => new Response(\'{"error": "not now"}\', { status: 400 })')
            tab.locator("#open-outages button").click()
            see(tab.get_by_role("alert"), "not now")


def test_list_is_filtered_held_and_short(page, url, seam_sandbox, sandbox_device):
    """Thousands of events neither slow the page nor push away what a person reads."""
    for _ in range(2000):
        seam_sandbox.emit("device.connected", sandbox_device)
    page.goto(url)
    see(page.locator("#log-note"), "earlier entries were left out")
    assert page.locator(".entry").count() == 200

    page.get_by_label("Webhooks").check()
    assert page.locator(".entry").count() == 0
    page.get_by_label("Events").check()
    page.get_by_role("button", name="Hold").click()
    seam_sandbox.emit("device.low_battery", sandbox_device, battery_level=0.1)
    see(page.locator("#log-note"), "1 more since you hold the list")
    assert entries(page, "device.low_battery").count() == 0
    page.get_by_role("button", name="Hold").click()
    see(page.locator(".entry").first, "device.low_battery")


def test_many_devices_are_found_by_name(page, url, seam_sandbox):
    """A hundred are shown, the others by a part of their names."""
    for number in range(120):
        seam_sandbox.create_device(name=f"Room {number}")
    page.goto(url)
    see(page.locator("#devices-count"), "100 of 120")

    page.get_by_label("Find by name").fill("room 11")
    see(page.locator("#devices-count"), "11 of 120")

    see(card(page, "Room 119"))


@pytest.mark.seam(world="everything")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_a_phone(page, url, seam_sandbox, scheme):
    """Nothing is wider than 360 points, in either colour scheme."""
    seam_sandbox.create_device(name="A" * 200)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(url)
    see(card(page, "A" * 200))

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert (
        page.evaluate("getComputedStyle(document.body).color")
        == {"light": "rgb(27, 31, 39)", "dark": "rgb(231, 234, 240)"}[scheme]
    )


def test_page_says_when_the_server_is_gone_and_comes_back(page, seam_sandbox, sandbox_device):
    """A server that ends takes no page with it; another one on the same port is shown in its place."""
    with noisy(page) as tab:
        first = Listener(control=console_of(seam_sandbox.embedded))
        with first.serving(seam_sandbox.embedded.app) as base:
            tab.goto(f"{base}/_sandbox/console")
            see(card(tab, sandbox_device.display_name))
        see(tab.locator("#connection.lost"), "no answer, trying again")
        port = int(base.rpartition(":")[2])
        seam_sandbox.create_device(name="NEW DOOR")

        with Listener(port=port, control=console_of(seam_sandbox.embedded)).serving(seam_sandbox.embedded.app):
            see(tab.locator("#connection"), "connected")
            see(card(tab, "NEW DOOR"))


@pytest.mark.seam(world="house")
def test_another_workspace_is_chosen(page, url, seam_sandbox):
    """With the keyboard; devices, buttons and entries follow, and it is still chosen when the page is loaded again."""
    annex = seam_sandbox.create_workspace(name=HOSTILE)
    annex.create_device(name="ANNEX DOOR")
    page.goto(url)
    see(card(page, "FRONT DOOR"))

    page.get_by_label("Workspace").focus()
    page.keyboard.press("ArrowDown")
    see(card(page, "ANNEX DOOR"))
    assert card(page, "FRONT DOOR").count() == 0
    card(page, "ANNEX DOOR").get_by_role("button", name="Disconnect", exact=True).click()
    see(entries(page, "device.disconnected"), "ANNEX DOOR")
    with seam_sandbox.http() as http:
        http.get("/devices/list")
    page.reload()
    see(page.locator("#open-outages"), "disconnected(ANNEX DOOR)")

    see(entries(page, "device.added"), "ANNEX DOOR")
    assert entries(page, "FRONT DOOR").count() == entries(page, "GET /devices/list").count() == 0
    assert page.title() == "Seam sandbox"
    page.get_by_label("Open outages").get_by_role("button").click()
    see(entries(page, "device.connected"), "ANNEX DOOR")


def test_address_of_a_workspace_that_has_gone(page, url, seam_sandbox, sandbox_device):
    """The first is shown in its place, and its events once."""
    page.goto(f"{url}#00000000-0000-4000-8000-000000000001")

    see(card(page, sandbox_device.display_name))
    see(entries(page, "device.added"))

    assert page.url == f"{url}#{seam_sandbox.workspace_id}"
    assert entries(page, "device.added").count() == 1


def test_one_workspace_needs_no_choice(page, url, seam_sandbox):
    """Until there is a second one."""
    page.goto(url)
    see(page.locator("#devices-count"), "0")
    assert page.get_by_label("Workspace").is_hidden()

    seam_sandbox.create_workspace(name="Annex")

    page.get_by_label("Workspace").wait_for()


def test_equal_requests_are_counted(page, url, seam_sandbox):
    """An app that polls does not push away what a person reads."""
    page.goto(url)
    with seam_sandbox.http() as http:
        http.get("/phones/list")
        see(entries(page, "GET /phones/list"))
        for _ in range(3):
            http.get("/phones/list")
        see(entries(page, "GET /phones/list"), "4 times until")
        http.get("/devices/list")
    see(entries(page, "GET /devices/list"))

    assert page.locator(".entry").count() == 2
