/** Mean and deviation of the last values. */
export class MovingWindow {
  readonly #values: number[] = [];
  readonly #size: number;
  #next = 0;
  #sum = 0;
  #squares = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(value: number): void {
    const oldest = this.#values.length < this.#size ? undefined : this.#values[this.#next];
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#size;
    this.#sum += value;
    this.#squares += value * value;
    if (oldest === undefined) return;
    this.#sum -= oldest;
    this.#squares -= oldest * oldest;
  }

  get mean(): number {
    return this.#sum / this.#values.length;
  }

  get deviation(): number {
    const mean = this.mean;
    return Math.sqrt(Math.max(0, this.#squares / this.#values.length - mean * mean));
  }
}
