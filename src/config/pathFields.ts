/** Paths of files and directories as values of the file. */

import { type Field, scalar } from './field.ts';

/** PATH_MAX is 4096 with its NUL, and files in it need names; no honest path comes near this. */
const MAX_PATH = 200;

/** A directory that need not exist yet. */
export const stateDirectory: Field<string> = absolutePath(
  'a directory',
  '/var/lib/multihomed',
  'each start would keep its state where it happens to run, and miss what another kept',
);

/** Read anew whenever it is used. */
export const certificateFile: Field<string> = absolutePath(
  'a file of certificates',
  '/etc/ssl/own-ca.pem',
  'where the daemon happens to run would decide what is trusted',
);

/** `relative`: what a path from elsewhere would mean. */
function absolutePath(name: string, example: string, relative: string): Field<string> {
  const schema = { type: 'string', pattern: '^/.*[^/]', maxLength: MAX_PATH };
  return scalar({ name, example, schema }, (text) => {
    const told = (cause: string, consequence: string, mend: string) => ({
      wrong: { cause, consequence, mend },
    });
    if (!text.startsWith('/')) {
      const mend = `write it from the root, as ${example}`;
      return told(`"${text}" is not an absolute path`, relative, mend);
    }
    if (text.length > MAX_PATH) {
      const cause = `the path has ${text.length} characters`;
      return told(cause, `${MAX_PATH} are read`, 'choose a shorter path');
    }
    const value = text.replace(/(?<=.)\/+$/, '');
    if (!/^\/*$/.test(value)) return { value };
    return told(
      'it is the root directory',
      'files of ours do not belong there',
      `write ${example}`,
    );
  });
}
