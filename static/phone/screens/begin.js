// Where one goes after logging in: through the first run once in each browser, then always to what is to be done today.

import { isInstalled, webView } from "../kit/browser.js";
import { isSetUp } from "../kit/first-run.js";

/** The address to go on at. */
export function firstScreen() {
  if (isSetUp()) return "/";
  if (webView()) return "/handover";
  return isInstalled() ? "/setup/allow" : "/setup/install";
}
