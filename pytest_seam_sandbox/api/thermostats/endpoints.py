"""The endpoints of thermostats, by what they are about."""

from . import climate_presets, programs, schedules, simulate, threshold
from .commands import router

for part in (climate_presets, schedules, programs, threshold, simulate):
    router.include(part.router)
