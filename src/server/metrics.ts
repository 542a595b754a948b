import { Gauge, Registry } from 'prom-client';
import type { LedgerServices } from '../graphql/context.js';

/** Where metrics are served, for whoever has a token. */
export const METRICS_PATH = '/metrics';

/** A registry with what every ledger tells of itself. Parts add theirs by `registerGauge`. */
export function createMetrics({ store, readModel }: Pick<LedgerServices, 'store' | 'readModel'>): Registry {
  const metrics = new Registry();
  registerGauge(metrics, 'log_events', 'Events in the log: the sequence of the last one.', async () => (await store.head()).sequence);
  registerGauge(metrics, 'read_model_events', 'Events that queries see.', () => readModel.progress().sequence);
  registerGauge(metrics, 'read_model_rebuilding', '1 while the read model is rebuilt and queries see an older one.', () => (readModel.progress().rebuilding ? 1 : 0));
  return metrics;
}

/** Adds `activation_ledger_<name>`, whose value is read when the metrics are asked for. The name ends in its unit. */
export function registerGauge(metrics: Registry, name: string, help: string, read: () => number | Promise<number>): void {
  const gauge: Gauge = new Gauge({
    name: `activation_ledger_${name}`,
    help,
    registers: [],
    async collect() {
      gauge.set(await read());
    },
  });
  metrics.registerMetric(gauge);
}
