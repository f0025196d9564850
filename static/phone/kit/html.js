// @ts-check
// What screens are written in: htm's tagged templates over Preact, and signals for state.

import { Fragment, createContext, h, render } from "preact";
import { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import {
  Signal,
  batch,
  computed,
  effect,
  signal,
  untracked,
  useComputed,
  useSignal,
  useSignalEffect,
} from "@preact/signals";
import htm from "htm";

/** Markup as a tagged template: html`<p class="t">${words}</p>`. Text is always text, never markup. */
export const html = htm.bind(h);

export {
  Fragment,
  Signal,
  batch,
  computed,
  createContext,
  effect,
  h,
  render,
  signal,
  untracked,
  useCallback,
  useComputed,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useSignal,
  useSignalEffect,
  useState,
};
