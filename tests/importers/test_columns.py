import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import columns


@pytest.mark.parametrize(
    ("kind", "names", "wanted"),
    [
        (
            "buildings",
            ["blk_no", "street", "max_floor_lvl", "total_dwelling_units", "POSTAL"],
            {"number": "blk_no", "address": "street", "floors": "max_floor_lvl", "dwellings": "total_dwelling_units",
             "source_ref": "POSTAL"},
        ),
        ("buildings", ["CODEBASE", "H_CNT", "P_CNT"], {"source_ref": "CODEBASE", "households": "H_CNT",
            "residents": "P_CNT"}),
        ("buildings", ["BBL", "UnitsRes", "NumFloors"], {"source_ref": "BBL", "dwellings": "UnitsRes",
            "floors": "NumFloors"}),
        (
            "buildings",
            ["楼栋编号", "户数（户）", "常住人口(人)", "小区名称", "层 数"],
            {"source_ref": "楼栋编号", "households": "户数（户）", "residents": "常住人口(人)",
                "floors": "层 数"},
        ),
        ("regions", ["SUBZONE_N", "SUBZONE_C", "PLN_AREA_N"], {"name": "SUBZONE_N", "source_ref": "SUBZONE_C",
            "street": "PLN_AREA_N"}),
        ("regions", ["行政区划代码", "社区名称"], {"code": "行政区划代码", "name": "社区名称"}),
        ("cameras", ["osm_id", "camera:direction"], {"source_ref": "osm_id", "bearing_deg": "camera:direction"}),
        ("facilities", ["name", "category", "address"], {"name": "name", "kind": "category", "address": "address"}),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_chinese_and_english_names(
    kind: str, names: list[str], wanted: dict[str, str]
) -> None:
    assert columns.mapping(kind, names) == wanted


def test_households_dwellings_and_residents_are_never_mixed_up() -> None:
    found = columns.mapping("buildings", ["总户数", "住宅套数", "总人口", "60岁以上人口"])
    assert found == {"households": "总户数", "dwellings": "住宅套数", "residents": "总人口", "elders": "60岁以上人口"}


def test_the_confidence_says_how_the_name_was_found() -> None:
    found = {match.column: match for match in columns.match("buildings", ["户数", "NUM FLOORS", "小区户数合计人口数"])}
    assert (found["户数"].confidence, found["户数"].how) == (1.0, "exact")
    assert (found["NUM FLOORS"].confidence, found["NUM FLOORS"].how) == (0.9, "close")
    assert found["小区户数合计人口数"].how == "partial"


def test_what_was_remembered_wins_and_can_say_that_a_field_has_no_column() -> None:
    names = ["户数", "套数", "人口"]
    found = columns.mapping("buildings", names, remembered={"households": "套数", "dwellings": "", "elders": "gone"})
    assert found == {"households": "套数", "residents": "人口"}


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=12), st.sampled_from(sorted(columns.SYNONYMS)))
def test_every_proposal_is_a_column_of_the_file_and_serves_one_field(names: list[str], kind: str) -> None:
    found = columns.match(kind, names)
    assert {match.column for match in found} <= set(names)
    assert len({match.column for match in found}) == len(found) == len({match.target for match in found})
    assert all(0 < match.confidence <= 1 for match in found)


def test_every_synonym_leads_to_its_own_field_when_it_is_alone() -> None:
    wrong = []
    for kind, table in columns.SYNONYMS.items():
        for target, names in table.items():
            for name in names:
                others = [other for other, more in table.items() if other != target and name in more]
                if not others and target not in columns.mapping(kind, [name]):
                    wrong.append((kind, target, name))
    assert not wrong
