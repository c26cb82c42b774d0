"""Access codes: model.py (rows and views), lifecycle.py (what happens to them), adding.py (rules), then endpoints."""

from . import changes, endpoints, unmanaged
from .endpoints import router

router.include(changes.router)
router.include(unmanaged.router)

__all__ = ["endpoints", "router"]
