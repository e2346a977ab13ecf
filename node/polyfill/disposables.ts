/** `DisposableStack` */

/** The last part that was added is disposed first. */
export class Disposables implements Disposable {
  #actions: (() => void)[] = [];
  #isDisposed = false;

  get disposed(): boolean {
    return this.#isDisposed;
  }

  use<Part extends Disposable | null | undefined>(part: Part): Part {
    this.#demandOpen();
    if (part !== null && part !== undefined) this.#actions.push(() => part[Symbol.dispose]());
    return part;
  }

  adopt<Value>(value: Value, dispose: (value: Value) => void): Value {
    this.#demandOpen();
    this.#actions.push(() => dispose(value));
    return value;
  }

  defer(action: () => void): void {
    this.#demandOpen();
    this.#actions.push(action);
  }

  /** Moves everything to a new stack. This one counts as disposed. */
  move(): Disposables {
    this.#demandOpen();
    const moved = new Disposables();
    moved.#actions = this.#actions;
    this.#actions = [];
    this.#isDisposed = true;
    return moved;
  }

  /** Disposes everything, also after an error. Throws the error, or a `SuppressedError` of several. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const thrown: unknown[] = [];
    for (const action of this.#actions.splice(0).reverse()) {
      try {
        action();
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown.reduce(suppressing);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #demandOpen(): void {
    if (this.#isDisposed) throw new ReferenceError("The stack is disposed already");
  }
}

function suppressing(suppressed: unknown, error: unknown): Error {
  const whole = new Error("An error was suppressed during disposal");
  return Object.assign(whole, { name: "SuppressedError", error, suppressed });
}
