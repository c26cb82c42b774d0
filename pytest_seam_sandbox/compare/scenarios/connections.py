"""The workspace, connected accounts, Connect Webviews, events and webhooks."""

from __future__ import annotations

from ..steps import DeviceNeed, InHours, Scenario, The, call

ACCOUNT = The("connected_account")
WEBVIEW = The("connect_webview")
WEBHOOK = The("webhook")
LOCK = DeviceNeed("lock")

SCENARIOS = (
    Scenario(
        "workspace",
        "The workspace of the key is shown, alone and in a list.",
        (
            call("/workspaces/get", keep={"workspace": "workspace.workspace_id"}),
            call("/workspaces/list"),
        ),
    ),
    Scenario(
        "connected accounts",
        "The account of a device is found.",
        (
            call("/connected_accounts/get", connected_account_id=ACCOUNT),
            call("/connected_accounts/list"),
            call("/connected_accounts/get"),
            call("/connected_accounts/get", email="nobody@example.com"),
        ),
        (LOCK,),
    ),
    Scenario(
        "connect webviews",
        "A Connect Webview is made, found and deleted.",
        (
            call(
                "/connect_webviews/create",
                accepted_providers=["august", "schlage"],
                custom_redirect_url="https://example.com/done",
                custom_metadata={"seam_sandbox_compare": "yes"},
                keep={"connect_webview": "connect_webview.connect_webview_id"},
                undo=call("/connect_webviews/delete", connect_webview_id=WEBVIEW),
            ),
            call("/connect_webviews/get", connect_webview_id=WEBVIEW),
            call("/connect_webviews/list"),
            call("/connect_webviews/list", custom_metadata_has={"seam_sandbox_compare": "yes"}),
            call("/connect_webviews/create", accepted_providers=["no_such_provider"]),
            call("/connect_webviews/create", accepted_providers="august"),
            call("/connect_webviews/delete", connect_webview_id=WEBVIEW),
            call("/connect_webviews/get", connect_webview_id=WEBVIEW),
        ),
    ),
    Scenario(
        "webhooks",
        "A webhook is made, found, changed and deleted.",
        (
            call(
                "/webhooks/create",
                url="https://example.com/seam-sandbox-compare",
                event_types=["device.connected", "device.disconnected"],
                keep={"webhook": "webhook.webhook_id"},
                undo=call("/webhooks/delete", webhook_id=WEBHOOK),
            ),
            call("/webhooks/get", webhook_id=WEBHOOK),
            call("/webhooks/list"),
            call("/webhooks/update", webhook_id=WEBHOOK, event_types=["device.connected"]),
            call("/webhooks/get", webhook_id=WEBHOOK),
            call("/webhooks/delete", webhook_id=WEBHOOK),
            call("/webhooks/get", webhook_id=WEBHOOK),
            call("/webhooks/delete", webhook_id=WEBHOOK),
        ),
    ),
    Scenario(
        "refused webhooks",
        "What is wrong with a webhook is told by the fields.",
        (
            call("/webhooks/create"),
            call("/webhooks/create", url="nope"),
            call("/webhooks/create", url="https://example.com", event_types="device.connected"),
            call("/webhooks/create", url="https://example.com", event_types=["no.such_event"]),
            call("/webhooks/get"),
        ),
    ),
    Scenario(
        "events",
        "Events are asked for by time and type; what is wrong with it is told by the fields.",
        (
            call("/events/list", since=InHours(-1), envelope_only=True),
            call("/events/list", between=[InHours(-2), InHours(-1)], envelope_only=True),
            call("/events/list", since=InHours(-1), event_type="device.connected", envelope_only=True),
            call("/events/list", since=InHours(-1), event_types=["device.connected"], limit=1, envelope_only=True),
            call("/events/list", since=InHours(1)),
            call("/events/list"),
            call("/events/list", since="some day"),
            call("/events/list", between=[InHours(-1), InHours(-2)]),
            call("/events/list", between=[InHours(-1)]),
            call("/events/list", since=InHours(-1), event_type="no.such_event"),
            call("/events/get"),
        ),
    ),
)
