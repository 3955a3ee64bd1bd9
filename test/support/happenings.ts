/** What an owner was told, kept and waited for. */

type Named<Event, Type> = Extract<Event, { readonly type: Type }>;

export class Happenings<Event extends { readonly type: string }> {
  readonly all: Event[] = [];
  readonly #waiting: ((event: Event) => void)[] = [];

  readonly record = (event: Event): void => {
    this.all.push(event);
    for (const waiting of this.#waiting.splice(0)) waiting(event);
  };

  of<Type extends Event['type']>(type: Type): Named<Event, Type>[] {
    return this.all.filter((event): event is Named<Event, Type> => event.type === type);
  }

  /** Resolves with the first event of this type from now on. */
  next<Type extends Event['type']>(type: Type): Promise<Named<Event, Type>> {
    return new Promise((resolve) => {
      const look = (event: Event): void => {
        if (isNamed(event, type)) resolve(event);
        else this.#waiting.push(look);
      };
      this.#waiting.push(look);
    });
  }
}

function isNamed<Event extends { readonly type: string }, Type extends Event['type']>(
  event: Event,
  type: Type,
): event is Named<Event, Type> {
  return event.type === type;
}
