"""Names by which departments' lists call what they hold, per kind of list; best first."""

from __future__ import annotations

_NAME = ("姓名", "name", "full_name", "中文姓名", "人员姓名", "居民姓名", "本人姓名", "老人姓名", "残疾人姓名", "xm",
         "对象姓名", "承租人", "承租人姓名", "租客姓名", "户主姓名", "被保险人姓名", "救助对象")  # fmt: skip
_ID_NUMBER = ("公民身份号码", "身份证号", "身份证号码", "证件号码", "证件号", "身份证", "公民身份证号码",
              "居民身份证号", "居民身份证号码", "身份号码", "身份证件号码", "残疾证号", "残疾人证号", "id_number",
              "idcard", "id_card", "idno", "id no", "identity_number", "sfzh", "gmsfhm", "zjhm")  # fmt: skip
_PHONE = ("联系电话", "手机", "手机号", "手机号码", "电话", "电话号码", "联系方式", "本人电话", "移动电话", "联系手机",
          "phone", "mobile", "telephone", "tel", "cellphone", "lxdh", "sjh", "固定电话", "监护人电话")  # fmt: skip
_GENDER = ("性别", "gender", "sex", "xb")
_BIRTH = ("出生日期", "出生年月", "出生年月日", "生日", "出生年份", "出生年", "birth_date", "birthday", "date_of_birth",
          "dob", "birth_year", "csrq")  # fmt: skip
_ADDRESS = ("现住址", "现居住地址", "居住地址", "现居住地", "实际居住地址", "实际住址", "常住地址", "家庭住址", "住址",
            "居住地", "现住地址", "暂住地址", "租住地址", "租住地", "暂住地", "家庭地址", "详细地址", "房屋地址",
            "房屋坐落", "坐落", "标准地址", "地址", "address", "home_address", "residence", "current_address", "zz",
            "dz", "户籍地址", "户籍地", "户口地址", "户口所在地", "registered_address")  # fmt: skip
_COMPOUND = ("小区", "小区名称", "所在小区", "小区名", "院落", "楼盘", "楼盘名称", "居住小区", "自然村", "compound",
             "estate", "xqmc", "小区（村）", "小区/村")  # fmt: skip
_BUILDING = ("楼栋", "楼栋号", "栋", "幢", "楼号", "幢号", "栋号", "楼", "几幢", "几栋", "楼宇", "building",
             "building_number", "block", "block_no", "ldh")  # fmt: skip
_UNIT = ("单元", "单元号", "门洞", "单元门", "unit", "unit_no", "dyh")
_FLOOR = ("楼层", "层", "所在楼层", "所在层", "floor", "storey")
_ROOM = ("室", "户室", "房号", "室号", "房间号", "门牌", "户室号", "房屋编号", "门牌号", "门号", "房室号", "房间",
         "室/户", "room", "room_no", "flat", "apartment", "sh")  # fmt: skip
_COMMUNITY = ("所属社区", "社区", "社区名称", "所在社区", "村（社区）", "村(社区)", "村/社区", "村社区", "村居",
              "居委会", "community")  # fmt: skip
_PLACE = {
    "community": _COMMUNITY,
    "address": _ADDRESS, "compound": _COMPOUND, "building": _BUILDING, "unit": _UNIT, "floor": _FLOOR, "room": _ROOM,
}  # fmt: skip
_VERIFIED = ("核实日期", "登记日期", "采集日期", "采集时间", "登记时间", "更新时间", "更新日期", "入户日期",
             "verified_on", "updated_at")  # fmt: skip

_RESIDENTS = {
    "name": _NAME,
    "id_number": _ID_NUMBER,
    "phone": _PHONE,
    "gender": _GENDER,
    "birth": _BIRTH,
    "relation": ("与户主关系", "户主关系", "与户主的关系", "家庭关系", "关系", "relation", "relation_to_head",
                 "yhzgx"),
    "person_kind": ("人员类别", "人员类型", "人口类型", "人口类别", "人口性质", "居民类型", "居住类型", "户籍类型",
                    "person_kind", "resident_type", "类别", "类型"),
    "household": ("户号", "户编号", "户籍号", "家庭编号", "户口簿号", "户口编号", "household", "household_no",
                  "household_number", "hh"),
    "health": ("健康状况", "健康情况", "身体状况", "health", "患病情况", "慢性病"),
    **_PLACE,
    "verified_on": _VERIFIED,
}  # fmt: skip
#: Headings that contain a known name and mean something else.
OTHER_HEADINGS = ("证件类型", "证件种类", "身份证件类型", "户籍类别", "房屋类型", "联系人", "紧急联系人",
                  "紧急联系人电话", "监护人姓名", "网格员姓名", "网格员电话", "登记人姓名", "填表人姓名", "所属街道",
                  "工作单位地址", "单位地址", "单位名称", "身份证有效期", "证件有效期", "银行卡号",
                  "残疾证有效期")  # fmt: skip
LIST_SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "residents": _RESIDENTS,
    "floating": _RESIDENTS,
    "dwellings": {
        **_PLACE,
        "purpose": ("房屋用途", "用途", "使用性质", "房屋性质", "房屋使用性质", "purpose", "usage", "use"),
        "occupancy": ("居住状态", "房屋状态", "使用状态", "居住情况", "入住情况", "使用情况", "房屋类别", "居住性质",
                      "occupancy", "status"),
        "let": ("是否出租", "出租", "是否出租屋", "是否出租房", "出租情况", "is_let", "rented", "let"),
        "owner_name": ("房主", "房主姓名", "业主", "业主姓名", "产权人", "产权人姓名", "所有权人", "房东", "房东姓名",
                       "owner", "owner_name", "户主姓名", "户主"),
        "owner_phone": ("房主电话", "业主电话", "房东电话", "产权人电话", "房主联系方式", "业主联系电话", "业主手机",
                        "房主手机", "owner_phone", *_PHONE),
        "verified_on": _VERIFIED,
    },
    "care": {
        "name": _NAME,
        "id_number": _ID_NUMBER,
        "phone": _PHONE,
        "gender": _GENDER,
        "birth": _BIRTH,
        "care": ("人员类别", "对象类别", "关爱类别", "特殊人群类别", "困难类型", "困难类别", "老人类别", "老人类型",
                 "救助类型", "保障类别", "重点人群类别", "人员类型", "类别", "类型", "care", "care_kind", "category",
                 "tag"),
        "subsidy": ("补贴类型", "补贴种类", "补贴名称", "享受补贴", "救助待遇", "待遇类型", "subsidy", "benefit"),
        "disability": ("残疾等级", "残疾级别", "残疾类别", "残疾类型", "残疾情况", "disability", "disability_level"),
        "risk": ("风险等级", "风险级别", "风险", "关注等级", "关注级别", "等级", "risk", "risk_level"),
        "since": ("认定日期", "起始日期", "享受起始日期", "纳入日期", "开始日期", "审批日期", "认定时间", "发证日期",
                  "since", "start_date"),
        "health": ("健康状况", "健康情况", "身体状况", "患病情况", "疾病", "health"),
        **_PLACE,
        "verified_on": _VERIFIED,
    },
}  # fmt: skip
