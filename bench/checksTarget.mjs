/** What `checks.ts` looks at, in a process of its own: answers every request; prints its port. */

import { createServer } from 'node:http';

const server = createServer((_, response) => response.end('all is well'));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
