const SLAB_BYTES = 1 << 22;
const ALIGNMENT = 8;

/**
 * Copies small pieces of bytes into large ones, so that what is kept for a whole run does not lie between pieces that come and
 * go, where it would leave holes that nobody can use.
 */
export function slab(): (bytes: Uint8Array) => Uint8Array<ArrayBuffer> {
  let room = new Uint8Array(0);
  let at = 0;
  return (bytes) => {
    if (at + bytes.length > room.length) {
      room = new Uint8Array(Math.max(SLAB_BYTES, bytes.length));
      at = 0;
    }
    const own = room.subarray(at, at + bytes.length);
    own.set(bytes);
    at += Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
    return own;
  };
}
