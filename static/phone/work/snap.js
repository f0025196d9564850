// @ts-check
// A finding reported on the way (随手拍): its draft grows choice by choice (pure), and ends as one command.

import { flat } from "./album.js";

/**
 * @typedef {{id: string, kind: "snap", manual: number | null, place: string | null | undefined, place_kind: string | null, criterion: string | null, reasons: number[],
 *   words: string, unit: string | null, zone: string | null, photos: any[], fixed: null | {photos: any[], words: string},
 *   started_at: number, pending: null | {role: string, at: number}, rev?: number, saved_at?: number}} Snap
 *   manual: the version it was begun with, and is reported with; place: undefined = not chosen yet, the nearest stands; null = by the road
 */

/** @returns {Snap} */
export const newSnap = ({ id, at, manual = null }) => ({
  id, kind: "snap", manual, place: undefined, place_kind: null, criterion: null, reasons: [], words: "", unit: null, zone: null,
  photos: [], fixed: null, started_at: at, pending: null,
});

/** @param {Snap} snap @param {"before" | "after"} role */
export const snapPhotos = (snap, role) => (role === "before" ? snap.photos : (snap.fixed?.photos ?? []));

/** @param {Snap} snap @param {"before" | "after"} role @param {(photos: any[]) => any[]} how @returns {Snap} */
export function changeSnapPhotos(snap, role, how) {
  const photos = how(snapPhotos(snap, role));
  if (role === "before") return { ...snap, pending: null, photos };
  return { ...snap, pending: null, fixed: photos.length ? { words: "", ...snap.fixed, photos } : null };
}

/**
 * The chips offered: reasons of the kind's criteria, those used last for this kind first.
 *
 * @param {any | null} kind of the manual @param {string[]} recent  "criterion/reason index", newest first @param {number} most
 * @returns {Array<{criterion: string, reason: number}>}
 */
export function chipsOf(kind, recent, most = 6) {
  if (!kind) return [];
  const known = new Map(kind.criteria.map((c) => [c.code, c]));
  const out = [];
  const seen = new Set();
  const add = (criterion, reason) => {
    const key = `${criterion}/${reason}`;
    if (out.length < most && !seen.has(key) && known.get(criterion)?.reasons_zh?.[reason] != null) {
      seen.add(key);
      out.push({ criterion, reason });
    }
  };
  for (const key of recent) {
    const [criterion, reason] = key.split("/");
    add(criterion, Number(reason));
  }
  // Then what is seen from outside and soon put right: one first reason a criterion, the quickest to mend first.
  for (const c of [...kind.criteria].sort((a, b) => a.rectify_days - b.rectify_days)) add(c.code, 0);
  return out;
}

/**
 * The snap as it travels: `finding.report`.
 * @param {Snap} snap @param {{place: any | null, kind: any | null, manual: string | null, position?: any}} where
 */
export function reportBody(snap, { place, kind, manual, position }) {
  const body = { reasons: snap.criterion ? snap.reasons : [], words: snap.words.trim(), photos: flat(snap.photos) };
  if (place) body.place = place.id;
  else if (snap.zone) body.zone = snap.zone;
  if (kind) body.kind = kind.code;
  if (snap.criterion) body.criterion = snap.criterion;
  if (snap.criterion && manual) body.manual = manual;
  if (snap.unit) body.unit = snap.unit;
  if (position) body.position = position;
  if (snap.fixed?.photos.length) body.fixed = { photos: flat(snap.fixed.photos), words: snap.fixed.words ?? "" };
  return body;
}
