import t from 'tap';
import { instantiate, sharedMemory, toCompile } from '../../src/rib/webAssembly.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';

const lane = laneModule();
const skip = lane ? false : 'the lane is not built: npm run lane';

t.test('the fast lane is compiled with the first call, and once', { skip }, async (t) => {
  if (!lane) return;
  let compiled = 0;
  const counting = {
    compiled() {
      compiled++;
      return lane.compiled();
    },
  };
  const memory = sharedMemory(1 << 20);
  const program = instantiate(counting, memory, { settle: () => {}, judge: () => 0 });
  program.bind(64);
  t.equal(compiled, 0);
  t.equal(program.taken(), 0);
  t.equal(compiled, 1);
  program.bind(64);
  t.equal(program.taken(), 0);
  t.equal(compiled, 1, 'what it exports stands in for it from then on');
});

t.test('what this machine cannot run is none', async (t) => {
  t.equal(toCompile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)), undefined);
});
