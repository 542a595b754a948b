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
