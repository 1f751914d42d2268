/** Numbers distinct 32-bit hashes 0, 1, 2, ... in order of arrival: an open-addressing table on typed arrays. */
export class HashIds {
  #slots = new Uint32Array(1 << 12); // id + 1; 0 is empty
  #hashes = new Uint32Array(1 << 11); // by id
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The id of a hash, or -1. */
  find(hash: number): number {
    return (this.#slots[this.#slotOf(hash)] as number) - 1;
  }

  /** The id of a hash, given now if it is new. */
  add(hash: number): number {
    const slot = this.#slotOf(hash);
    const known = this.#slots[slot] as number;
    if (known > 0) return known - 1;
    if (this.#size === this.#hashes.length) {
      this.#grow();
      return this.add(hash);
    }
    this.#hashes[this.#size] = hash;
    this.#slots[slot] = ++this.#size;
    return this.#size - 1;
  }

  hashOf(id: number): number {
    return this.#hashes[id] as number;
  }

  /** The slot that holds the hash, or the empty one where it belongs. Hashes are taken to be well mixed. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let id = this.#slots[slot] as number; id > 0; id = this.#slots[slot] as number) {
      if (this.#hashes[id - 1] === hash) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** What is outgrown is free at once. */
  #grow(): void {
    this.#hashes = new Uint32Array(this.#hashes.buffer.transfer(2 * this.#hashes.byteLength));
    this.#slots.buffer.transfer(0);
    this.#slots = new Uint32Array(this.#hashes.length * 2);
    for (let id = 0; id < this.#size; id++) this.#slots[this.#slotOf(this.#hashes[id] as number)] = id + 1;
  }
}
