"""Access systems: kinds.py and model.py (rows), issuing.py and state.py (what happens), then endpoints by resource.

Encoders and access groups are not emulated yet.
"""

from ...engine.router import Router
from . import credentials, entrances, systems, users

router = Router("/acs")
for part in (systems, users, entrances, credentials):
    router.include(part.router)

__all__ = ["router"]
