/** FRR's own terminal, spoken to without vtysh: starting that takes longer than what is asked. */

import { TextSocket } from './textSocket.ts';

/** A command ends with a NUL, an answer with three and a status. */
export class Vty {
  readonly #socket: TextSocket;

  constructor(socket: TextSocket) {
    this.#socket = socket;
  }

  async show(command: string): Promise<string> {
    const answer = await this.#socket.ask(`${command}\0`);
    return answer.slice(0, -4);
  }

  /** For what answers nothing when it is well. */
  async run(command: string): Promise<void> {
    const answer = await this.show(command);
    if (answer !== '') throw new Error(`FRR says of "${command}": ${answer}`);
  }

  close(): void {
    this.#socket.close();
  }
}

/** Undefined: nobody listens there yet. */
export async function openVty(path: string): Promise<Vty | undefined> {
  try {
    const vty = new Vty(await TextSocket.open(path, (text) => /\0\0\0[\s\S]$/.test(text)));
    await vty.show('enable');
    return vty;
  } catch {
    return undefined;
  }
}

/** A terminal in the configuration of bgpd in this AS; there it cannot show anything. */
export async function openEditor(path: string, asn: number): Promise<Vty> {
  const editor = await openVty(path);
  if (!editor) throw new Error(`${path} takes no second terminal`);
  for (const command of ['configure terminal', `router bgp ${asn}`]) await editor.run(command);
  return editor;
}
