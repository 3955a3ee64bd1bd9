/**
 * The collector of a lab, a process of its own: it takes the sessions of the routers around it and
 * writes down every UPDATE with the moment at which it was read. It announces nothing.
 */

import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { LearnedRoutes } from '../../demo/learnedRoutes.ts';
import { Peering } from '../../demo/peering.ts';
import type { FsmConfig } from '../../fsm/state.ts';
import { ipv4ToNumber } from '../../net/address.ts';
import { afiSafiOf, type Family } from '../../net/family.ts';
import { parseAddress } from '../../net/text.ts';
import type { PeerIndex } from '../../rib/ribIn.ts';
import { encodeEndOfRib } from '../../wire/updateEncode.ts';
import type { CollectorEvent } from './events.ts';
import type { CollectorPlan } from './plan.ts';

const BGP_PORT = 179;
const ADDRESSES = ['0.0.0.0', '::'] as const;
/** In seconds; longer than any freeze, since what it sees must come from the routers themselves. */
const HOLD_TIME = 90;

type Told = CollectorEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never;

/** Runs until the process ends. `file` has a CollectorPlan. */
export async function runCollector(file: string): Promise<void> {
  const plan: CollectorPlan = JSON.parse(readFileSync(file, 'utf8'));
  const tell = (told: Told, at = performance.now()) => {
    const event = { at: performance.timeOrigin + at, ...told };
    appendFileSync(plan.events, `${JSON.stringify(event)}\n`);
  };
  const learned = new LearnedRoutes({
    updated: ({ peer, announced, withdrawn }) => {
      const neighbour = plan.neighbours[peer]?.name ?? '';
      const routes = announced.map(({ prefix, asPath }) => ({ prefix: prefix.text, asPath }));
      const gone = withdrawn.map(({ text }) => text);
      const told = { what: 'update', neighbour, announced: routes, withdrawn: gone } as const;
      tell(told, peerings[peer]?.at);
    },
    lost: () => {},
  });
  const peerings: Peering[] = plan.neighbours.map(({ name, asn, family }, index) => {
    const peering: Peering = new Peering({
      fsm: terms(plan, asn, family),
      port: () => BGP_PORT,
      peer: index as PeerIndex,
      rib: learned,
      onUp: () => {
        tell({ what: 'up', neighbour: name, family }, peering.at);
        peering.send(encodeEndOfRib(family));
      },
      onReady: () => {},
      onDown: () => tell({ what: 'down', neighbour: name, family }, peering.at),
    });
    peering.start();
    return peering;
  });
  const accept = (socket: Socket) => {
    const from = parseAddress(socket.remoteAddress ?? '')?.text;
    const index = plan.neighbours.findIndex(({ address }) => parseAddress(address)?.text === from);
    const peering = peerings[index];
    if (peering) peering.accept(socket);
    else socket.resetAndDestroy();
  };
  const servers = ADDRESSES.map((host) =>
    createServer(accept).listen({ port: BGP_PORT, host, ipv6Only: true }),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  tell({ what: 'listening' });
  await Promise.all(servers.map((server) => once(server, 'close')));
}

function terms({ asn, routerId }: CollectorPlan, peerAs: number, family: Family): FsmConfig {
  const identifier = parseAddress(routerId);
  return {
    open: {
      version: 4,
      myAs: asn,
      holdTime: HOLD_TIME,
      bgpIdentifier: identifier ? ipv4ToNumber(identifier) : 0,
      capabilities: [
        { kind: 'multiprotocol', ...afiSafiOf(family) },
        { kind: 'fourOctetAs', asn },
      ],
    },
    localAs: asn,
    peerAs,
    passive: true,
    connectRetryTime: 1,
    strictRole: false,
  };
}
