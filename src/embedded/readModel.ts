import type { Database } from 'better-sqlite3';
import { hostStatus, openHostStatusQueries, type HostStatusQueries } from '../../projections/hostStatus.js';
import { imports, openImportsQueries, type ImportsQueries } from '../../projections/imports.js';
import { keyCounts, openKeyCountsQueries, type KeyCountsQueries } from '../../projections/keyCounts.js';
import { kmsCensus, openKmsCensusQueries, type KmsCensusQueries } from '../../projections/kmsCensus.js';
import { openTimelineQueries, timeline, type TimelineQueries } from '../../projections/timeline.js';
import type { Projection } from '../readmodel/definition.js';

/** Every projection of the product, in the order their rows are written. */
export const PROJECTIONS: readonly Projection[] = [hostStatus, keyCounts, kmsCensus, timeline, imports];

/** The questions that can be put to one read-model file. */
export interface Queries {
  readonly hosts: HostStatusQueries;
  readonly productKeys: KeyCountsQueries;
  readonly kms: KmsCensusQueries;
  readonly imports: ImportsQueries;
  readonly timeline: TimelineQueries;
}

export function openQueries(database: Database): Queries {
  return {
    hosts: openHostStatusQueries(database),
    productKeys: openKeyCountsQueries(database),
    kms: openKmsCensusQueries(database),
    imports: openImportsQueries(database),
    timeline: openTimelineQueries(database),
  };
}
