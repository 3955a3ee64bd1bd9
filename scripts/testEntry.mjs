/** Runs the bundle of a test file under the name of its source, which tap gives to its folders. */

import { pathToFileURL } from 'node:url';

const [node, , source, bundle] = process.argv;
process.argv = [node, source];
await import(pathToFileURL(bundle).href);
