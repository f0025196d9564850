// The county's name, for the cover: learnt at a login, not about any person.

import { effect, signal } from "../kit/html.js";
import { me } from "../store/rows.js";

const KEY = "fieldbook-county";

/** `{name, name_en}` or null before anyone has logged in here. */
export const county = signal(read());

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

effect(() => {
  const heard = me.value?.county;
  if (!heard?.name) return;
  county.value = { name: heard.name, name_en: heard.name_en };
  try {
    localStorage.setItem(KEY, JSON.stringify(county.value));
  } catch {
    // Learnt again at the next login.
  }
});
