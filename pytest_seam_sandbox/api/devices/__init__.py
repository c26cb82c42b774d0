"""Devices: model.py (rows and what clients see), state.py (what can happen to them), then the endpoints."""

from . import endpoints, simulate, unmanaged
from .endpoints import router

router.include(unmanaged.router)
router.include(simulate.router)

__all__ = ["endpoints", "router"]
