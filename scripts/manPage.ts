/**
 * Writes man/multihomed.8 from what the command line says of itself: every command's help, as yargs
 * gives it. `node --import=tsx scripts/manPage.ts` writes it; a test compares.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseCommandLine } from '../src/cli/commandLine.ts';

export const MAN_PAGE = fileURLToPath(new URL('../man/multihomed.8', import.meta.url));

const HEAD = `.\\" Made by scripts/manPage.ts from the help of the commands.
.TH MULTIHOMED 8 "" multihomed "System Administration"
.SH NAME
multihomed \\- BGP speaker and route-announcement manager for multihomed networks
.SH SYNOPSIS
.B multihomed
.I COMMAND
.RB [ \\-c
.IR FILE ]
.SH DESCRIPTION
Announces the prefixes of a file to several upstreams over BGP, and nothing else; withdraws them when a
link or a check dies, holds back what would be damped, takes full tables, and says why at every moment.
.PP
The smallest useful file:
.PP
.nf
.in +4
asn: 64500
router\\-id: 192.0.2.1
prefixes:
  \\- 203.0.113.0/24
upstreams:
  transit\\-a: { asn: 64496, address: 198.51.100.1 }
  transit\\-b: { asn: 64497, address: 198.51.100.5 }
.in
.fi
.PP
.B multihomed check
judges it,
.B multihomed run
is the daemon,
.B multihomed show
asks the daemon.
.B multihomed schema
prints everything that a file can say.
`;

const TAIL = `.SH SIGNALS
Of
.BR "multihomed run" :
.TP
.B SIGHUP
The file is read again, and the difference applied; a bad file changes nothing.
.TP
.BR SIGTERM ", " SIGINT
Everything is withdrawn, or what
.I on\\-exit
says; neighbours are told why (RFC 9003); it ends with 0 within 5 s. The second one waits for no drain.
.SH EXIT STATUS
0 fine, 1 a problem found, 2 wrong usage.
.SH FILES
.TP
.IR ./multihomed.yaml ", " /etc/multihomed/multihomed.yaml
The configuration, where
.B \\-c
does not name another.
.TP
.I /run/multihomed/control.sock
The control socket: HTTP and JSON. For others than root it is in
.IR $XDG_RUNTIME_DIR/multihomed .
.SH SEE ALSO
.BR bgpd (8),
.BR bird (8),
.BR bgpdump (1),
.BR ip (8)
`;

/** The whole page. */
export async function manPage(): Promise<string> {
  const help = await helpOf();
  const names = [...help.matchAll(/^ {2}multihomed (\S+)/gm)].map(([, name = '']) => name);
  const sections = names.map(async (name) => {
    return `.SS ${escaped(name)}\n.nf\n${preformatted(await helpOf(name))}\n.fi\n`;
  });
  return `${HEAD}.SH COMMANDS\n${(await Promise.all(sections)).join('')}${TAIL}`;
}

async function helpOf(...command: readonly string[]): Promise<string> {
  const line = await parseCommandLine([...command, '--help'], '');
  if (line.kind !== 'text') throw new Error(`${command.join(' ')} has no help`);
  return line.text.trimEnd();
}

/** What is said of every command is left out of each. */
function preformatted(help: string): string {
  const lines = help.split('\n').filter((line) => !/^ {2}-[Vh], /.test(line));
  return lines.map(escaped).join('\n');
}

/** As it stands: no request of roff's, and hyphens that can be copied. */
function escaped(line: string): string {
  const plain = line.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(MAN_PAGE, await manPage());
