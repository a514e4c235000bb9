"""One spelling for what can be typed in many: width, script, dashes, blanks and numerals.

Everything here is linear in a text that is cut at `LONGEST` first, so that a cell of a megabyte costs nothing."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
NUMERALS = "〇零一二两三四五六七八九十百廿"
STEMS = "甲乙丙丁戊己庚辛壬癸"

_DASHES = "-‐‑‒–—―−－﹣─━~～〜_/\\丨|"
_TRADITIONAL = (
    "號号棟栋樓楼單单層层區区縣县鄉乡鎮镇東东門门園园華华街街莊庄灣湾龍龙鳳凤馬马衛卫橋桥廠厂陽阳風风蘭兰雲云錦锦"
    "繡绣麗丽慶庆榮荣寶宝興兴學学豐丰廣广貴贵蓮莲湖湖濱滨島岛嶺岭溝沟澤泽濟济瀾澜觀观會会館馆員员運运達达遠远進进"
    "銀银鐵铁鋼钢鋪铺長长開开關关際际陸陆陳陈飛飞魚鱼鳥鸟麥麦黃黄齊齐業业東东書书機机權权歐欧歲岁勝胜務务勞劳"
    "壩坝塊块場场墻墙夢梦實实寧宁將将專专嶽岳師师幹干應应懷怀戶户戸户採采攬揽數数斷断時时暉晖曉晓條条楊杨極极構构"
    "樂乐標标橫横欄栏歸归漢汉潔洁灘滩點点煉炼燈灯營营爾尔狀状獅狮環环瑪玛畫画異异療疗盛盛碼码祿禄禮礼種种稅税"
    "窪洼節节築筑簡简粵粤糧粮紅红紡纺線线綠绿維维網网綜综緣缘縱纵總总織织羅罗聖圣聯联職职藝艺蘇苏蘆芦處处蠶蚕"
    "裝装製制見见規规訊讯設设許许試试詩诗誠诚調调諾诺護护豬猪財财貨货貿贸資资賓宾質质趙赵車车軍军軌轨輝辉農农"
    "邊边郵邮鄭郑醫医釣钓鍾钟鐘钟鎖锁鏡镜閘闸閣阁陰阴隊队階阶電电靈灵靜静韻韵項项順顺頭头題题顏颜願愿類类顧顾"
    "駿骏驛驿髮发鴻鸿鵬鹏鷹鹰鹽盐龜龟巖岩峯峰羣群裏里裡里後后幢幢衚胡衕同別别墊垫內内臺台"
)
_TABLE: dict[int, str] = {
    **{ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)},
    **{ord(dash): "-" for dash in _DASHES},
    **{ord(c): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"},
    **{ord(c): "(" for c in "([{<〈《【〔「『"},
    **{ord(c): ")" for c in ")]}>〉》】〕」』"},
    **{ord(c): " " for c in ",;:。，；：、.·•'\"“”‘’!?…*=+&^%$@`"},
    ord("○"): "〇",
    ord("№"): "#",
}
_FIGURE = f"0-9A-Z{NUMERALS}{STEMS}"
_BLANKS = re.compile(r"\s+")
_BETWEEN_FIGURES = re.compile(r"(?<=[0-9A-Z]) (?=[0-9A-Z])")
_ROUND_LETTER = re.compile(r"(?<=[0-9])O(?=[0-9])")
_DASH_RUN = re.compile(r"-[- ]*| +-[- ]*")
_LOOSE_DASH = re.compile(f"(?<![{_FIGURE}])-|-(?![{_FIGURE}])")
_NUMERAL_RUN = re.compile(f"[{NUMERALS}]+")
_COUNTED = re.compile(
    r"(?:(?P<hundreds>[一二三四五六七八九两])?(?P<hundred>百)[零〇]?)?"
    r"(?:(?P<tens>[一二三四五六七八九])?(?P<ten>十)|(?P<twenty>廿))?(?P<ones>[一二三四五六七八九])?"
)
_DIGIT = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}


def normalise(text: str) -> str:
    """``text`` in half width, simplified characters and capitals, every dash as ``-``, no blanks; figures that a blank
    or a stop kept apart are kept apart by ``-``; the letter O between figures is a nought. Cut to `LONGEST` characters.
    Doing it twice changes nothing."""
    text = unicodedata.normalize("NFKC", text[: LONGEST * 2].replace("№", "#")).translate(_TABLE)
    text = "".join(c if _stands_alone(c) else " " for c in text)
    text = _DASH_RUN.sub("-", _BLANKS.sub(" ", text).strip())
    text = _ROUND_LETTER.sub("0", _BETWEEN_FIGURES.sub("-", text).replace(" ", ""))
    return _settled(text[:LONGEST])


def _stands_alone(character: str) -> bool:
    """Neither invisible nor apt to melt into its neighbour once a blank between them is gone (accents, Korean jamo)."""
    mark = unicodedata.category(character).startswith("M") or "\u1100" <= character <= "\u11ff"
    return character.isprintable() and not mark


def _settled(text: str) -> str:
    """Without dashes that separate nothing; taking one away can leave the next one loose."""
    while (shorter := _LOOSE_DASH.sub("", text)) != text:
        text = shorter
    return text


def arabic(numeral: str) -> str:
    """A Chinese numeral up to 999 in figures: 二十一 is 21, 一百零二 is 102, 五〇一 is 501; "" for what is none."""
    if not any(c in "十百廿" for c in numeral):
        return "".join(_DIGIT.get(c, "") for c in numeral)
    match = _COUNTED.fullmatch(numeral)
    if match is None:
        return ""
    hundreds = _digit(match["hundreds"] or "一") * 100 if match["hundred"] else 0
    tens = _digit("二" if match["twenty"] else match["tens"] or "一") * 10 if match["ten"] or match["twenty"] else 0
    return str(hundreds + tens + (_digit(match["ones"]) if match["ones"] else 0))


def _digit(numeral: str) -> int:
    return int(_DIGIT[numeral])


def figure_of(text: str) -> str:
    """A number as it is compared: 三, 03 and ３ are all "3"; letters, 甲乙 and what is no number (三十十) stay."""
    if text and all(c in NUMERALS for c in text):
        text = arabic(text) or text
    return text.lstrip("0") or ("0" if text else "")


def name_key(text: str) -> str:
    """A name as it is looked up: normalised, numerals as figures (二期 and 2期, 五一路 and 51路 are one)."""
    return _NUMERAL_RUN.sub(lambda run: arabic(run.group()) or run.group(), normalise(text)).replace("-", "")
