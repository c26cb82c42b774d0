"""The endpoints of access systems, by resource."""

from ...engine.router import Router
from . import access_groups, credentials, encoders, entrances, systems, users

router = Router("/acs")
for part in (systems, users, entrances, credentials, access_groups, encoders):
    router.include(part.router)
