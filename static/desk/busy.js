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
    // the server did not answer: let the browser say so in its own page, and keep what was typed behind "back"
    if (form instanceof HTMLAnchorElement) location.href = form.href;
  });
}
