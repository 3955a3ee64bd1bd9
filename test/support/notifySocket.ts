/** The socket on which systemd listens to a unit: datagrams, which Node has no call for either. */

import { createRequire } from 'node:module';
import { addressOf } from '../../src/daemon/unixDatagram.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;
const LARGEST = 4096;

export interface NotifySocket {
  /** What came since the last call, message by message. */
  read(): readonly string[];
  close(): void;
}

/** Undefined where koffi cannot be loaded. Throws when the path cannot be bound. */
export function listenForNotifications(path: string): NotifySocket | undefined {
  let koffi: typeof import('koffi');
  try {
    koffi = createRequire(import.meta.url)('koffi');
  } catch {
    return undefined;
  }
  const c = koffi.load(null);
  const fd: number = c.func('int socket(int domain, int type, int protocol)')(
    AF_UNIX,
    SOCK_DGRAM,
    0,
  );
  const address = addressOf(path);
  if (!address) throw new Error(`${path} is too long`);
  const bound: number = c.func('int bind(int fd, const uint8_t *address, uint32_t size)')(
    fd,
    address,
    address.length,
  );
  if (bound !== 0) throw new Error(`cannot bind ${path}`);
  const receive = c.func('long recv(int fd, _Out_ uint8_t *octets, size_t size, int flags)');
  const buffer = Buffer.alloc(LARGEST);
  return {
    read() {
      const messages: string[] = [];
      for (;;) {
        const size = Number(receive(fd, buffer, LARGEST, MSG_DONTWAIT));
        if (size < 0) return messages;
        messages.push(buffer.toString('utf8', 0, size));
      }
    },
    close: () => c.func('int close(int fd)')(fd),
  };
}
