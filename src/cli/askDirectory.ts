/** Apart from `ask.ts`: a question to a server does not wait for the schema to load. */
import { graphql } from 'graphql';
import { existingDataDirectory } from '../embedded/dataDirectory.js';
import { openEmbeddedLedger } from '../embedded/embeddedLedger.js';
import { loadRules, RULES_VARIABLE } from '../embedded/loadRules.js';
import { servicesOf } from '../embedded/services.js';
import { DEFAULT_LANGUAGE } from '../graphql/language.js';
import { buildLedgerSchema } from '../graphql/schema.js';
import type { CliEnvironment } from './environment.js';
import { VerbError } from './failure.js';

/** Puts one question of the API to the ledger of a data directory, in this process. */
export async function askDirectory<Data>(directory: string, environment: CliEnvironment, version: string, query: string, variables: object): Promise<Data> {
  existingDataDirectory(directory, 'ledger.db');
  const rules = await loadRules(process.env[RULES_VARIABLE]);
  const ledger = await openEmbeddedLedger({ directory, environment, follow: 'onDemand', rules });
  try {
    const services = servicesOf(ledger, environment, version);
    const actor = { tokenId: '', name: environment.userName, subject: ledger.localActor };
    const contextValue = { services, actor, language: DEFAULT_LANGUAGE, stillAuthorised: async () => true };
    const result = await graphql({ schema: buildLedgerSchema(), source: query, variableValues: { ...variables }, contextValue });
    if (result.errors !== undefined) throw new VerbError(result.errors.map(({ message }) => message).join('; '));
    return result.data as Data;
  } finally {
    await ledger.close();
  }
}

