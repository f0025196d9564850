// The phone's modules, loaded as often as there are pages: each file is compiled once, laid into a function as the server lays
// it into a parcel (inspect/fieldbook/web/parcel.py), and run in the realm of one page. Nothing but its import and export
// statements is changed. Vendored libraries are loaded once, as files.

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";

export const STATIC = fileURLToPath(new URL("../../static/", import.meta.url));
export const PHONE = path.join(STATIC, "phone");

/** Bare names, as the page's import map gives them. */
const MAP = {
  preact: "preact/preact.mjs",
  "preact/hooks": "preact/hooks.mjs",
  "@preact/signals": "signals/signals.mjs",
  "@preact/signals-core": "signals/signals-core.mjs",
  htm: "htm/htm.mjs",
};
const addressOf = (name) => pathToFileURL(path.join(STATIC, "vendor", MAP[name])).href;
registerHooks({ resolve: (name, about, next) => (name in MAP ? { url: addressOf(name), shortCircuit: true } : next(name, about)) });
const vendored = Object.fromEntries(await Promise.all(Object.keys(MAP).map(async (name) => [name, await import(addressOf(name))])));

/** @type {Map<string, vm.Script>} */
const compiled = new Map();

const pairs = (names) => names.split(",").map((one) => one.trim().split(/\s+as\s+/)).filter(([name]) => name).map((words) => [words[0], words.at(-1)]);

/** The text of a module as the body of a function that needs, and shows. */
export function laid(text) {
  const shown = new Map();
  const take = (what, name) => {
    const place = `need(${JSON.stringify(name)})`;
    if (what.startsWith("* as ")) return `const ${what.slice(5)} = ${place};`;
    if (!what.startsWith("{")) return `const ${what} = ${place}.default;`;
    return `const { ${pairs(what.slice(1, -1)).map((pair) => pair.join(": ")).join(", ")} } = ${place};`;
  };
  const body = text
    .replace(/^import\s+([^"';]+?)\s+from\s+["']([^"']+)["'];?[ \t]*$/gm, (_, what, name) => take(what.trim(), name))
    .replace(/^export\s*\{([^}]*)\}\s*from\s*["']([^"']+)["'];?[ \t]*$/gm, (_, names, name) => {
      for (const [there, as] of pairs(names)) shown.set(as, `need(${JSON.stringify(name)}).${there}`);
      return "";
    })
    .replace(/^export\s*\{([^}]*)\};?[ \t]*$/gm, (_, names) => {
      for (const [here, as] of pairs(names)) shown.set(as, here);
      return "";
    })
    .replace(/^export\s+const\s*\{([^}]*)\}\s*=/gm, (_, names) => {
      for (const [, as] of pairs(names.replaceAll(":", " as "))) shown.set(as, as);
      return `const {${names}} =`;
    })
    .replace(/^export\s+((?:async\s+)?function\*?|class|const)\s+([A-Za-z_$][\w$]*)/gm, (_, kind, name) => {
      shown.set(name, name);
      return `${kind} ${name}`;
    })
    .replace(/\bimport\(\s*(["']\.[^"']+["'])\s*\)/g, "later($1)");
  const left = /^(?:import|export)\b[^(\n]*/m.exec(body);
  if (left) throw new Error(`this form of import or export is not known here: ${left[0]}`);
  // Lines stay where they are, so that a stack names the true one.
  return `((need, later) => { "use strict"; ${body}\nreturn { ${[...shown].map(([name, value]) => `${name}: ${value}`).join(", ")} }; })`;
}

/** Modules of one realm. */
export class Modules {
  /** @param {string} phone  folder @param {vm.Context} context @param {any} [given]  stand-ins by name, such as `idb` */
  constructor(phone, context, given = {}) {
    Object.assign(this, { phone, context, given, made: new Map() });
  }

  /** What a module shows. @param {string} name  its path in the phone's folder */
  module = (name) => this.load(path.join(this.phone, name));

  load(file) {
    if (this.made.has(file)) return this.made.get(file);
    let script = compiled.get(file);
    if (!script) compiled.set(file, (script = new vm.Script(laid(readFileSync(file, "utf8")), { filename: file })));
    const find = (name) => this.given[name] ?? vendored[name] ?? this.load(path.resolve(path.dirname(file), name));
    const shown = script.runInContext(this.context)(find, async (name) => find(name));
    this.made.set(file, shown);
    return shown;
  }
}
