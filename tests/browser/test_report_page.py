"""The report page, as people use it: with a mouse, by keyboard, on a phone, in the dark, and with very many entries."""

import pytest

from pytest_seam_sandbox import Sandbox
from pytest_seam_sandbox.backends.raised import note_raised
from pytest_seam_sandbox.report.page import as_json, page_of
from pytest_seam_sandbox.report.picture import picture_of

NASTY = "</script><script>document.title = 'bad'</script>"


@pytest.fixture(scope="session")
def block():
    """One test of a page, with these pictures."""

    def made(*pictures):
        return as_json(
            {
                "id": f"test_doors.py::{NASTY}",
                "when": "call",
                "outcome": "failed",
                "error": NASTY,
                "text": NASTY,
                "pictures": pictures,
            }
        )

    return made


@pytest.fixture(scope="session")
def broken(block):
    """A lock goes offline, the test breaks, and the outage ends."""
    sandbox = Sandbox()
    sandbox.webhooks.deliver_to(lambda _: 200)
    door, _ = sandbox.create_device(name="GARAGE"), sandbox.create_device(name=NASTY)
    client = sandbox.http()
    client.post("/locks/unlock_door", json={"device_id": door.device_id})
    failure = None
    with pytest.raises(ValueError, match="no"), sandbox.disconnected(door):
        client.post("/devices/get", json={"device_id": "x"})
        failure = note_raised(sandbox.backend, ValueError("no"))
        raise ValueError("no")
    return block(picture_of(sandbox.backend, NASTY, failure))


@pytest.fixture
def shown(page, tmp_path, browser_thread):
    """Opens a page with these tests; it asks the network for nothing."""
    asked = []

    def show(*tests):
        path = tmp_path / "seam.html"
        path.write_text(page_of(tests, "made by tests"), "utf-8")
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_function("document.querySelector('.chart .mark, table')")
        return page

    yield show
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def chosen(page, of):
    """What the chosen entry says, by the attribute that screen readers follow."""
    return page.evaluate(
        "of => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {"
        "const id = document.querySelector(of).getAttribute('aria-activedescendant');"
        "done(id && document.getElementById(id).getAttribute('aria-label')) })))",
        of,
    )


def test_page_opens_where_the_test_broke(page, shown, broken):
    """The step is chosen in the lanes and in the list, and its details are there."""
    shown(broken)

    page.wait_for_selector(".list .is-chosen")
    assert "raised (the test broke here): ValueError: no" in chosen(page, ".chart")
    assert chosen(page, ".list") == chosen(page, ".chart")
    assert "the test broke here" in page.inner_text(".detail")
    assert page.locator(".chart .break").count() == 1


def test_no_name_does_harm(page, shown, broken):
    """Markup in the name of a device, in the id of a test and in a failure is text."""
    shown(broken)

    assert page.title() == "Seam report"
    assert NASTY in page.inner_text(".name")
    assert NASTY in page.locator(".chart text").all_inner_texts() or any(
        NASTY[:20] in text for text in page.locator(".chart text").all_text_contents()
    )


def test_page_by_keyboard(page, shown, broken):
    """Tab reaches lanes and list, whose focus is seen; arrows, Home and End go through the entries."""
    shown(broken)
    page.wait_for_selector(".list .is-chosen")

    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "chart":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Home")
    first = chosen(page, ".chart")
    page.keyboard.press("ArrowRight")
    second = chosen(page, ".chart")
    page.keyboard.press("ArrowLeft")
    assert chosen(page, ".chart") == first != second
    page.keyboard.press("ArrowDown")
    assert chosen(page, ".chart") != first

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    page.keyboard.press("End")
    assert "is over" in chosen(page, ".list")
    page.keyboard.press("ArrowUp")
    assert "is over" not in page.inner_text(".detail")


def test_page_with_a_mouse(page, shown, broken):
    """Pointing shows what a mark is; a click shows its details; a button leads back to the break."""
    shown(broken)
    page.wait_for_selector(".list .is-chosen")
    mark = page.locator(".chart .mark[aria-label*='lock.unlocked']").first

    mark.hover()
    assert "lock.unlocked device_id=GARAGE, caused by POST /locks/unlock_door" in page.inner_text(".tip")
    mark.click()
    assert "event id" in page.inner_text(".detail")
    page.click("text=Go to where it broke")
    assert "the test broke here" in page.inner_text(".detail")


def test_page_in_the_dark(page, shown, broken):
    """Light and dark follow the settings of the browser."""
    shown(broken)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)

    page.emulate_media(color_scheme="dark")

    assert (light, page.evaluate(colour)) == ("rgb(255, 255, 255)", "rgb(21, 25, 29)")


def test_page_on_a_phone(page, shown, broken):
    """Nothing is wider than the screen but what scrolls by itself; marks are large enough for a finger."""
    page.set_viewport_size({"width": 360, "height": 740})
    shown(broken)
    page.wait_for_selector(".list .is-chosen")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    size = page.locator(".chart .mark .hit").first.bounding_box()
    assert (size["width"], size["height"]) >= (22, 32)
    assert page.locator(".detail").first.bounding_box()["width"] <= 360


def test_ten_thousand_entries(page, shown, block):
    """What is in view is in the document, and no more; the last entry is one key away."""
    entries = [
        [
            1e9 + number,
            "request",
            "!" if number % 50 == 0 else " ",
            f"GET /devices/list ({number}) → 200",
            "",
            1,
            None,
            {},
        ]
        for number in range(10_000)
    ]
    lanes = [{"name": name, "kind": "all", "spans": []} for name in ("test", "program", "webhooks", "workspace")]
    spans = [[start, start + 500, ("online", "offline")[start // 500 % 2], ""] for start in range(0, 10_000, 500)]
    lanes += [{"name": f"DOOR {number}", "kind": "device", "spans": spans} for number in range(100)]
    shown(
        block({"kind": "timeline", "title": "many", "left_out": 7, "quiet": ["A"], "lanes": lanes, "entries": entries})
    )

    assert page.evaluate("document.querySelectorAll('*').length") < 1500
    page.focus(".chart")
    page.keyboard.press("End")
    assert "(9999)" in chosen(page, ".chart")
    assert "(9999)" in page.inner_text(".list .is-chosen")
    assert page.evaluate("document.querySelectorAll('*').length") < 1500
    assert "7 more entries" in page.inner_text("main")


def test_table_of_a_sweep(page, shown, block):
    """Arrow keys go from cell to cell, past those without a trial; each tells what came of its trial."""
    cell = {
        "name": "a before call 1",
        "title": "a before call 1 (GET /x)",
        "outcome": "failed",
        "error": "ValueError: no",
    }
    fine = cell | {"name": "a before call 3", "outcome": "absorbed", "error": ""}
    rows = [
        ["1 GET /x", [cell, None]],
        ["2 GET /y", [None, None]],
        ["3 GET /z", [fine, cell | {"outcome": "not possible"}]],
    ]
    shown(
        block(
            {
                "kind": "sweep",
                "title": "Sweep",
                "summary": "3 trials.",
                "columns": ["a before", "a after"],
                "rows": rows,
            }
        )
    )

    page.focus("td button")
    assert 'only="a before call 1"' in page.inner_text(".detail").replace("\n", "")
    page.keyboard.press("ArrowDown")
    assert page.inner_text(":focus") == "absorbed"
    page.keyboard.press("ArrowRight")
    assert page.inner_text(":focus") == "n/a"
    page.keyboard.press("ArrowRight")
    assert "not possible" in page.inner_text(".detail")


def test_run_of_a_machine(page, shown, block):
    """Its steps stand above its lanes; a page of nothing says so."""
    sandbox = Sandbox()
    sandbox.backend.note("step", "1. GARAGE loses its connection")
    shown(block(picture_of(sandbox.backend, "Machine") | {"steps": ["GARAGE loses its connection", "unlock()"]}))

    assert page.locator("ol.steps li").all_inner_texts() == ["GARAGE loses its connection", "unlock()"]
    assert page.inner_text("#summary") == "1 failed, 0 other tests with a sandbox."


def test_coverage_of_a_run(page, tmp_path):
    """How much of each kind was tried, and which names when it is opened; nothing without it."""
    path = tmp_path / "seam.html"
    path.write_text(page_of([], "made", [{"kind": "faults", "tried": ["fail"], "never": ["slow", "reset"]}]), "utf-8")
    page.goto(path.as_uri())

    assert page.inner_text("#summary") == "No test with a sandbox was to be shown."
    page.click("text=faults: 1 of 3 that are emulated")
    assert page.locator("#coverage li").all_inner_texts() == ["fail", "slow", "reset"]

    path.write_text(page_of([], "made"), "utf-8")
    page.reload()
    assert page.is_hidden("#coverage")


def test_page_leaves_no_names_behind_and_lets_no_text_become_markup(page, shown, block):
    """Its scripts keep to themselves, and its policy has the browser refuse whatever would make markup of a text."""
    sandbox = Sandbox()
    sandbox.create_device(name="GARAGE")
    shown(block(picture_of(sandbox.backend, "it")))

    assert page.evaluate("[typeof make, typeof Chart, typeof report, typeof tipNode]") == ["undefined"] * 4
    policy = page.get_attribute("meta[http-equiv='Content-Security-Policy']", "content")
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
