// Where the phone is, when the person has allowed it. Asked for only by a tap; watched only while a screen needs it.

import { signal } from "../kit/html.js";

/** `{lat_e7, lon_e7, accuracy_m, at}` or null. @type {import("@preact/signals").Signal<any>} */
export const here = signal(null);

/** "granted" | "prompt" | "denied" | "none" */
export const allowed = signal("geolocation" in navigator ? "prompt" : "none");

let watching = 0;

function take({ coords, timestamp }) {
  here.value = {
    lat_e7: Math.round(coords.latitude * 1e7),
    lon_e7: Math.round(coords.longitude * 1e7),
    accuracy_m: Math.round(coords.accuracy),
    at: timestamp,
  };
  allowed.value = "granted";
}

/** Follow the position if the person has already allowed it; never asks. */
export async function followIfAllowed() {
  try {
    const permission = await navigator.permissions.query({ name: "geolocation" });
    allowed.value = permission.state;
    permission.onchange = () => {
      allowed.value = permission.state;
      if (permission.state === "granted") follow();
    };
    if (permission.state === "granted") follow();
  } catch {
    // Browsers that cannot say: the button stays.
  }
}

/** Follow the position; the browser may ask the person first. */
export function follow() {
  if (watching || !("geolocation" in navigator)) return;
  watching = navigator.geolocation.watchPosition(
    take,
    (error) => {
      if (error.code === error.PERMISSION_DENIED) {
        allowed.value = "denied";
        navigator.geolocation.clearWatch(watching);
        watching = 0;
      }
    },
    { enableHighAccuracy: true, maximumAge: 15_000, timeout: 30_000 },
  );
}

/** The position as it travels with a command or a photo, if it is fresh. @param {number} now ms */
export function position(now) {
  const p = here.value;
  if (!p || now - p.at > 300_000) return null;
  return { lat_e7: p.lat_e7, lon_e7: p.lon_e7, accuracy_m: p.accuracy_m, age_s: Math.max(0, Math.round((now - p.at) / 1000)) };
}
