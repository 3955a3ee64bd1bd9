/** All monitoring stations of the file, brought to what it says, and told of what happens. */

import { isDeepStrictEqual } from 'node:util';
import type { PeerDown } from '../bmp/peerMessages.ts';
import type { BmpStation } from '../config/config.ts';
import type { SessionEvent } from '../session/events.ts';
import type { StationReport } from './event.ts';
import { BROKEN_DOWN, peerDownOf } from './peerDown.ts';
import { Station, type StationOptions } from './station.ts';

type SessionChange = Extract<
  SessionEvent,
  { readonly type: 'SessionUp' | 'SessionDown' | 'InternalError' }
>;

export class Stations {
  readonly #options: StationOptions;
  #stations: readonly Station[] = [];
  /** Those that are gone from the file and still say goodbye. */
  readonly #ending = new Set<Promise<void>>();
  #over = false;

  constructor(options: StationOptions) {
    this.#options = options;
  }

  /** One whose keys did not change keeps its connection. */
  configure(configs: readonly BmpStation[]): void {
    if (this.#over) return;
    const before = this.#stations;
    const kept = before.filter(({ config }) => configs.some((c) => isDeepStrictEqual(c, config)));
    for (const station of before) if (!kept.includes(station)) this.#end(station, REMOVED);
    this.#stations = configs.map((config) => {
      const station = kept.find((each) => isDeepStrictEqual(each.config, config));
      return station ?? new Station(config, this.#options);
    });
    for (const station of this.#stations) if (!kept.includes(station)) station.start();
  }

  /** What happened to a session, once it has been acted on. */
  heard(event: SessionChange): void {
    if (this.#stations.length === 0) return;
    if (event.type === 'SessionUp') this.#sessionUp(event.neighbour);
    else if (event.type === 'SessionDown') {
      if (event.wasUp) this.#sessionDown(event, peerDownOf(event.reason, event.lastWords));
    } else this.#sessionDown(event, BROKEN_DOWN);
  }

  reports(): readonly StationReport[] {
    return this.#stations.map((station) => station.report());
  }

  /** RFC 7854 §4.5: they are told that this was meant. Resolves when the connections are closed. */
  async stop(why: string): Promise<void> {
    this.#over = true;
    for (const station of this.#stations) this.#end(station, why);
    this.#stations = [];
    await Promise.all(this.#ending);
  }

  #sessionUp(neighbour: string): void {
    const sessions = this.#options.monitored.sessions();
    const session = sessions.find(({ name }) => name === neighbour);
    if (session) for (const station of this.#stations) station.sessionUp(session);
  }

  #sessionDown({ neighbour, at }: SessionChange, down: PeerDown): void {
    for (const station of this.#stations) station.sessionDown(neighbour, down, at);
  }

  #end(station: Station, why: string): void {
    const ended = station.end(why).then(() => {
      this.#ending.delete(ended);
    });
    this.#ending.add(ended);
  }
}

const REMOVED = 'the station is no longer in the file, or other things are wanted of it';
