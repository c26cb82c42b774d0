"""Access codes: model.py (rows and views), lifecycle.py (what happens to them), then the rest."""

from . import changes, endpoints, reactions, unmanaged
from .endpoints import router

router.include(changes.router)
router.include(unmanaged.router)

__all__ = ["endpoints", "reactions", "router"]
