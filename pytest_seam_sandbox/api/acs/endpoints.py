"""The endpoints of access systems, by resource. Encoders and access groups are not emulated yet."""

from ...engine.router import Router
from . import credentials, entrances, systems, users

router = Router("/acs")
for part in (systems, users, entrances, credentials):
    router.include(part.router)
