"""Watches all devices at once and tells which of them just went offline or came back."""

from __future__ import annotations

import asyncio

from seam import AsyncSeam


class Monitor:
    """Call `look` from time to time; it gives what changed since the last look."""

    def __init__(self, seam: AsyncSeam) -> None:
        self._seam = seam
        self._online: dict[str, bool] = {}

    async def look(self) -> dict[str, str]:
        """The names of the devices that changed, each with "offline" or "back"."""
        names, online = {}, {}
        for device in await self._seam.devices.list():
            names[device.device_id] = device.display_name
            online[device.device_id] = device.properties.online
        changed = {key for key, now in online.items() if now != self._online.get(key, True)}
        self._online = online
        return {names[key]: "back" if online[key] else "offline" for key in changed}

    async def lock_all(self) -> int:
        """Lock every door that can be locked now; the number of doors."""
        doors = [door for door in await self._seam.locks.list() if door.can_remotely_lock]
        await asyncio.gather(*(self._seam.locks.lock_door(device_id=door.device_id) for door in doors))
        return len(doors)
