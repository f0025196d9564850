// Where the field app begins: words, stores, then the first screen.

import { html, render, effect } from "./kit/html.js";
import { registerWorker } from "./kit/app-shell.js";
import { startClock } from "./kit/clock.js";
import { room } from "./kit/page.js";
import { applySettings } from "./kit/settings.js";
import { readyToSpeak } from "./kit/words.js";
import { resume } from "./outbox/person.js";
import { App, opened } from "./screens/app.js";
import { takeToken } from "./screens/enrol.js";
import { followIfAllowed } from "./screens/here.js";
import { listen } from "./screens/router.js";
import { askToPersist } from "./store/open.js";
import { drafts } from "./store/state.js";

applySettings();
takeToken();
await readyToSpeak();
listen();
startClock();
try {
  opened.value = await resume();
} catch (error) {
  console.warn(error);
  opened.value = false;
}
render(html`<${App} />`, room());

// With nothing begun a newer version may take over at once; with a draft open it waits for the person.
registerWorker({ mayTakeOver: drafts.value.length === 0 });

effect(() => {
  if (!opened.value) return;
  followIfAllowed();
  // Chromium answers by itself; other browsers would ask the person here, out of place.
  if ("userAgentData" in navigator) askToPersist();
});
