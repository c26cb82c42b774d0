"""Each kind of difference is found, and what differs from workspace to workspace is none."""

import pytest

from pytest_seam_sandbox.compare.differences import KINDS
from pytest_seam_sandbox.compare.steps import DeviceNeed, Events, InHours, Scenario, SystemNeed, The, Unique, call

LOCK = DeviceNeed("lock", ("can_remotely_unlock",))
DEVICE = The("device")
WEBHOOK = {"webhook": "webhook.webhook_id"}


def story(*steps, needs=()):
    return Scenario("story", "A story.", steps, needs)


def with_fields(key, **fields):
    """Changes the fields of what stands under a key."""

    def twist(status, answer):
        answer[key].update(fields)
        return status, answer

    return twist


def test_status_and_error_type(other):
    other.twists["/devices/get"] = lambda _status, _answer: (400, {"error": {"type": "odd", "message": ""}})

    told = other.told(story(call("/devices/get", device_id=DEVICE), needs=(LOCK,)))

    assert told == ["status: story, devices/get: embedded 200, other 400 odd"]


@pytest.mark.parametrize("answer", [b"not found", [], {"error": "text"}, {"error": {"message": "no type"}}])
def test_path_that_one_side_does_not_have(other, answer):
    """A 404 that is not in Seam's form is no resource that is missing."""
    other.twists["/webhooks/list"] = lambda _status, _answer: (404, answer)

    assert other.told(story(call("/webhooks/list"))) == ["path: /webhooks/list: embedded there, other not there"]


def test_answer_that_is_no_json(other):
    other.twists["/webhooks/list"] = lambda _status, _answer: (200, b"<html>")

    told = other.told(story(call("/webhooks/list")))

    assert told == ["status: story, webhooks/list: embedded 200, other 200 no JSON"]


def test_steps_that_need_what_was_not_made_are_one_difference(other):
    """The first step says what is wrong; those that need its id could not be made."""
    other.twists["/webhooks/create"] = lambda _status, _answer: (400, {"error": {"type": "odd", "message": ""}})
    make = call("/webhooks/create", url="https://example.com", keep=WEBHOOK)
    steps = [call("/webhooks/get", webhook_id=The("webhook")), call("/webhooks/delete", webhook_id=The("webhook"))]

    told = other.told(story(make, *steps))

    assert told == [
        "not run: story, steps with webhook: embedded there, other none",
        "status: story, webhooks/create: embedded 200, other 400 odd",
    ]


def test_steps_that_no_side_can_make_are_no_difference(other):
    steps = [call("/webhooks/get", webhook_id=The("webhook"))]

    assert other.told(story(*steps)) == []


def test_fields_that_a_refusal_names(other):
    tree = {"_errors": ["wrong"], "url": {"_errors": ["Required"]}, "list": {"_errors": [], "0": {"_errors": ["odd"]}}}
    error = {"type": "invalid_input", "message": "other words", "validation_errors": tree}
    other.twists["/webhooks/create"] = lambda _status, _answer: (400, {"error": error})

    told = other.told(story(call("/webhooks/create")))

    assert told == [
        "refused field: story, webhooks/create: embedded url, other the request, list.0, url",
    ]


def test_refusal_that_names_no_field(other):
    error = {"type": "invalid_input", "message": "other words"}
    other.twists["/webhooks/create"] = lambda _status, _answer: (400, {"error": error})

    told = other.told(story(call("/webhooks/create")))

    assert told == ["refused field: story, webhooks/create: embedded url, other none"]


def test_data_of_a_refusal(other):
    other.twists["/devices/get"] = lambda status, answer: (status, {"error": answer["error"] | {"data": {"a": 1}}})

    told = other.told(story(call("/devices/get", device_id="00000000-0000-4000-8000-00000000dead")))

    assert told == [
        "field: refusal of /devices/get, data.a: embedded absent, other number",
        "field: refusal of /devices/get, data.device_id: embedded id, other absent",
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"new": 1}, "new: embedded absent, other number"),
        ({"is_managed": None}, "is_managed: embedded true, other null"),
        ({"device_type": "odd_lock"}, "device_type: embedded 'august_lock', other 'odd_lock'"),
        ({"device_id": "another"}, "device_id: embedded =device, other id"),
        ({"properties": None}, "properties: embedded object, other null"),
        (
            {"capabilities_supported": ["lock"]},
            "capabilities_supported[]: embedded 'access_code', 'lock', other 'lock'",
        ),
        ({"capabilities_supported": []}, "capabilities_supported[]: embedded 'access_code', 'lock', other none"),
        ({"errors": [{"error_code": "odd"}]}, "errors[]: embedded none, other 'odd'"),
        ({"warnings": [{"text": "odd"}]}, "warnings[]: embedded none, other some"),
        ({"errors": {}}, "errors: embedded list, other object"),
    ],
)
def test_fields(other, fields, told):
    """A field that is there or not, of another type, with another word, or equal to something else."""
    other.twists["/devices/get"] = with_fields("device", **fields)

    assert f"field: device august_lock, {told}" in other.told(
        story(call("/devices/get", device_id=DEVICE), needs=(LOCK,))
    )


def test_lists_of_objects_in_a_resource(other):
    """Of two lists without codes, the fields that their objects have are compared."""
    rows = [{"name": "a", "more": 1}, {"name": "b"}]
    thing = {"webhook": {"rows": rows, "mixed": [1]}}
    other.twists["/webhooks/get"] = lambda _status, _answer: (200, thing)
    with_other = story(call("/webhooks/get", webhook_id="x"))

    from pytest_seam_sandbox.compare.differences import between
    from pytest_seam_sandbox.compare.run import run

    ours = run(with_other, other.remote(), [], word="w")
    thing["webhook"] = {"rows": [{"name": None}], "mixed": [{}]}
    theirs = run(with_other, other.remote(), [], word="w")

    assert [str(one) for one in between([(ours, theirs)])] == [
        "field: webhook, mixed[]: embedded list, other object",
        "field: webhook, rows[].more: embedded number, other absent",
        "field: webhook, rows[].name: embedded text, other null",
    ]


def test_key_of_an_answer(other):
    other.twists["/webhooks/list"] = lambda status, _answer: (status, {"webhooks": {}, "hooks": None, "ok": True})

    assert other.told(story(call("/webhooks/list"))) == [
        "field: answer of /webhooks/list, hooks: embedded absent, other null",
        "field: answer of /webhooks/list, webhooks: embedded list, other object",
    ]


def test_what_differs_anyway_is_no_difference(other):
    """Ids, times, numbers, texts, and rows of lists that the scenario has not made."""
    changed = {"nickname": "Ada's door", "created_at": "2020-01-01T00:00:00.000Z"}
    other.sandbox.backend.api.call("/webhooks/create", url="https://example.com/another")

    def twist(status, answer):
        answer["device"] |= {key: value for key, value in changed.items() if key in answer["device"]}
        answer["device"]["properties"]["battery_level"] = 0.1
        return status, answer

    other.twists["/devices/get"] = twist

    assert other.told(story(call("/devices/get", device_id=DEVICE), call("/webhooks/list"), needs=(LOCK,))) == []


def test_value_that_was_given(other):
    """A text comes back as it was given, a time at the same moment."""
    other.twists["/webhooks/get"] = with_fields("webhook", url="https://example.com/else")
    make = call("/webhooks/create", url="https://example.com", keep=WEBHOOK)

    told = other.told(story(make, call("/webhooks/get", webhook_id=The("webhook"))))

    assert told == ["field: webhook, url: embedded =url, other text"]


def test_rows_and_their_order(other):
    """Of the rows that a scenario has made, all are there, in the same order."""
    steps = [
        call("/webhooks/create", url=f"https://example.com/{name}", keep={name: "webhook.webhook_id"})
        for name in ("first", "second", "third")
    ]

    def twist(status, answer):
        return status, answer | {"webhooks": ["odd", {"webhook_id": "stranger"}, *answer["webhooks"][:0:-1]]}

    other.twists["/webhooks/list"] = twist

    assert other.told(story(*steps, call("/webhooks/list"))) == [
        "row: story, webhooks/list, webhook =first: embedded there, other absent",
        "order: story, webhooks/list, webhook: embedded =second, =third, other =third, =second",
        "form: webhook_id: embedded UUID, other UUID or another form",
    ]


def test_list_of_many_pages(other):
    """A list is read to its end, since what a scenario has made may stand on its last page."""
    make = call("/webhooks/create", url="https://example.com", keep=WEBHOOK)
    pages = {"has_next_page": True, "next_page_cursor": "next", "next_page_url": "https://example.com"}

    def twist(status, answer):
        if "page_cursor" in other.calls[-1][1]:
            return status, answer | {"pagination": dict.fromkeys(pages)}
        return status, answer | {"webhooks": [{"webhook_id": "stranger"}], "pagination": pages}

    other.twists["/webhooks/list"] = twist

    told = other.told(story(make, call("/webhooks/list")))

    assert [text for text in told if "form" not in text] == [
        "field: answer of /webhooks/list, pagination: embedded absent, other object"
    ]


def test_page_that_is_not_there(other):
    """What came before it counts."""
    make = call("/webhooks/create", url="https://example.com", keep=WEBHOOK)
    cursor = {"pagination": {"next_page_cursor": "next"}}

    def twist(_status, answer):
        return (404, b"") if "page_cursor" in other.calls[-1][1] else (200, answer | cursor)

    other.twists["/webhooks/list"] = twist

    assert other.told(story(make, call("/webhooks/list"))) == [
        "field: answer of /webhooks/list, pagination: embedded absent, other object"
    ]


def unlocked_twice():
    return story(
        call("/locks/unlock_door", device_id=DEVICE),
        call("/locks/lock_door", device_id=DEVICE),
        Events(),
        needs=(LOCK,),
    )


def events_like(change):
    """Changes the list of events that a scenario finds, newest first."""
    return lambda status, answer: (status, answer | {"events": change(answer["events"])})


def test_events(other):
    """An event that is missing, one that comes twice, and their order."""

    def change(events):
        for event in events:
            event["created_at"] = "2026-01-01T00:00:00.000Z"
        kept = [event for event in events if event["event_type"] != "action_attempt.lock_door.succeeded"]
        again = [event | {"event_id": "again"} for event in kept if event["event_type"] == "lock.unlocked"]
        unlocked = [event for event in kept if event["event_type"] == "lock.unlocked"]
        return [*unlocked, *again, *(event for event in kept if event not in unlocked)]

    other.twists["/events/list"] = events_like(change)

    told = other.told(unlocked_twice())

    assert [text for text in told if not text.startswith("form")] == [
        (
            "order: story, events, events: embedded lock.unlocked, action_attempt.unlock_door.succeeded, lock.locked, "
            "other action_attempt.unlock_door.succeeded, lock.locked, lock.unlocked"
        ),
        "event: story, events, action_attempt.lock_door.succeeded: embedded once, other none",
        "event: story, events, lock.unlocked: embedded once, other twice",
    ]


def test_many_events_of_a_kind(other):
    def change(events):
        locked = [event for event in events if event["event_type"] == "lock.locked"]
        return events + [event | {"event_id": str(number)} for event in locked for number in range(2)]

    other.twists["/events/list"] = events_like(change)

    assert "event: story, events, lock.locked: embedded once, other 3 times" in other.told(unlocked_twice())


def test_fields_of_events(other):
    def change(events):
        return [{name: value for name, value in event.items() if name != "method"} for event in events]

    other.twists["/events/list"] = events_like(change)

    assert other.told(unlocked_twice()) == [
        "field: event lock.locked, method: embedded 'remote', other absent",
        "field: event lock.unlocked, method: embedded 'remote', other absent",
    ]


def test_events_of_another_form(other):
    """A list without events, and events without an id, count as none."""
    other.twists["/events/list"] = lambda _status, _answer: (200, {"events": [{}, "odd"]})
    first = other.told(unlocked_twice())
    other.twists["/events/list"] = lambda _status, _answer: (200, b"")

    assert other.told(unlocked_twice()) == first
    assert len(first) == 4


def test_events_listed_oldest_first(other):
    """The order of the list is none of the events'."""
    other.twists["/events/list"] = events_like(lambda events: events[::-1])

    def change(events):
        return [
            event | {"created_at": f"2026-01-01T00:00:{second:02}.000Z"} for second, event in enumerate(events[::-1])
        ]

    other.twists["/events/list"] = events_like(change)

    assert other.told(unlocked_twice()) == []


def test_timing(other):
    """When something is there is told in three words, and known by its place."""
    comparison = other.compare(unlocked_twice())
    assert comparison.differences == ()

    def never(status, answer):
        answer["action_attempt"]["status"] = "pending"
        return status, answer

    other.twists["/action_attempts/get"] = never
    told = other.told(unlocked_twice())
    assert "timing: story, locks/unlock_door, action attempt finished: embedded later, other never" in told
    other.twists["/action_attempts/get"] = lambda _status, _answer: (200, b"odd")
    assert other.told(unlocked_twice()) == told

    def at_once(status, answer):
        answer["action_attempt"]["status"] = "success"
        return status, answer

    other.twists = {"/locks/unlock_door": at_once}
    [difference] = other.compare(story(call("/locks/unlock_door", device_id=DEVICE), needs=(LOCK,))).differences[-1:]
    assert (difference.kind, difference.embedded, difference.other) == ("timing", "later", "at once")
    assert difference.key == ("timing", "story, locks/unlock_door", "action attempt finished")


def test_late_events(other):
    """Events are waited for until there are as many; what comes late is no event of the next scenario."""
    left = {"looks": 2}

    def late(status, answer):
        seen = [event for event in answer["events"] if event["event_type"].startswith("lock.")]
        if seen and left["looks"]:
            left["looks"] -= 1
            return status, {"events": []}
        return status, answer

    other.twists["/events/list"] = late

    told = other.told(unlocked_twice(), story(Events(), needs=(LOCK,)), wait=5.0)

    assert told == ["timing: story, events, events there: embedded at once, other later"]
    assert left["looks"] == 0


def test_forms_of_ids_and_times(other):
    """How ids and times are written is compared once for all answers, by the names of their fields."""
    twist = with_fields("webhook", webhook_id="webhook_1", seen_at="2026-01-01T00:00:00Z", at="2026-01-01T99:00:00Z")
    other.twists["/webhooks/create"] = twist
    make = call("/webhooks/create", url="https://example.com")

    assert other.told(story(make), story(make)) == [
        "field: webhook, at: embedded absent, other text",
        "field: webhook, seen_at: embedded absent, other time",
        "form: webhook_id: embedded UUID, other another form",
    ]


def test_a_difference_is_told_once_with_its_scenarios(other):
    other.twists["/webhooks/create"] = with_fields("webhook", odd=True)
    make = call("/webhooks/create", url="https://example.com")
    scenarios = [Scenario(name, "A story.", (make, make)) for name in ("one", "two")]

    [difference] = other.compare(*scenarios).differences

    assert str(difference) == "field: webhook, odd: embedded absent, other true"
    assert difference.scenarios == ("one", "two")


def test_needs_that_the_emulator_cannot_meet(other):
    """A type that the emulator does not know is a reason not to run, and none to stop."""
    devices = other.sandbox.backend.api.device_rows()
    lock = next(row for row in devices if row["device_type"] == "august_lock")
    system = other.sandbox.backend.api.call("/acs/systems/list")["acs_systems"][0]
    other.twists["/devices/list"] = lambda status, answer: (status, answer | {"devices": [lock | {"device_type": "x"}]})
    other.twists["/acs/systems/list"] = lambda status, answer: (
        status,
        answer | {"acs_systems": [system | {"external_type": "x"}]},
    )

    class AnyDevice(DeviceNeed):
        def fits(self, _device):
            return True

    assert other.told(story(needs=(AnyDevice("lock"),)), story(needs=(SystemNeed(),))) == [
        "not run: story: embedded the emulator has no access system of the type x, other can run",
        "not run: story: embedded the emulator has no device of the type x, other can run",
    ]


@pytest.mark.parametrize("answer", [b"no", {"devices": None}, {"error": {"type": "x", "message": ""}}])
def test_list_that_cannot_be_read(other, answer):
    other.twists["/devices/list"] = lambda _status, _answer: (500, answer)

    told = other.told(story(needs=(LOCK,)))

    assert told == ["not run: story: embedded can run, other /devices/list answers 500 without devices"]


@pytest.mark.parametrize("account", [b"no", {"connected_account": None}, {"connected_account": {"provider": "odd"}}])
def test_account_of_a_provider_that_nobody_knows(other, account):
    """The device is then in an account of its own provider."""
    other.twists["/connected_accounts/get"] = lambda _status, _answer: (200, account)

    assert other.told(story(call("/devices/get", device_id=DEVICE), needs=(LOCK,))) == []


def test_devices_on_later_pages_are_found(other):
    """A list is read to its end."""

    def twist(status, answer):
        is_first = other.calls[-1][1] == {}
        found = [] if is_first else other.sandbox.backend.api.call("/devices/list")["devices"]
        return 200, {"devices": found, "pagination": {"next_page_cursor": "more" if is_first else None}}

    other.twists["/devices/list"] = twist

    assert other.told(story(needs=(LOCK,))) == []


def test_times_and_unique_texts_are_filled_in(other):
    """Two sides get the same values; another comparison other ones."""
    step = call("/webhooks/create", url=Unique("https://example.com/{}"), event_types=["lock.locked"], odd=InHours(1))

    other.compare(story(step))
    other.compare(story(step))

    first, second = (params for path, params, _ in other.calls if path == "/webhooks/create")
    assert first["url"] != second["url"]
    assert first["odd"].endswith("Z")


def test_undo_in_reverse_order_but_not_twice(other):
    """What a later step has taken back is left alone; the same request before it counts for nothing."""
    lock, unlock = (call(f"/locks/{name}_door", device_id=DEVICE) for name in ("lock", "unlock"))

    def undone(*steps):
        other.calls.clear()
        other.compare(story(*steps, needs=(LOCK,)))
        return [path for path in other.paths() if path.startswith("/locks/")][
            sum("/locks/" in step.path for step in steps) :
        ]

    unlock_then_lock = call("/locks/unlock_door", device_id=DEVICE, undo=lock)
    lock_then_unlock = call("/locks/lock_door", device_id=DEVICE, undo=unlock)
    assert undone(unlock_then_lock) == ["/locks/lock_door"]
    assert undone(lock, unlock_then_lock) == ["/locks/lock_door"]
    assert undone(unlock_then_lock, lock) == []
    assert undone(unlock_then_lock, call("/webhooks/list"), lock_then_unlock)[-1:] == ["/locks/unlock_door"]


def test_undo_that_fails_is_told(other):
    make = call(
        "/webhooks/create",
        url="https://example.com",
        keep=WEBHOOK,
        undo=call("/webhooks/delete", webhook_id=The("webhook")),
    )
    other.twists["/webhooks/delete"] = lambda _status, _answer: (500, b"")

    assert other.compare(story(make)).left == ("story: /webhooks/delete answered 500",)


@pytest.mark.parametrize(("status", "undone"), [(400, []), (500, ["/locks/lock_door"])])
def test_undo_of_what_was_answered_by_an_error(other, status, undone):
    """What was refused has made nothing; what failed may have."""
    other.twists["/locks/unlock_door"] = lambda _status, _answer: (status, b"")
    lock = call("/locks/lock_door", device_id=DEVICE)

    other.compare(story(call("/locks/unlock_door", device_id=DEVICE, undo=lock), needs=(LOCK,)))

    assert [path for path in other.paths() if path == "/locks/lock_door"] == undone


def test_kinds_have_an_order():
    assert KINDS[0] == "not run"
