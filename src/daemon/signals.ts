/** The process's signals. Those that come before anybody can deal with them are kept: the default is to die. */

export class Signals {
  #kept: NodeJS.Signals[] = [];
  #take: (signal: NodeJS.Signals) => void = (signal) => this.#kept.push(signal);

  constructor() {
    for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => this.#take(signal));
    }
  }

  deliver(take: (signal: NodeJS.Signals) => void): void {
    this.#take = take;
    for (const signal of this.#kept.splice(0)) take(signal);
  }
}
