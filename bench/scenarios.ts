import type { Scenario } from './bench.js';
import { commandsScenario } from './scenarios/commands.js';
import { importScenario } from './scenarios/import.js';

/** In the order they run. */
export const SCENARIOS: readonly Scenario[] = [importScenario, commandsScenario];
