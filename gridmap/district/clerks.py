"""How the four departments write: police (registered people), civil affairs (the old), the federation of the disabled,
and the office for tenants. The police copy standard addresses from a register; the others write what they are told."""

from __future__ import annotations

from gridmap.district.messy import Clerk
from gridmap.district.spelling import Hand

POLICE = Clerk(
    prefixes={"whole": 5, "county": 3, "city": 2},
    indoors={"dong_unit_room": 4, "zhuang_unit_room": 4, "house_unit_room": 2, "hao_unit_room": 1, "zhuang_dashes": 1},
    with_street=0.92,
    community_column=0.0,
    hand=Hand(full_width=0.06, traditional=0.001, odd_dash=0.1, spaces=0.01, note=0.01, phone=0.0, zero_room=0.03),
    mistakes={
        "elsewhere": 0.004, "typo_compound": 0.004, "typo_street": 0.003, "former_name": 0.12, "no_unit": 0.012,
        "wrong_compound": 0.001, "wrong_number": 0.0004, "other_door": 0.004, "swapped_room": 0.002, "no_room": 0.006,
        "door_only": 0.03, "word_changed": 0.01,
    },
)  # fmt: skip
CIVIL_AFFAIRS = Clerk(
    prefixes={"none": 5, "community": 3, "short": 1, "street_office": 1, "county": 0.6},
    indoors={
        "dashes": 4, "dong_unit_room": 3, "dong_unit": 2, "house_unit_room": 1.5, "house_gate": 1, "hash_unit": 1,
        "hash_dashes": 1.5, "dong_dashes": 1, "spelt_out": 1, "zuo": 0.3, "room_door": 0.4, "heavenly": 0.1,
        "household": 0.4,
    },
    with_street=0.14,
    community_column=0.9,
    hand=Hand(full_width=0.05, traditional=0.006, odd_dash=0.3, spaces=0.06, note=0.05, phone=0.02, zero_room=0.01),
    mistakes={
        "elsewhere": 0.006, "typo_compound": 0.014, "typo_street": 0.01, "former_name": 0.25, "core_name": 0.05,
        "word_changed": 0.03, "no_unit": 0.07, "no_room": 0.025, "no_number": 0.006, "wrong_compound": 0.002,
        "wrong_number": 0.001, "other_door": 0.01, "swapped_room": 0.004, "door_only": 0.01, "wrong_community": 0.004,
    },
)  # fmt: skip
DISABLED = Clerk(
    prefixes={"community": 4, "none": 3, "county": 2, "street_office": 1, "whole": 0.6},
    indoors={
        "dong_unit_room": 3, "house_unit_room": 2, "dashes": 3, "house_dashes": 1, "zhuang_dashes": 1, "ordinal": 0.5,
        "spelt_out": 1.5, "dong_gate": 0.8, "hash_dashes": 1,
    },
    with_street=0.3,
    community_column=0.7,
    hand=Hand(full_width=0.04, traditional=0.01, odd_dash=0.3, spaces=0.08, note=0.03, phone=0.01, zero_room=0.02),
    mistakes={
        "elsewhere": 0.008, "typo_compound": 0.018, "typo_street": 0.012, "former_name": 0.3, "core_name": 0.03,
        "word_changed": 0.03, "no_unit": 0.06, "no_room": 0.03, "no_number": 0.008, "wrong_compound": 0.002,
        "wrong_number": 0.001, "other_door": 0.01, "swapped_room": 0.005, "door_only": 0.02, "wrong_community": 0.006,
    },
)  # fmt: skip
TENANCY = Clerk(
    prefixes={"none": 4, "community": 2, "county": 2, "short": 1, "whole": 1},
    indoors={
        "dashes": 4, "hash_dashes": 3, "dong_dashes": 2, "dong_unit": 2, "zhuang_unit_room": 1, "zuo": 0.6,
        "house_dashes": 1, "dong_gate": 0.6, "spelt_out": 0.3,
    },
    with_street=0.25,
    community_column=0.35,
    hand=Hand(full_width=0.04, traditional=0.006, odd_dash=0.35, spaces=0.06, note=0.14, phone=0.05, zero_room=0.03),
    mistakes={
        "elsewhere": 0.01, "typo_compound": 0.025, "typo_street": 0.015, "former_name": 0.2, "core_name": 0.08,
        "word_changed": 0.04, "no_unit": 0.09, "no_room": 0.05, "no_number": 0.012, "wrong_compound": 0.003,
        "wrong_number": 0.0015, "other_door": 0.012, "swapped_room": 0.006, "door_only": 0.05, "wrong_community": 0.004,
    },
)  # fmt: skip
