"""PostgreSQL's major versions: until when the project mends them. Source: postgresql.org/support/versioning."""

from __future__ import annotations

from datetime import date
from typing import Final

#: The oldest version that can be looked at, and that says which columns are generated.
OLDEST: Final = 12

#: The day of each version's last release.
LAST_RELEASE: Final = {
    12: date(2024, 11, 21),
    13: date(2025, 11, 13),
    14: date(2026, 11, 12),
    15: date(2027, 11, 11),
    16: date(2028, 11, 9),
    17: date(2029, 11, 8),
    18: date(2030, 11, 14),
}
