"""How Chinese characters are read: for each the syllables that words and names of places use, commonest first."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

#: A reading is kept where so large a share of a character's words has it, or so many of them.
LEAST_SHARE, LEAST_WORDS = 0.02, 4
MOST_READINGS = 3
FIRST, LAST = 0x3400, 0x9FFF
#: Readings that names of places have and other words hardly do: 六安, 厦门, 浒墅关, 单县, 蚌埠, 番禺, 里弄, 十里堡 …
OF_PLACES = {
    "六": "lu", "厦": "xia", "浒": "xu", "单": "shan", "蚌": "beng", "埔": "bu", "番": "pan",
    "弄": "long", "堡": "pu", "荥": "xing", "会": "kuai", "解": "xie", "仇": "qiu", "洞": "tong",
    "台": "tai", "巷": "hang", "泌": "bi", "莘": "xin", "尉": "yu", "柏": "bo", "燕": "yan",
    "铅": "yan", "歙": "she", "郧": "yun", "渑": "mian", "犍": "qian", "涡": "guo", "圩": "xu",
    "朱": "zhu", "车": "ju", "祭": "zhai", "筠": "jun", "洪": "hong", "卜": "bu", "阿": "e",
    "宓": "fu",
}  # fmt: skip


def fold_letters(text: str) -> str:
    """Letters as they are compared: small, ü and v as u (绿 is lu, lv, lü or lyu), without blanks and apostrophes."""
    folded = text.lower().replace("ü", "u").replace("v", "u").replace("lyu", "lu").replace("nyu", "nu")
    return "".join(one for one in folded if one.isascii() and one.isalnum())


def readings() -> dict[str, list[str]]:
    """Character → its syllables, folded, at most MOST_READINGS; from pypinyin's characters and 47 000 words."""
    used = _used_in_words()
    return {chr(code): _of(chr(code), syllables, used) for code, syllables in pinyin_dict.items() if _is_usual(code)}


def _is_usual(code: int) -> bool:
    return FIRST <= code <= LAST


def _used_in_words() -> Mapping[str, Counter[str]]:
    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word, syllables in phrases_dict.items():
        for character, spoken in zip(word, syllables, strict=False):
            used[character][_plain(spoken[0])] += 1
    return used


def _of(character: str, syllables: str, used: Mapping[str, Counter[str]]) -> list[str]:
    words = used.get(character, Counter())
    total = sum(words.values())
    common = [one for one, count in words.most_common() if count >= min(LEAST_WORDS, max(LEAST_SHARE * total, 1))]
    first = common or [_plain(syllables.split(",", maxsplit=1)[0])]
    return list(dict.fromkeys([*first[:MOST_READINGS], *filter(None, [OF_PLACES.get(character)])]))


def _plain(syllable: str) -> str:
    return fold_letters(to_normal(syllable))
