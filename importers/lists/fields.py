"""What rows of people's lists can say: the fields of each kind of list, with departments' words for their values."""

from __future__ import annotations

from importers.kind import Field, Kind
from importers.lists import cells
from importers.values import flag

GENDERS = {"男": "male", "女": "female", "m": "male", "f": "female", "1": "male", "2": "female", "男性": "male",
           "女性": "female"}  # fmt: skip
RELATIONS = {
    "户主": "head", "本人": "head", "户主本人": "head", "本人或户主": "head", "head": "head", "配偶": "spouse",
    "夫": "spouse", "妻": "spouse", "妻子": "spouse", "丈夫": "spouse", "夫妻": "spouse", "spouse": "spouse",
    "子": "child", "女": "child", "儿子": "child", "女儿": "child", "长子": "child", "次子": "child", "三子": "child",
    "长女": "child", "次女": "child", "三女": "child", "独生子": "child", "独生女": "child", "子女": "child",
    "养子": "child", "养女": "child", "继子": "child", "继女": "child", "child": "child", "父": "parent",
    "母": "parent", "父亲": "parent", "母亲": "parent", "父母": "parent", "parent": "parent", "孙": "grandchild",
    "孙子": "grandchild", "孙女": "grandchild", "外孙": "grandchild", "外孙子": "grandchild", "外孙女": "grandchild",
    "孙子女": "grandchild", "grandchild": "grandchild", "其他": "other", "非亲属": "other", "儿媳": "other",
    "女婿": "other", "兄弟": "other", "姐妹": "other", "兄弟姐妹": "other", "岳父": "other", "岳母": "other",
"公公": "other", "婆婆": "other", "租客": "other", "合租": "other", "保姆": "other", "other": "other", }  # fmt: skip
PERSON_KINDS = {
    "户籍": "registered", "户籍人口": "registered", "常住": "registered", "常住人口": "registered",
    "本地": "registered", "本地户籍": "registered", "人户一致": "registered", "人在户在": "registered",
    "registered": "registered", "户籍人员": "registered", "流动": "floating", "流动人口": "floating",
    "暂住": "floating", "暂住人口": "floating", "外来": "floating", "外来人口": "floating", "租户": "floating",
    "租客": "floating", "承租人": "floating", "人在户不在": "floating", "非户籍": "floating", "floating": "floating",
    "留守": "left_behind", "留守人员": "left_behind", "留守老人": "left_behind", "留守儿童": "left_behind",
    "left_behind": "left_behind", "境外": "overseas", "境外人员": "overseas", "外籍": "overseas", "外国人": "overseas",
    "港澳台": "overseas", "港澳": "overseas", "华侨": "overseas", "overseas": "overseas",
}  # fmt: skip
CARE_KINDS = {
    "独居": "alone", "独居老人": "alone", "空巢": "empty_nest", "空巢老人": "empty_nest", "高龄": "aged_80",
    "高龄老人": "aged_80", "80岁以上": "aged_80", "80周岁以上": "aged_80", "高龄津贴": "aged_80", "残疾": "disabled",
    "残疾人": "disabled", "肢体残疾": "disabled", "视力残疾": "disabled", "听力残疾": "disabled",
    "言语残疾": "disabled", "智力残疾": "disabled", "多重残疾": "disabled", "重残": "disabled",
    "失能": "incapacitated", "半失能": "incapacitated", "失能老人": "incapacitated", "护理补贴": "disabled",
    "特困": "destitute", "特困人员": "destitute", "五保": "destitute", "特困供养": "destitute", "低保": "low_income",
    "低保户": "low_income", "最低生活保障": "low_income", "低收入": "low_income", "低保边缘": "low_income",
    "困难家庭": "low_income", "失智": "dementia", "失智老人": "dementia", "认知症": "dementia", "认知障碍": "dementia",
    "大病": "severe_illness", "重病": "severe_illness", "重大疾病": "severe_illness", "重疾": "severe_illness",
    "孤寡": "widowed_childless", "孤寡老人": "widowed_childless", "失独": "widowed_childless", "孤儿": "orphan",
    "困境儿童": "child_in_need", "事实无人抚养儿童": "child_in_need", "留守": "left_behind", "留守儿童": "left_behind",
    "留守老人": "left_behind", "孕产妇": "pregnant", "孕妇": "pregnant", "产妇": "pregnant",
                               **{name: name for name in ("alone", "empty_nest", "aged_80", "disabled",
                               "incapacitated", "destitute", "low_income", "dementia", "severe_illness",
                               "widowed_childless", "orphan", "child_in_need", "left_behind", "pregnant")},
}  # fmt: skip
RISKS = {"高": "high", "高风险": "high", "红": "high", "红色": "high", "一级": "high", "high": "high", "中": "key",
         "重点": "key", "中风险": "key", "黄": "key", "黄色": "key", "二级": "key", "key": "key", "低": "general",
         "一般": "general", "低风险": "general", "绿": "general", "绿色": "general", "三级": "general",
         "general": "general"}  # fmt: skip
PURPOSES = {"住宅": "home", "居住": "home", "自住": "home", "民用": "home", "home": "home", "商铺": "shop",
            "商业": "shop", "店铺": "shop", "门面": "shop", "shop": "shop", "办公": "office", "写字楼": "office",
            "office": "office", "生产": "workshop", "作坊": "workshop", "加工": "workshop", "厂房": "workshop",
            "workshop": "workshop", "其他": "other", "仓库": "other", "仓储": "other", "other": "other"}  # fmt: skip
OCCUPANCIES = {"自住": "owner", "自用": "owner", "自有": "owner", "owner": "owner", "出租": "let", "租赁": "let",
               "出租屋": "let", "出租房": "let", "已出租": "let", "群租": "let", "let": "let", "rented": "let",
               "空置": "vacant", "空关": "vacant", "空闲": "vacant", "无人": "vacant", "无人居住": "vacant",
               "vacant": "vacant", "其他": "other", "借用": "other", "other": "other"}  # fmt: skip
#: Where somebody lives, in one column or in several.
PLACE = (
    Field("community", cells.free_text(120), ""), Field("address", cells.free_text(300), ""),
    Field("compound", cells.free_text(120), ""), Field("building", cells.free_text(60), ""), Field("unit",
    cells.free_text(20), ""),
    Field("floor", cells.free_text(20), ""), Field("room", cells.free_text(40), ""),
)  # fmt: skip
PERSON = (
    Field("name", cells.person_name, ""), Field("id_number", cells.id_number, ""), Field("phone", cells.phone, ""),
    Field("gender", cells.kind_of(GENDERS), ""), Field("birth", cells.birthday, ""),
)  # fmt: skip
_HEALTH = Field("health", cells.free_text(200), "")
_VERIFIED = Field("verified_on", cells.day, "")
_RESIDENT = (
    *PERSON, Field("relation", cells.kind_of(RELATIONS), ""), Field("person_kind", cells.kind_of(PERSON_KINDS), ""),
    Field("household", cells.free_text(60), ""), _HEALTH, *PLACE, _VERIFIED,
)  # fmt: skip
_CARE = (
    *PERSON, Field("care", cells.kinds_of(CARE_KINDS), ""),
    Field("subsidy", cells.kinds_of(CARE_KINDS), ""), Field("disability", cells.free_text(60), ""),
    Field("risk", cells.kind_of(RISKS), ""), Field("since", cells.day, ""), _HEALTH, *PLACE, _VERIFIED,
)  # fmt: skip
_DWELLING = (
    *PLACE, Field("purpose", cells.kind_of(PURPOSES), ""), Field("occupancy", cells.kind_of(OCCUPANCIES), ""),
    Field("let", flag, ""), Field("owner_name", cells.person_name, ""), Field("owner_phone", cells.phone, ""),
    _VERIFIED,
)  # fmt: skip

LIST_KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("residents", "", "", "none", _RESIDENT, required=("name",)),
        Kind("floating", "", "", "none", _RESIDENT, required=("name",)),
        Kind("dwellings", "", "", "none", _DWELLING),
        Kind("care", "", "", "none", _CARE, required=("name",)),
    )
}
#: Fields whose values are never shown whole, with the kind of their mask.
MASKS = {
    "name": "name", "id_number": "id_number", "phone": "phone", "owner_name": "name", "owner_phone": "phone",
    "health": "text", "address": "address", "household": "text", "disability": "text", "birth": "text",
}  # fmt: skip
