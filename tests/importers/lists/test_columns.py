"""Which column of a department's list means what, in the headings that departments use."""

from __future__ import annotations

import pytest

from importers.check import Checker
from importers.columns import mapping, targets
from importers.kinds import KINDS
from importers.lists.fields import LIST_KINDS, MASKS
from importers.lists.looks import OPEN, masked_samples, refuse_headless, shown_value
from importers.readers.titles import titles_above
from importers.records import Description, Layer, Reason, Record, RefusedError, Value, Weight
from importers.sentences import TARGETS
from tests.importers.lists.people import number_of

LISTS = {
    "residents": {
        "police": (
            "序号,姓名,性别,公民身份号码,出生日期,户号,与户主关系,户籍地址,联系电话",
            {"name": "姓名", "gender": "性别", "id_number": "公民身份号码", "birth": "出生日期", "household": "户号",
             "relation": "与户主关系", "address": "户籍地址", "phone": "联系电话"},
        ),
        "split address": (
            "姓名,身份证号码,手机号码,小区名称,楼栋号,单元号,房号,人员类别",
            {"name": "姓名", "id_number": "身份证号码", "phone": "手机号码", "compound": "小区名称",
             "building": "楼栋号", "unit": "单元号", "room": "房号", "person_kind": "人员类别"},
        ),
        "two addresses": ("姓名,户籍地址,现住址", {"name": "姓名", "address": "现住址"}),
        "english": (
            "Full Name,ID Card,Mobile,Current Address,Relation",
            {"name": "Full Name", "id_number": "ID Card", "phone": "Mobile", "address": "Current Address",
             "relation": "Relation"},
        ),
        "full width": ("姓 名,身份证号（必填）", {"name": "姓 名", "id_number": "身份证号（必填）"}),
    },
    "floating": {
        "tenants": (
            "承租人,性别,证件类型,证件号码,手机号码,租住地址,社区,登记日期,到期日期",
            {"name": "承租人", "gender": "性别", "id_number": "证件号码", "phone": "手机号码", "address": "租住地址",
             "community": "社区", "verified_on": "登记日期"},
        ),
    },
    "care": {
        "elders": (
            "老人姓名,性别,年龄,身份证号,所属社区,家庭住址,联系方式,老人类别,紧急联系人,备注",
            {"name": "老人姓名", "gender": "性别", "id_number": "身份证号", "community": "所属社区",
             "address": "家庭住址", "phone": "联系方式", "care": "老人类别"},
        ),
        "disabled": (
            "姓名,残疾证号,残疾等级,补贴类型,风险等级,现居住地址,联系电话",
            {"name": "姓名", "id_number": "残疾证号", "disability": "残疾等级", "subsidy": "补贴类型",
             "risk": "风险等级", "address": "现居住地址", "phone": "联系电话"},
        ),
    },
    "dwellings": {
        "housing": (
            "小区,楼栋,单元,户室,房屋用途,是否出租,房主,房主电话",
            {"compound": "小区", "building": "楼栋", "unit": "单元", "room": "户室", "purpose": "房屋用途",
             "let": "是否出租", "owner_name": "房主", "owner_phone": "房主电话"},
        ),
    },
}  # fmt: skip
CASES = [(kind, name) for kind, lists in LISTS.items() for name in lists]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_headings_of_departments_are_known(kind: str, name: str) -> None:
    headings, expected = LISTS[kind][name]
    found = mapping(kind, headings.split(","))
    assert {target: found.get(target) for target in expected} == expected
    assert not set(found.values()) & {"备注", "紧急联系人", "序号", "到期日期", "证件类型"}


@pytest.mark.parametrize("kind", list(LIST_KINDS))
def test_every_column_is_a_field_with_a_word_and_a_mask_or_is_open(kind: str) -> None:
    assert set(targets(kind)) == {field.name for field in KINDS[kind].fields}
    for target in targets(kind):
        assert target in TARGETS
        assert target in MASKS or target in OPEN or shown_value(target, "secret") == "***"


def test_samples_are_masked_by_what_their_column_means_and_hidden_where_nobody_knows() -> None:
    shown = masked_samples(
        {"name": "姓名", "gender": "性别"}, {"姓名": ["张建国"], "性别": ["男"], "备注": ["张建国的弟弟"]}
    )
    assert "张建国" not in shown
    assert "张**" in shown
    assert "男" in shown


def test_a_list_whose_first_row_is_somebodys_is_refused_before_anything_is_kept() -> None:
    for heading in ("990101194803070013", "12912345678"):
        with pytest.raises(RefusedError) as refusal:
            refuse_headless(Description("csv", (Layer("x", ("张建国", heading)),)))
        assert refusal.value.code == "header_missing"
        assert not refusal.value.params


def test_a_row_is_put_together_from_its_columns_and_the_id_number_settles_birthday_and_gender() -> None:
    checker = Checker("care", {name: name for name in targets("care")}, {})
    fields: dict[str, Value] = {
        "name": "张三", "id_number": number_of("19480307", 1), "birth": "1950-01-01", "gender": "女",
        "care": "独居", "subsidy": "低保", "disability": "一级", "phone": "x",
    }  # fmt: skip
    row = checker.check(Record(2, fields))
    assert row.sound
    assert (row.fields["birth"], row.fields["gender"]) == ("1948-03-07", "male")
    assert row.fields["care"] == "alone,low_income,disabled"
    codes = {reason.code: reason.weight.value for reason in row.reasons}
    assert codes == {
        "birth_differs_from_id": "noted", "gender_differs_from_id": "noted", "phone_malformed": "repaired",
    }  # fmt: skip
    assert "phone" not in row.fields


@pytest.mark.parametrize("said", ["1948", "1948-03", "1948年3月", "19480307"])
def test_a_year_alone_contradicts_no_birthday(said: str) -> None:
    checker = Checker("residents", {name: name for name in targets("residents")}, {})
    row = checker.check(Record(2, {"name": "张三", "id_number": number_of("19480307", 1), "birth": said}))
    assert not row.reasons
    assert row.fields["birth"] == "1948-03-07"


def test_reasons_of_readers_about_shapes_and_values_are_not_repeated() -> None:
    checker = Checker("dwellings", {"let": "是否出租"}, {})
    reasons = [Reason("coordinate_not_number", Weight.REFUSED, "X", {"value": "张建国"})]
    row = checker.check(Record(2, {"是否出租": "张建国"}, b"x", reasons))
    assert row.sound
    assert row.wkb is None
    assert "张建国" not in str(row.reasons)
    assert [reason.code for reason in row.reasons] == ["not_yes_or_no"]


@pytest.mark.parametrize(
    ("rows", "titles"),
    [
        ([["姓名", "电话", "住址"]], 0),
        ([["花名册", "", ""], ["姓名", "电话", "住址"]], 1),
        ([["花名册"], ["单位：", "一社区"], ["姓名", "电话", "住址"], ["张三", "", "x"]], 2),
        ([["a", "b"], ["1", "2"], ["3", "4"]], 0),
        ([["a"], ["1"], ["2"]], 0),
        ([], 0),
        ([["x"]] * 9 + [["a", "b", "c"]], 0),
    ],
)
def test_titles_are_lines_of_few_cells_above_a_row_of_headings(rows: list[list[str]], titles: int) -> None:
    assert titles_above(rows) == titles
