import { isText, optional, type Corrections } from '../correction.js';

/** Words of a product copy that the caller gave: they describe, and the decision that rested on them stands. */
const copyOf = (member: string): Corrections[string] => ({
  [`${member}.edition`]: optional(isText),
  [`${member}.language`]: optional(isText),
  [`${member}.product`]: isText,
  [`${member}.version`]: optional(isText),
});

/**
 * What may be corrected on a host's stream, by event and field (a dot goes into a member): words that somebody entered and that no
 * count rests on. What is to be installed stays as it was decided on.
 */
export const HOST_CORRECTIONS: Corrections = {
  HostRegistered: { operatingSystem: optional(isText), virtualMachine: optional((value) => typeof value === 'boolean') },
  ReimagingRequested: { agreement: optional(isText), team: optional(isText), 'image.image': isText, ...copyOf('device') },
  DowngradeRequested: { agreement: optional(isText), team: optional(isText), ...copyOf('from') },
};
