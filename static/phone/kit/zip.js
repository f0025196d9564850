// @ts-check
// Writing a ZIP without compression, piece by piece: photos are compressed already, and each goes to the disk as it comes.

/** CRC-32, byte by byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let i = 0; i < 8; i++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum >>> 0;
});

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = TABLE[(sum ^ bytes[i]) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** One archive. `add` its files in order, then `done`. */
export class Zip {
  /** @type {Blob[]} */
  #parts = [];
  /** @type {Uint8Array[]} */
  #directory = [];
  /** Bytes so far. */
  size = 0;

  /** @param {string} name  ASCII @param {Uint8Array} bytes */
  add(name, bytes) {
    const letters = new TextEncoder().encode(name);
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true); // the version needed
    common.setUint16(2, 0x0800, true); // names are UTF-8
    common.setUint16(8, 0x21, true); // 1980-01-01, the earliest day it knows: the list inside tells the real times
    common.setUint32(10, crc32(bytes), true);
    common.setUint32(14, bytes.length, true);
    common.setUint32(18, bytes.length, true);
    common.setUint16(22, letters.length, true);

    const front = new Uint8Array(30 + letters.length);
    front.set([0x50, 0x4b, 3, 4]);
    front.set(new Uint8Array(common.buffer), 4);
    front.set(letters, 30);

    const entry = new Uint8Array(46 + letters.length);
    entry.set([0x50, 0x4b, 1, 2, 20, 0]);
    entry.set(new Uint8Array(common.buffer), 6);
    new DataView(entry.buffer).setUint32(42, this.size, true);
    entry.set(letters, 46);
    this.#directory.push(entry);

    // A Blob of its own: the browser may lay it on the disk, and our copy of the bytes is free again.
    this.#parts.push(new Blob([front, /** @type {any} */ (bytes)]));
    this.size += front.length + bytes.length;
  }

  /** @returns {Blob} */
  done() {
    const end = new DataView(new ArrayBuffer(22));
    const length = this.#directory.reduce((sum, entry) => sum + entry.length, 0);
    end.setUint32(0, 0x06054b50, true);
    end.setUint16(8, this.#directory.length, true);
    end.setUint16(10, this.#directory.length, true);
    end.setUint32(12, length, true);
    end.setUint32(16, this.size, true);
    return new Blob([...this.#parts, ...this.#directory.map((entry) => /** @type {any} */ (entry)), end.buffer], { type: "application/zip" });
  }
}
