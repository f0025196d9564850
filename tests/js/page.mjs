// One page for a test of single modules: nothing happens in it but what the test does.

import { Browser } from "./browser.mjs";
import { Disk } from "./disk.mjs";
import { World } from "./world.mjs";

/** @param {{ fetch?: (address: string, how: any) => Promise<any> }} how */
export function page({ fetch = async () => Promise.reject(new TypeError("no network")) } = {}) {
  const world = new World(1);
  return new Browser(world, new Disk(world), (_tab, address, how) => fetch(address, how)).tab();
}
