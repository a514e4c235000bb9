"""Invented names of people: common and compound surnames, given names of one to three characters, names of other
peoples with their middle dot, and the rare characters that only GB18030 can write."""

from __future__ import annotations

import numpy as np

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "令狐", "皇甫", "尉迟", "慕容")
_MEN = (
    "伟强磊军洋勇杰涛明超平刚辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢亮建国志文海波东成荣庆福贵德顺永生"
    "长根宝金水清山春来发兴旺祥瑞子轩梓睿泽晨博远航一鸣昊天"
)
_WOMEN = (
    "芳娜敏静丽艳娟霞秀英慧巧美娜淑惠珠翠雅芝玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛"
    "瑞凡佳嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉"
)
_DOTTED_MEN = ("买买提", "艾力", "阿卜杜拉", "吐尔逊", "玉素甫", "艾合买提", "巴特尔", "阿迪力")
_DOTTED_WOMEN = ("阿依古丽", "古丽娜尔", "帕提古丽", "热依汗", "茹仙古丽", "迪丽拜尔")
_SINGLE = ("扎西顿珠", "次仁卓玛", "格桑央金", "洛桑", "乌云其木格", "其其格")
_RARE = "䶮㛃堃喆淼犇翀㐂"
FOREIGN = ("SMITH JOHN", "TANAKA YUKI", "KIM MINJUN", "NGUYEN THI LAN", "MARTIN CLAIRE", "IVANOV PETR")

_TWO_CHARACTER_NAME = 0.22
_COMPOUND_SURNAME, _FOUR_CHARACTERS = 0.006, 0.4
_OTHER_PEOPLE, _RARE_CHARACTER = 0.008, 0.004


def draw_surname(rng: np.random.Generator) -> str:
    """A surname; the first of the list are far commoner than the last."""
    if rng.random() < _COMPOUND_SURNAME:
        return _COMPOUND[int(rng.integers(len(_COMPOUND)))]
    return _SURNAMES[int(len(_SURNAMES) * rng.random() ** 2.2)]


def draw_name(surname: str, rng: np.random.Generator, *, male: bool) -> str:
    """A full name of 2-4 characters with ``surname``, or now and then the name of another people, with a dot or
    without a surname."""
    if rng.random() < _OTHER_PEOPLE:
        return _other_people(rng, male=male)
    pool = _MEN if male else _WOMEN
    characters = [pool[int(rng.integers(len(pool)))] for _ in range(2)]
    if rng.random() < _RARE_CHARACTER:
        characters[-1] = _RARE[int(rng.integers(len(_RARE)))]
    short = rng.random() < (_TWO_CHARACTER_NAME if len(surname) == 1 else 1 - _FOUR_CHARACTERS)
    return surname + "".join(characters[-1:] if short else characters)


def _other_people(rng: np.random.Generator, *, male: bool) -> str:
    if rng.random() < 0.3:
        return _SINGLE[int(rng.integers(len(_SINGLE)))]
    own = _DOTTED_MEN if male else _DOTTED_WOMEN
    return f"{own[int(rng.integers(len(own)))]}·{_DOTTED_MEN[int(rng.integers(len(_DOTTED_MEN)))]}"
