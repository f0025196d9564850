// @ts-check
// The phone in English. Key: the Chinese sentence as it stands in the code. Sorted by screen.

/** @type {Record<string, string>} */
export default {
  // sync pill
  "已全部上传": "All sent",
  "待上传 {n} 张": "{n} photos to send",
  "待上传 {n} 条": "{n} to send",
  "离线，照常工作": "Offline, works as usual",
};
