"""What the console offers to do: the outages that can begin now, and what Seam's simulate endpoints do to a device."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..api import all_endpoints
from ..api.devices.model import SIMULATIONS, DeviceRow
from ..backends.embedded import Embedded
from ..backends.unfinished import Begun
from ..engine.router import Endpoint
from ..outages.devices import DeviceOutage
from ..outages.kinds import kinds_of

_MARK = "/simulate/"
Offer = dict[str, Any]
"""A button. key: what no other button of the same thing has. text: on it. title: what it does. path, params: the
control route, and what it is sent. fields: what the person has to fill in first, each with its name and its kind."""


def outage_offers(backend: Embedded, ids: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str, Offer]]:
    """The outages that can begin now, each with the word and the name of its target.

    ids: those of devices and phones by word and name, since a name may be that of another one a moment later.
    """
    for name, kind in kinds_of(backend).items():
        for target in kind.possible(backend):
            offer = _offer(
                name,
                _words(kind.option),
                kind.sentence.format(target),
                path="outages/begin",
                params={"kind": name, "target": ids.get((kind.word, target), target)},
            )
            yield kind.word, target, offer


def ending_offer(outage: Begun, outage_id: str) -> Offer:
    """The end of an outage that has begun, by its id, since others may have its name."""
    text = f"End: {_words(outage.name).lower()}"
    return _offer(f"end {outage_id}", text, f"End {outage}", path="outages/end", params={"id": outage_id})


class Simulations:
    """Seam's simulate endpoints for one device, but for those that an outage calls when it begins."""

    def __init__(self, backend: Embedded) -> None:
        kinds = [kind for kind in kinds_of(backend).values() if issubclass(kind, DeviceOutage)]
        self._healing = {kind.heal_path: kind for kind in kinds if kind.heal_path}
        begun_by_outages = {kind.break_path for kind in kinds} - self._healing.keys()
        self._endpoints: Mapping[str, Endpoint] = {
            endpoint.path: endpoint
            for endpoint in (*all_endpoints(), *backend.extensions.endpoints())
            if _MARK in endpoint.path
            and "device_id" in endpoint.params.fields
            and endpoint.path not in begun_by_outages
        }

    def __contains__(self, path: str) -> bool:
        return path in self._endpoints

    def offers(self, device: DeviceRow, outages: Collection[str]) -> Iterator[Offer]:
        """What can be simulated for a device now. outages: the names of the kinds that are open for it."""
        for path, endpoint in self._endpoints.items():
            name = path.rpartition("/")[2]
            ends = self._healing.get(path)
            if _works(device, name) and (ends is None or ends.name not in outages):
                yield _offer(
                    path,
                    _words(name),
                    _first_sentence(endpoint),
                    path="console/simulate",
                    params={"path": path, "params": {"device_id": device.device_id}},
                    fields=_fields(endpoint),
                )


def _works(device: DeviceRow, name: str) -> bool:
    """Whether the device has this simulation, and the flag that belongs to it is true."""
    if name not in device.model.simulate:
        return False
    if name in SIMULATIONS:
        return device.flags().get(SIMULATIONS[name]) is True
    return device.is_managed and not device.is_removed


def _fields(endpoint: Endpoint) -> list[dict[str, Any]]:
    """What the endpoint takes beside the device, what it needs first."""
    params = endpoint.params
    names = sorted(params.kinds.keys() - {"device_id"}, key=lambda name: (name not in params.required, name))
    return [{"name": name, "kind": params.kinds[name].name, "is_needed": name in params.required} for name in names]


def _offer(key: str, text: str, title: str, **details: Any) -> Offer:
    return {"key": key, "text": text, "title": title, "fields": [], **details}


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _first_sentence(endpoint: Endpoint) -> str:
    return " ".join((endpoint.function.__doc__ or "").split("\n\n")[0].split())
