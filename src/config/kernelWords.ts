/** As `laterKeys.ts`, for `kernel`. */

import { at, type KnownWords } from './unknownKey.ts';

export const KERNEL_WORDS: KnownWords = {
  owner: 'kernel',
  later: {},
  foreign: {
    routes: 'install',
    'kernel-table': 'table',
    'table-id': 'table',
    priority: 'metric',
    preference: 'metric',
    blackhole: 'anchor',
    aggregate: 'anchor',
    persist: 'on-exit',
  },
  elsewhere: at('upstreams.NAME', 'prefer', 'accept'),
};
