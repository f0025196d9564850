// @ts-check
// Which browser this is, as far as the way to the home screen and the work without signal depend on it. By the names that
// browsers give themselves: nothing else tells a web view of WeChat from the browser it is made of.

/** @typedef {"wechat" | "wecom" | "dingtalk" | "feishu"} View */
/** @typedef {"chrome" | "safari" | "huawei" | "samsung" | "uc"} Kind */

/** The app whose web view this is, or null in a browser. @param {string} [agent] @returns {View | null} */
export function webView(agent = navigator.userAgent) {
  if (/wxwork/i.test(agent)) return "wecom";
  if (/MicroMessenger/i.test(agent)) return "wechat";
  if (/DingTalk/i.test(agent)) return "dingtalk";
  if (/Lark|Feishu/i.test(agent)) return "feishu";
  return null;
}

/** An iPhone, or an iPad that gives itself out for a computer. @param {string} [agent] @param {number} [fingers] */
export const isApple = (agent = navigator.userAgent, fingers = navigator.maxTouchPoints ?? 0) =>
  /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && fingers > 1);

/** Whose pictures of the way to the home screen fit. @param {string} [agent] @returns {Kind} */
export function browserKind(agent = navigator.userAgent) {
  if (isApple(agent)) return "safari";
  if (/HuaweiBrowser|ArkWeb|OpenHarmony|HarmonyOS/i.test(agent)) return "huawei";
  if (/SamsungBrowser/i.test(agent)) return "samsung";
  if (/UCBrowser|UBrowser/i.test(agent)) return "uc";
  return "chrome";
}

/** Was this page opened from the home screen, as an app of its own? */
export const isInstalled = () =>
  matchMedia("(display-mode: standalone), (display-mode: fullscreen), (display-mode: minimal-ui)").matches || /** @type {any} */ (navigator).standalone === true;
