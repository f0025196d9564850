// Showing a photo: this phone's own first, then what others took, then a word that says why there is none.

import { html, useEffect, useState } from "../kit/html.js";
import { t } from "../kit/words.js";
import { pictureURL } from "../outbox/picture.js";
import { changed } from "../store/rows.js";

/** One photo. `size`: "small" (≤ 320 px) or "large" (≤ 1280 px). Where there is none yet, it is asked for again with the next news. */
export function Pic({ sha, size = "large", alt = "", cls }) {
  const [url, setUrl] = useState(null);
  const [gone, setGone] = useState(!sha);
  const news = url ? 0 : changed.value;
  useEffect(() => {
    let live = true;
    if (!sha) {
      setUrl(null);
      setGone(true);
      return undefined;
    }
    pictureURL(sha, size).then((found) => {
      if (!live) return;
      setUrl(found);
      setGone(!found);
    });
    return () => {
      live = false;
    };
  }, [sha, size, news]);
  if (url) return html`<img class=${cls} src=${url} alt=${alt} draggable=${false} />`;
  return html`<span class=${`noimg ${cls ?? ""}`}>${gone && sha ? t("照片还没到") : ""}</span>`;
}
