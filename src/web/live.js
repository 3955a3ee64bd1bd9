/**
 * What the page knows of the daemon: its state, fetched anew after events, and the timeline, which
 * comes by the event stream and goes on where it was after the connection or the daemon was away.
 */

/** @typedef {import('../control/statusView.ts').StatusView} StatusView */
/** @typedef {import('../control/checkView.ts').CheckView} CheckView */
/** @typedef {import('../control/budgetView.ts').BudgetView} BudgetView */
/** @typedef {import('../control/eventLog.ts').EventView} EventView */
/** @typedef {'waiting' | 'live' | 'lost'} Connection */

/** How long events may follow each other before the state is asked for, in ms. */
const SETTLE = 60;
/** The daemon is to spend no more than one part in so many of its time on this page's questions. */
const SPARING = 10;
/** How soon a connection that was refused is tried again, in ms. */
const AGAIN = 1000;
/** How often a penalty is looked at while it decays, in ms: the daemon counts in ticks of 5 s. */
const DECAY = 5000;
/** Events that the page remembers. */
const REMEMBERED = 2000;

export class Live {
  /** @type {StatusView | undefined} */
  status;
  /** @type {readonly CheckView[]} */
  checks = [];
  /** Behind upstreams that damp. @type {readonly BudgetView[]} */
  budgets = [];
  /** The oldest first. @type {EventView[]} */
  events = [];
  /** Events between those that are there have been lost. */
  missed = false;
  /** @type {Connection} */
  connection = 'waiting';
  /** @type {(what: 'state' | 'events' | 'connection') => void} */
  #changed;
  /** @type {(event: EventView) => void} */
  #happened;
  /** @type {number | undefined} */
  #settling;
  /** How long the last answer took, in ms. */
  #took = 0;
  /** @type {number | undefined} */
  #decaying;
  /** @type {EventSource | undefined} */
  #source;

  /**
   * @param {(what: 'state' | 'events' | 'connection') => void} changed
   * @param {(event: EventView) => void} happened
   */
  constructor(changed, happened) {
    this.#changed = changed;
    this.#happened = happened;
  }

  async start() {
    try {
      const { events, last } = await ask('/v1/events?limit=500');
      this.events = events;
      await this.#refresh();
      this.#follow(last);
    } catch {
      this.#become('lost');
      setTimeout(() => void this.start(), AGAIN);
    }
  }

  /** @param {string} last */
  #follow(last) {
    this.#source?.close();
    const source = new EventSource(`/v1/events/stream?since=${encodeURIComponent(last)}`);
    this.#source = source;
    source.onopen = () => {
      this.#become('live');
      this.#settle();
    };
    source.onmessage = ({ data }) => this.#take(JSON.parse(data));
    source.addEventListener('restarted', () => this.#restarted());
    source.addEventListener('missed', () => {
      this.missed = true;
    });
    source.onerror = () => {
      this.#become('lost');
      // The browser tries again by itself, unless what answered was not the stream.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => this.#follow(this.events.at(-1)?.id ?? last), AGAIN);
    };
  }

  /** Another run of the daemon: it knows nothing of what was, and its timeline follows. */
  #restarted() {
    this.events = [];
    this.missed = false;
    this.#settle();
  }

  /** @param {EventView} event */
  #take(event) {
    this.events.push(event);
    if (this.events.length > REMEMBERED) this.events.shift();
    this.#changed('events');
    this.#happened(event);
    this.#settle();
  }

  #settle() {
    if (this.#settling !== undefined) return;
    this.#settling = window.setTimeout(
      async () => {
        this.#settling = undefined;
        try {
          await this.#refresh();
        } catch {
          // The stream finds out, too, and says when the daemon is back.
        }
      },
      Math.max(SETTLE, SPARING * this.#took),
    );
  }

  async #refresh() {
    const asked = performance.now();
    const [status, { checks }, { budgets }] = await Promise.all([
      ask('/v1/status'),
      ask('/v1/checks'),
      ask('/v1/budget'),
    ]);
    // With a hundred thousand prefixes it is long, and sessions wait meanwhile.
    this.#took = performance.now() - asked;
    this.status = status;
    this.checks = checks;
    this.#takeBudgets(budgets);
    this.#changed('state');
  }

  /**
   * What decays makes no event.
   *
   * @param {readonly BudgetView[]} budgets
   */
  #takeBudgets(budgets) {
    this.budgets = budgets;
    window.clearTimeout(this.#decaying);
    if (budgets.every(({ penalty }) => penalty === 0)) return;
    this.#decaying = window.setTimeout(() => this.#settle(), DECAY);
  }

  /** @param {Connection} connection */
  #become(connection) {
    if (this.connection === connection) return;
    this.connection = connection;
    this.#changed('connection');
  }
}

/**
 * JSON from the daemon. Throws Error with the daemon's own words where it refuses.
 *
 * @param {string} path
 */
export async function ask(path) {
  const response = await fetch(path);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? `status ${response.status}`);
  return body;
}

/**
 * Routes, of which there may be very many: no more than `limit` are asked for.
 *
 * @param {Readonly<Record<string, string>>} parameters
 * @param {number} limit
 * @returns {Promise<import('../control/routeView.ts').RouteView[]>}
 */
export async function askRoutes(parameters, limit) {
  const search = new URLSearchParams({ ...parameters, limit: String(limit) });
  const response = await fetch(`/v1/routes?${search}`);
  const text = await response.text();
  if (!response.ok) throw new Error(JSON.parse(text).error.message);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
