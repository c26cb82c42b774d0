"""A battery report by plain httpx: no SDK, just Seam's HTTP API."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

LOW = 0.25


def devices(seam: httpx.Client, page_size: int = 100) -> Iterator[dict]:
    """All devices, page by page. `seam` has the base URL and the API key."""
    cursor = None
    while True:
        response = seam.post("/devices/list", json={"limit": page_size, "page_cursor": cursor})
        response.raise_for_status()
        answer = response.json()
        yield from answer["devices"]
        cursor = answer["pagination"]["next_page_cursor"]
        if cursor is None:
            return


def battery_report(seam: httpx.Client, page_size: int = 100) -> dict[str, str]:
    """Each device by name: "ok", "low", or "unknown" when it is offline or has no battery."""
    return {device["display_name"]: _battery(device["properties"]) for device in devices(seam, page_size)}


def _battery(properties: dict) -> str:
    level = properties.get("battery_level")
    return "unknown" if level is None else "low" if level < LOW else "ok"
