// Where the field app begins: words, stores, then the first screen.

import { html, render, effect } from "./kit/html.js";
import { registerWorker } from "./kit/app-shell.js";
import { isInstalled } from "./kit/browser.js";
import { startClock } from "./kit/clock.js";
import { drawn, room } from "./kit/page.js";
import { applySettings } from "./kit/settings.js";
import { readyToSpeak } from "./kit/words.js";
import { resume } from "./outbox/person.js";
import { App, opened } from "./screens/app.js";
import { takeToken } from "./screens/enrol.js";
import { followIfAllowed } from "./screens/here.js";
import { listen } from "./screens/router.js";
import { measureRoom } from "./store/room.js";
import { wishToBeSafe } from "./store/safe.js";
import { drafts } from "./store/state.js";

applySettings();
takeToken();
await readyToSpeak();
listen();
startClock();
/** @type {() => void} */
let shown = () => {};
try {
  opened.value = await resume(new Promise((done) => (shown = done)));
} catch (error) {
  console.warn(error);
  opened.value = false;
}
render(html`<${App} />`, room());

// What a person does not wait for comes after what they look at.
drawn().then(() => {
  shown();
  // With nothing begun a newer version may take over at once; with a draft open it waits for the person.
  registerWorker({ mayTakeOver: drafts.value.length === 0 });
  effect(() => {
    if (!opened.value) return;
    followIfAllowed();
    if (isInstalled()) void wishToBeSafe();
    void measureRoom();
  });
});
