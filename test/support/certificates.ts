/** Certificates made by openssl for one test: an authority, and servers that it knows or does not. */

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Undefined: there is no openssl here. */
export async function opensslVersion(): Promise<string | undefined> {
  return run('openssl', ['version']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

export class Authority {
  readonly #directory: string;

  /** Of an empty directory. */
  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(directory: string): Promise<Authority> {
    const authority = new Authority(directory);
    await authority.#makeKey('ca');
    const begin = ['req', '-x509', '-key', 'ca.key', '-out', 'ca.pem', '-days', '2'];
    await authority.#openssl(...begin, '-subj', '/CN=an authority of this test');
    await writeFile(join(directory, 'index.txt'), '');
    await writeFile(join(directory, 'serial'), '01\n');
    await writeFile(join(directory, 'openssl.cnf'), CONFIG);
    return authority;
  }

  /** A PEM file with its certificate. */
  get file(): string {
    return join(this.#directory, 'ca.pem');
  }

  /** `names`: as `DNS:www.example.net`; `from` and `until`: as `20200101000000Z`. */
  async issue(
    id: string,
    names: string,
    from = '20200101000000Z',
    until = '20991231000000Z',
  ): Promise<Identity> {
    await this.#makeKey(id);
    const [csr, pem] = [`${id}.csr`, `${id}.pem`];
    await this.#openssl(
      ...['req', '-new', '-key', `${id}.key`, '-out', csr, '-subj', `/CN=${id}`],
      ...['-addext', `subjectAltName=${names}`],
    );
    await this.#openssl(
      ...['ca', '-batch', '-config', 'openssl.cnf', '-in', csr, '-out', pem, '-notext'],
      ...['-startdate', from, '-enddate', until],
    );
    return this.#read(id);
  }

  async selfSigned(id: string, names: string): Promise<Identity> {
    await this.#makeKey(id);
    await this.#openssl(
      ...['req', '-x509', '-key', `${id}.key`, '-out', `${id}.pem`, '-days', '2'],
      ...['-subj', `/CN=${id}`, '-addext', `subjectAltName=${names}`],
    );
    return this.#read(id);
  }

  async #read(id: string): Promise<Identity> {
    const read = (suffix: string) => readFile(join(this.#directory, `${id}.${suffix}`), 'utf8');
    return { key: await read('key'), cert: await read('pem') };
  }

  async #makeKey(id: string): Promise<void> {
    await this.#openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${id}.key`);
  }

  async #openssl(...argv: readonly string[]): Promise<void> {
    await run('openssl', argv, { cwd: this.#directory });
  }
}

const CONFIG = `[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;
