"""The frame of a night: from going to bed in the evening of a day to getting up."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody went to bed in the evening of a day, and rose after it (UTC)."""

    evening: date
    bed_at: datetime
    rises_at: datetime

    @property
    def length(self) -> int:
        """Seconds in bed, trips included."""
        return int((self.rises_at - self.bed_at).total_seconds())
