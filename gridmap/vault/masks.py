"""What is shown of a personal value where nobody asked to see it. One policy, and nothing shows more than it says:

| kind | shown | hidden |
|---|---|---|
| name | the first character, or a surname of two (欧阳**) | the rest (at most 3 stars per part); dots, blanks stay |
| phone, mobile | the first 3 and the last 4 of 11 digits | 4 digits |
| phone, landline | the area code and the last 4 | the rest; an extension wholly |
| other number of 7 digits or more | the last 2 | the rest |
| ID number of 18 | the first 3 and the last 4 | 11 characters, the birthday among them |
| ID number of 15 | the first 3 and the last 3 | 9 digits, the birthday among them |
| permit or passport of 8 or more | the first and the last 3 | the rest |
| address | compound and building | unit, floor, room and all that follows; all where no building is found |
| text | nothing | all, its length too |

What is shorter than its kind allows is hidden wholly. Pure functions, no Django.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

STAR = "*"
HIDDEN = STAR * 3
#: What stands in text where a value is sealed; a form that posts it back means “unchanged”.
PLACEHOLDER = "•••"

_PAIRS = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠"
    "公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁"
    "拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘左丘西门第五南荣东里东宫即墨达奚褚师纳兰"
    "叶赫那拉西陵贺兰完颜耶律歐陽司馬東方諸葛尉遲鍾離長孫獨孤聞人濮陽公孫鮮于軒轅"
)
COMPOUND_SURNAMES = frozenset(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))
DOTS = "·•・‧∙⋅᛫․"
_DOT = re.compile(f"[{DOTS}]|(?<=[^\x00-\x7f])[.](?=[^\x00-\x7f])")
_HAN_BLANK = re.compile(r"(?<=[⺀-鿿\U00020000-\U0003ffff])\s+(?=[⺀-鿿\U00020000-\U0003ffff])")
_SEPARATORS = re.compile(r"[,;、/]+")
_MOBILE = re.compile(r"(?:\+|00)?(?:86)?(1\d{10})")
_LANDLINE = re.compile(r"(?:0|(?:\+|00)860?)(10|2\d|[3-9]\d\d)(\d{7,8})")
_LOCAL = re.compile(r"([2-8]\d{6,7})")
_EXTENSION = re.compile(r"(?<=\d)\s*(?:转|ext\.?|x|#|-(?=\d{1,5}$)(?<=\d{7}-))\s*\d{1,6}$", re.IGNORECASE)

_COUNTED = r"(?:[0-9]+[A-Za-z]?|[A-Za-z][0-9]*|[一二三四五六七八九十百零〇甲乙丙丁东南西北中]+)"
_BUILDING = re.compile(rf"{_COUNTED}\s*(?:号楼|号院|#楼?|[栋幢座棟])")
_INSIDE = re.compile(rf"{_COUNTED}\s*(?:单元|單元|梯|層|层|楼|室|户|房|号房)|[0-9一二三四五六七八九十]+\s*号?门(?!牌)")
_STREET_NUMBER = re.compile(r"[0-9]+(?:[-之][0-9]+)?号(?!楼|院|房|室|门)")
_DASHED = re.compile(r"([0-9]+)\s*[-~/](?=\s*[0-9A-Za-z])")


class MaskKind(StrEnum):
    """What kind of value is masked."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    ADDRESS = "address"
    TEXT = "text"


def mask(kind: MaskKind, text: str) -> str:
    """`text` as everybody with a right to the list may see it, by the policy above; nothing stays nothing."""
    text = unicodedata.normalize("NFKC", text).strip()
    return _MASKS[kind](text) if text else ""


def mask_name(text: str) -> str:
    """张三 → 张*, 欧阳修远 → 欧阳**, 阿卜杜拉·买买提 → 阿***·***, John Smith → J*** ***."""
    text = _HAN_BLANK.sub("", _DOT.sub("·", text))
    parts = re.split(r"([·\s]+)", text)
    masked = [part if at % 2 else _stars(len(part)) for at, part in enumerate(parts)]
    shown = _surname(parts[0])
    if shown < len(text):
        masked[0] = parts[0][:shown] + _stars(len(parts[0]) - shown)
    result = "".join(masked)
    return result if STAR in result else HIDDEN


def _surname(part: str) -> int:
    """How many characters of a name may be shown."""
    if len(part) > 2 and part[:2] in COMPOUND_SURNAMES:
        return 2
    first = 1
    while first < len(part) and unicodedata.combining(part[first]):
        first += 1
    return first


def _stars(count: int) -> str:
    return STAR * min(count, len(HIDDEN))


def mask_phone(text: str) -> str:
    """13812345678 → 138****5678, 010-87654321 → 010-****4321; each number of several by itself."""
    return "、".join(_mask_numbers(part) for part in _SEPARATORS.split(text) if part)


def _mask_numbers(text: str) -> str:
    """A blank stands inside a number as well as between two."""
    apart = [_known_number(part) for part in text.split()]
    single = _known_number(text)
    if single is None and None not in apart:
        return "、".join(number for number in apart if number)
    digits = re.sub(r"\D", "", _EXTENSION.sub("", text))
    return single or (f"****{digits[-2:]}" if len(digits) >= 7 else HIDDEN)


def _known_number(text: str) -> str | None:
    """The mask of a mobile or landline number of the country; None for what is neither."""
    digits = re.sub(r"[^\d+]", "", _EXTENSION.sub("", text))
    if found := _MOBILE.fullmatch(digits):
        return f"{found[1][:3]}****{found[1][-4:]}"
    if found := _LANDLINE.fullmatch(digits):
        return f"0{found[1]}-****{found[2][-4:]}"
    if found := _LOCAL.fullmatch(digits):
        return f"****{found[1][-4:]}"
    return None


def mask_id_number(text: str) -> str:
    """110101199003071234 → 110***********1234; permits and passports keep the first and the last three."""
    text = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"\d{17}[\dX]", text):
        first, last = 3, 4
    elif re.fullmatch(r"\d{15}", text):
        first, last = 3, 3
    elif len(text) >= 8:
        first, last = 1, 3
    else:
        return HIDDEN
    return text[:first] + STAR * (len(text) - first - last) + text[-last:]


def mask_address(text: str) -> str:
    """幸福小区3号楼2单元501室 → 幸福小区3号楼***, 3-2-501 → 3***; nothing where no building is found."""
    inside = _INSIDE.search(text)
    while inside and _BUILDING.match(text, inside.start()):  # 3号楼 is a building, 3楼 is a floor
        inside = _INSIDE.search(text, inside.end())
    reach = inside.start() if inside else len(text)
    for pattern in (_BUILDING, _DASHED, _STREET_NUMBER):
        ends = [found.end(1) if pattern is _DASHED else found.end() for found in pattern.finditer(text, 0, reach)]
        if ends:
            return text[: ends[0] if pattern is _DASHED else ends[-1]] + HIDDEN
    return HIDDEN


def mask_text(text: str) -> str:
    """Nothing is shown, not even how long it is."""
    return HIDDEN


_MASKS: dict[MaskKind, Callable[[str], str]] = {
    MaskKind.NAME: mask_name,
    MaskKind.PHONE: mask_phone,
    MaskKind.ID_NUMBER: mask_id_number,
    MaskKind.ADDRESS: mask_address,
    MaskKind.TEXT: mask_text,
}

_STARS = re.compile(r"[*＊﹡∗✱⁎•●▪■□█※◆◯○?？]")
_ONLY_STARS = re.compile(r"[*＊﹡∗✱⁎•●▪■□█※\s]+")
_CROSSES = re.compile(r"[xX×Ｘｘ]{2,}")
_SOMEBODY = re.compile(r"^.{0,2}某{1,2}$")


def looks_masked(text: str, kind: MaskKind = MaskKind.NAME) -> bool:
    """Whether a value was masked before it came here (张*, 138****5678, 李某某, 1101011990XXXX1234) and is no data.

    Free text may hold a star (血压140*90): there only a value of nothing but stars is refused.
    """
    text = text.strip()
    if kind is MaskKind.TEXT:
        return bool(_ONLY_STARS.fullmatch(text))
    if _STARS.search(text):
        return True
    if kind is MaskKind.NAME:
        return bool(_SOMEBODY.match(text) or (_CROSSES.search(text) and not text.isascii()))
    return kind in {MaskKind.PHONE, MaskKind.ID_NUMBER} and bool(_CROSSES.search(text))
