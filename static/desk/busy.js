// @ts-check
// Waiting for an answer: the old rows stay, and after 300 ms the title's rule turns pine.
// A page that is not one of the desk's (the log-in page after the session ended) is opened whole.

export function busy() {
  let timer = 0;
  document.addEventListener("htmx:before:request", () => {
    timer = window.setTimeout(() => document.querySelector("#main > .head")?.classList.add("busy"), 300);
  });
  const rest = () => {
    clearTimeout(timer);
    document.querySelector("#main > .head")?.classList.remove("busy");
  };
  document.addEventListener("htmx:finally:request", rest);
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail;
    const url = new URL(ctx.response.raw.url, location.href);
    if (url.pathname.startsWith("/login")) {
      event.preventDefault();
      location.href = url.href;
    }
  });
  document.addEventListener("htmx:error", (event) => {
    rest();
    const { ctx } = /** @type {CustomEvent} */ (event).detail || {};
    const form = ctx?.sourceElement;
    // a link is simply opened, and the browser says in its own page that nobody answers
    if (form instanceof HTMLAnchorElement) location.href = form.href;
    else say(document.body.dataset.noAnswer || "");
  });
}

/**
 * Say above the page's content that something went wrong; what was typed stays.
 *
 * @param {string} words
 */
function say(words) {
  document.querySelector("#main > .note[data-said]")?.remove();
  const note = document.createElement("div");
  note.className = "note fail gap";
  note.dataset.said = "";
  note.setAttribute("role", "alert");
  note.append(Object.assign(document.createElement("b"), { textContent: words }));
  document.querySelector("#main > .head")?.after(note);
}
