"""Words that are in names and tell nothing of a person."""

from __future__ import annotations

ORDINARY = frozenset(
    {
        *("access", "account", "admin", "administrator", "all", "and", "android", "apartment", "apple", "apt"),
        *("area", "attic", "back", "basement", "bath", "bathroom", "bedroom", "block", "building", "cabin", "cellar"),
        *("clean", "cleaner", "cleaners", "cleaning", "closet", "code", "codes", "common", "contractor", "cottage"),
        *("crew", "day", "deck", "default", "delivery", "demo", "desk", "device", "dining", "door", "doors"),
        *("downstairs", "driver", "east", "elevator", "emergency", "employee", "employees", "employer", "entrance"),
        *("entry", "exit", "exterior", "family", "first", "flat", "floor", "for", "front", "galaxy", "garage"),
        *("garden", "gate", "gents", "google", "guest", "guesthouse", "guests", "gym", "hall", "hallway", "handyman"),
        *("home", "host", "hotel", "house", "household", "housekeeper", "housekeeping", "indoor", "interior", "ipad"),
        *("iphone", "is", "it", "key", "keypad", "kids", "kitchen", "ladies", "lan", "laundry", "living", "lobby"),
        *("lock", "locks", "lodge", "loft", "lower", "lte", "main", "maintenance", "manager", "master", "max", "men"),
        *("merchant", "middle", "mini", "mobile", "my", "new", "night", "north", "of", "office", "old", "on", "or"),
        *("our", "outdoor", "owner", "owners", "package", "parcel", "parking", "patio", "permanent", "person"),
        *("phone", "pin", "pixel", "plumber", "plus", "pool", "porch", "private", "pro", "public", "rear"),
        *("reception", "repair", "resident", "residents", "room", "rooms", "samsung", "sauna", "second", "security"),
        *("service", "shed", "side", "single", "south", "spare", "staff", "stairs", "storage", "studio", "suite"),
        *("super", "supervisor", "team", "temporary", "tenant", "tenants", "terrace", "test", "the", "third"),
        *("ultra", "unit", "upper", "upstairs", "user", "users", "vendor", "villa", "visitor", "visitors", "west"),
        *("women", "worker", "yard"),
    }
)
"""Words that stay as they are wherever they stand, in lower case."""
