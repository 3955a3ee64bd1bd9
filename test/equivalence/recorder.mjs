/**
 * A BGP neighbour that only writes down what it is sent. It waits for one session on port 179, says
 * what it was told to say, and prints a line for each thing that happens:
 *
 *   listening | up | down REASON | update HEX
 *
 * `update` has the whole message. It keeps the hold time, so that a dead link ends its session too.
 * Plain Node without the program's code: what it prints is what was on the wire.
 * Its one argument is JSON: { address, asn, identifier (hex), holdTime, updates: { ipv4: [HEX], ipv6 } }.
 * A family that the other side does not carry is not sent.
 */

import { createServer } from 'node:net';

const options = JSON.parse(process.argv[2]);
const hex = (value, octets) => value.toString(16).padStart(octets * 2, '0');
const frame = (type, body) =>
  `${'ff'.repeat(16)}${hex(19 + body.length / 2, 2)}${hex(type, 1)}${body}`;
const KEEPALIVE = frame(4, '');

/** With IPv4 and IPv6 unicast, route refresh and four-octet AS numbers. */
function open({ asn, identifier, holdTime }) {
  const capabilities = `01040001000101040002000102004104${hex(asn, 4)}`;
  const parameter = `02${hex(capabilities.length / 2, 1)}${capabilities}`;
  const my = hex(asn > 0xffff ? 23456 : asn, 2);
  return frame(
    1,
    `04${my}${hex(holdTime, 2)}${identifier}${hex(parameter.length / 2, 1)}${parameter}`,
  );
}

const say = (line) => process.stdout.write(`${line}\n`);
/** Multiprotocol, four octets: AFI and SAFI (RFC 4760). */
const FAMILIES = [
  { name: 'ipv4', capability: Buffer.from('010400010001', 'hex') },
  { name: 'ipv6', capability: Buffer.from('010400020001', 'hex') },
];
let current;

class Session {
  #pending = Buffer.alloc(0);
  #up = false;
  #ended = false;
  #timers = [];
  #families = [];
  #heard = performance.now();

  constructor(socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', ({ code }) => this.end(code));
    socket.on('close', () => this.end('closed'));
    this.#send(open(options));
  }

  end(reason) {
    if (this.#ended) return;
    this.#ended = true;
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#up) say(`down ${reason}`);
    this.socket.destroy();
  }

  #send(message) {
    this.socket.write(Buffer.from(message, 'hex'));
  }

  #take(chunk) {
    this.#heard = performance.now();
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 19) {
      const length = this.#pending.readUInt16BE(16);
      if (this.#pending.length < length) return;
      const message = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.#deal(message);
    }
  }

  #sendAll() {
    for (const { name } of this.#families) {
      for (const update of options.updates[name]) this.#send(update);
    }
  }

  #deal(message) {
    switch (message[18]) {
      case 1:
        this.#families = FAMILIES.filter(({ capability }) => message.includes(capability));
        this.#send(KEEPALIVE);
        break;
      case 2:
        say(`update ${message.toString('hex')}`);
        break;
      case 3:
        this.end(`notification ${message[19]}/${message[20]}`);
        break;
      case 4:
        if (!this.#up) this.#rise();
        break;
      case 5: // ROUTE-REFRESH: all of it again, whichever family was asked for
        this.#sendAll();
        break;
    }
  }

  #rise() {
    this.#up = true;
    say('up');
    const third = (options.holdTime * 1000) / 3;
    this.#timers.push(setInterval(() => this.#send(KEEPALIVE), third));
    const isLate = () => performance.now() - this.#heard > options.holdTime * 1000;
    this.#timers.push(
      setInterval(() => {
        // Where it was this process that had no time, what came meanwhile is read before it is judged.
        if (isLate()) setImmediate(() => isLate() && this.end('hold timer'));
      }, 250),
    );
    this.#sendAll();
  }
}

// Only one session at a time: a new connection stands for a neighbour that has begun anew.
const server = createServer((socket) => {
  current?.end('replaced');
  current = new Session(socket);
});
server.listen(179, options.address, () => say('listening'));
