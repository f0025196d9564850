// @ts-check
// Starts the desk's small behaviours. Every page reads, and every form goes, without them.

import { accept } from "./accept.js";
import { busy } from "./busy.js";
import { copy } from "./copy.js";
import { diptych } from "./diptych.js";
import { keys } from "./keys.js";
import { print } from "./print.js";
import { review } from "./review.js";
import { rows } from "./rows.js";
import { select } from "./select.js";
import { send } from "./send.js";
import { upload } from "./upload.js";

const parts = [print, send, copy, diptych, accept, upload, select];

/** @param {ParentNode} root */
function wire(root) {
  for (const part of parts) part(root);
}

document.documentElement.classList.add("scripted");
keys();
busy();
rows();
review();
wire(document);
document.addEventListener("htmx:after:swap", () => wire(document));
