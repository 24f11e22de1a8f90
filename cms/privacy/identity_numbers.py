"""The rules of numbers of 16 digits that the civil registry gives to people and families (Permendagri 109/2019; UU 24/2013).

A NIK is region (6 digits: province, city, district), day of birth (DDMMYY; women have 40 added to the day) and a serial of 4. The number of a
family card is region, day of registration and serial. A NIP of civil servants has 18 digits and is public.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

_PROVINCES: Final = "111213141516171819213132333435365152536162636465717273747576818291929394959697"
PROVINCES: Final = frozenset(re.findall("..", _PROVINCES))
"""The first two digits (Kepmendagri 300.2.2-2138 of 2025), the six provinces of Papua included."""
LARGEST_REGENCY, FIRST_CITY, LAST_CITY = 39, 71, 79
"""Regencies are numbered from 01, cities from 71."""
ADDED_FOR_WOMEN: Final = 40
LONGEST_YEAR: Final = 2024
"""Any leap year: of the year only two digits are known, so that 29 February is possible."""


def has_province(digits: str) -> bool:
    """True when the first two digits are those of a province."""
    return digits[:2] in PROVINCES


def has_region(digits: str) -> bool:
    """True when the first six digits can be province, city and district."""
    city = int(digits[2:4])
    is_city = 1 <= city <= LARGEST_REGENCY or FIRST_CITY <= city <= LAST_CITY
    return has_province(digits) and is_city and digits[4:6] != "00"


def has_day(digits: str, *, also_of_women: bool = True) -> bool:
    """True when the digits behind the region are a day of the calendar."""
    day, month = int(digits[6:8]), int(digits[8:10])
    if also_of_women and day > ADDED_FOR_WOMEN:
        day -= ADDED_FOR_WOMEN
    return 1 <= month <= 12 and 1 <= day <= monthrange(LONGEST_YEAR, month)[1]


def is_identity_number(digits: str) -> bool:
    """True when all parts are possible. One in fifty numbers of 16 digits is, by chance."""
    return has_region(digits) and has_day(digits) and digits[12:] != "0000"


def is_employee_number(groups: list[str]) -> bool:
    """True for a NIP: day of birth (YYYYMMDD), month of appointment (YYYYMM), 1 or 2, serial of 3; in one piece or in these groups."""
    digits = "".join(groups)
    if len(digits) != 18 or [len(group) for group in groups] not in ([18], [8, 6, 1, 3], [8, 6, 4], [8, 10], [14, 4]):
        return False
    years, months = (digits[:4], digits[8:12]), (digits[4:6], digits[12:14])
    return all("1930" <= year <= "2099" for year in years) and all(
        "01" <= month <= "12" or month == "21" for month in months
    )
