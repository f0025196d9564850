// @ts-check
// The initials of a Chinese sentence's pinyin, for finding it by a few letters. Pure; by the browser's own collation, so that no
// table travels. A character with several readings has the commonest one: good enough to find by, never shown.

/** The first common character of each initial, in the order of the collation; i, u and v begin nothing. */
const FIRST = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七然仨他穵夕丫帀";
const LETTERS = "abcdefghjklmnopqrstwxyz";

/** @type {Map<string, string>} */
const known = new Map();
/** @type {Intl.Collator | null | undefined} */
let order;

/** A collator by pinyin, or null where the browser has none. */
function collator() {
  if (order === undefined) {
    const found = new Intl.Collator("zh-Hans-CN-u-co-pinyin");
    order = found.compare("阿", "帀") < 0 && found.compare("农", "贸") > 0 ? found : null;
  }
  return order;
}

/** One letter, or nothing for what has none. @param {string} char */
function letterOf(char) {
  const has = known.get(char);
  if (has !== undefined) return has;
  let letter = "";
  const by = collator();
  if (/[a-z0-9]/i.test(char)) letter = char.toLowerCase();
  else if (by && char >= "\u4e00" && char <= "\u9fff") {
    let low = 0;
    let high = FIRST.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (by.compare(FIRST[middle], char) <= 0) low = middle;
      else high = middle - 1;
    }
    letter = LETTERS[low];
  }
  known.set(char, letter);
  return letter;
}

/** @param {string} words @returns {string} small letters; what has no pinyin is left out */
export const initialsOf = (words) => Array.from(words, letterOf).join("");
