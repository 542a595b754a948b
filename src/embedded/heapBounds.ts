import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** From this size on the young generation grows no further; beyond it, scavenges hardly become fewer. */
const YOUNG_GENERATION_BYTES_MAX = 32 * 1_024 * 1_024;

let bounded = false;

/**
 * Keeps the memory of a long import down: V8 would let the young generation grow to 128 MiB, most of it garbage at any time.
 * The program cannot be sure of command line flags (it is started through `npx`), and of all flags this is one that V8 reads each time
 * it wants to grow. To be called now and then while much is allocated.
 */
export function boundYoungGeneration(): void {
  if (bounded) return;
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  if (young === undefined || young.space_size < YOUNG_GENERATION_BYTES_MAX) return;
  setFlagsFromString('--semi-space-growth-factor=1');
  bounded = true;
}

/** How much further the old generation may grow than what lives in it, in percent, while a log is folded. */
const OLD_GENERATION_GROWTH_PERCENT = 30;

/**
 * Keeps the memory of a long catch-up down while `work` runs: little lives while a log is folded, and V8 would let several times as much
 * garbage pile up before it looks. Like the other flag it is read anew each time; 0 is V8's own choice.
 */
export async function withBoundedHeap<Result>(work: () => Promise<Result>): Promise<Result> {
  setFlagsFromString(`--heap-growing-percent=${OLD_GENERATION_GROWTH_PERCENT}`);
  try {
    return await work();
  } finally {
    setFlagsFromString('--heap-growing-percent=0');
  }
}
