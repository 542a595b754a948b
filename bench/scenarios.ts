import type { Scenario } from './bench.js';
import { auditScenario } from './scenarios/audit.js';
import { bulkScenario } from './scenarios/bulk.js';
import { commandsScenario } from './scenarios/commands.js';
import { exportScenario } from './scenarios/export.js';
import { graphqlScenario } from './scenarios/graphql.js';
import { feedScenario } from './scenarios/feed.js';
import { importScenario } from './scenarios/import.js';
import { coldKeyScenario } from './scenarios/coldKey.js';
import { kurrentdbScenario } from './scenarios/kurrentdb.js';
import { questionsScenario } from './scenarios/questions.js';
import { rebuildScenario } from './scenarios/rebuild.js';
import { requestsScenario } from './scenarios/requests.js';
import { resumeScenario } from './scenarios/resume.js';
import { startScenario } from './scenarios/start.js';
import { subscribersScenario } from './scenarios/subscribers.js';

/** In the order they run. */
export const SCENARIOS: readonly Scenario[] = [
  importScenario,
  commandsScenario,
  rebuildScenario,
  graphqlScenario,
  startScenario,
  resumeScenario,
  subscribersScenario,
  requestsScenario,
  bulkScenario,
  questionsScenario,
  coldKeyScenario,
  kurrentdbScenario,
  feedScenario,
  auditScenario,
  exportScenario,
];
