/** A promise that is resolved from outside (`Promise.withResolvers` needs a later Node). */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  #resolve: (value: Value) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  readonly resolve = (value: Value): void => this.#resolve(value);
}
