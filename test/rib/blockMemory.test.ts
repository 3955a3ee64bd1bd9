import fc from 'fast-check';
import t from 'tap';
import { BlockMemory, classOfWords, wordsOf } from '../../src/rib/blockMemory.ts';
import { RibFullError } from '../../src/rib/memory.ts';

const WORDS = 1 << 20;

/** What is asked for: so many words, or one of the pieces back. */
const steps = fc.array(
  fc.record({ take: fc.boolean(), words: fc.integer({ min: 1, max: 3000 }), which: fc.nat() }),
  { minLength: 1, maxLength: 600 },
);

t.test('property: pieces in use never overlap, and none is lost', (t) => {
  const property = fc.property(steps, (all) => {
    const memory = new BlockMemory(WORDS);
    const pieces: { at: number; words: number }[] = [];
    let mark = 0;
    for (const { take, words, which } of all) {
      if (take || pieces.length === 0) {
        const at = memory.allocate(words);
        memory.words.fill(++mark, at, at + words);
        pieces.push({ at, words });
      } else {
        const { at, words: size } = pieces.splice(which % pieces.length, 1)[0]!;
        const first = memory.words[at]!;
        if (memory.words.subarray(at, at + size).some((word) => word !== first)) {
          throw new Error('somebody else wrote into a piece');
        }
        memory.release(at, classOfWords(size));
      }
    }
    memory.checkInvariants();
    const inUse = pieces.reduce((sum, { words }) => sum + wordsOf(classOfWords(words)), 0);
    return memory.wordsInUse === inUse;
  });
  fc.assert(property, { seed: 5, numRuns: 60 });
  t.end();
});

t.test(
  'small pieces that lie side by side become large ones before memory is said to be full',
  (t) => {
    const memory = new BlockMemory(WORDS);
    const small: number[] = [];
    for (;;) {
      try {
        small.push(memory.allocate(6));
      } catch (error) {
        if (!(error instanceof RibFullError)) throw error;
        break;
      }
    }
    // Every other one is free: none is large enough for more, wherever it lies.
    for (const [i, at] of small.entries()) if (i % 2 === 0) memory.release(at, classOfWords(6));
    t.throws(() => memory.allocate(7), RibFullError);
    memory.checkInvariants();
    for (const [i, at] of small.entries()) if (i % 2 === 1) memory.release(at, classOfWords(6));
    t.ok(memory.allocate(WORDS / 2) > 0);
    memory.checkInvariants();
    t.end();
  },
);
