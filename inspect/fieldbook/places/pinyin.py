"""The pinyin initials of a name, for searching: 城南农贸市场 is found by cnnmsc. Pure.

GB 2312 orders its first 3755 characters by pinyin, so that the place of a character in it tells its first letter; that needs no
dictionary. Characters of its second level are ordered by strokes and stay out but for those that names of places use; a
character with several readings has the usual one. What comes out may be corrected by hand.
"""

from bisect import bisect_right

#: the first character of each letter, by its GB 2312 number
_FIRST = (45217, 45253, 45761, 46318, 46826, 47010, 47297, 47614, 48119, 49062, 49324, 49896, 50371, 50614, 50622, 50906, 51387, 51446, 52218, 52698, 52980, 53689, 54481)
_LETTERS = "abcdefghjklmnopqrstwxyz"
_LAST = 55290
#: second-level characters that names of places use, and first-level ones whose reading there is another
_OWN = {
    pair[0]: pair[1]
    for pair in "埠b 圩w 坝b 垸y 垭y 埭d 堰y 墩d 岙a 岗g 峪y 崮g 浜b 浦p 淝f 滁c 涪f 渌l 溧l 濮p 泾j 漕c 亳b 邕y 邡f 鄞y 莆p 莘s 蓟j 闽m 巷x 邸d 榭x 墅s 荟h 苑y 汇h 鑫x 晟s 淮h 泗s 沭s".split()
}
#: words whose reading the single character does not tell
_WORDS = {"银行": "yh", "大厦": "ds", "商厦": "ss", "重庆": "cq", "长乐": "cl"}


def initials(name: str) -> str:
    """The initials of a name, lower case; letters and digits stay as they are, everything else is left out."""
    for word, letters in _WORDS.items():
        name = name.replace(word, letters)
    return "".join(_initial(character) for character in name)[:80]


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if character in _OWN:
        return _OWN[character]
    try:
        first, second = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ""
    number = first * 256 + second
    return _LETTERS[bisect_right(_FIRST, number) - 1] if _FIRST[0] <= number < _LAST else ""
