/** A double in a process of its own: says where it listens in one line of JSON, and ends with SIGTERM. */
import { startKurrentdbDouble } from './double.js';

const double = await startKurrentdbDouble();
process.once('SIGTERM', () => void double.stop());
process.stdout.write(`${JSON.stringify({ connectionString: double.connectionString })}\n`);
