import 'reflect-metadata';
import { lexicographicSortSchema, printSchema, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AdviceResolver } from './advice/resolver.js';
import { AgreementResolver, EntitlementResolver } from './agreement/resolver.js';
import { RecordEntitlementResolver } from './agreement/recordEntitlement.js';
import { RegisterAgreementResolver } from './agreement/registerAgreement.js';
import { RecordActivationResolver } from './activation/recordActivation.js';
import { ActivationRequestResolver } from './activation/requestActivation.js';
import { CatalogueResolver } from './catalogue/resolver.js';
import { CommandRefusedResolver } from './command/refusal.js';
import { ConfirmationIdResolver } from './confirmationId/resolver.js';
import { CorrectionResolver } from './correction/recordCorrection.js';
import { DowngradeResolver } from './downgrade/requestDowngrade.js';
import { resolveDirectly } from './directResolvers.js';
import { ActorResolver, EventResolver } from './event/resolver.js';
import { ExportResolver } from './export/resolver.js';
import { HostLifeResolver } from './host/lifeOfHost.js';
import { RegisterHostResolver } from './host/registerHost.js';
import { HostIdentityResolver, HostResolver, InstallationResolver, InstallationTurnResolver } from './host/resolver.js';
import { ImportResolver } from './import/resolver.js';
import { DuplicateClientIdResolver, KmsCensusResolver, KmsHostResolver, LapsingKmsClientResolver } from './kmsHost/resolver.js';
import { KmsMeansResolver } from './kmsHost/means.js';
import { KmsSetupResolver } from './kmsHost/setUpKmsHost.js';
import { LedgerResolver } from './ledger/resolver.js';
import { LimitIncreaseResolver } from './limitIncrease/limitIncrease.js';
import { LimitAlertResolver } from './productKey/limitAlerts.js';
import { ProductKeyLifeResolver } from './productKey/lifeOfProductKey.js';
import { LicencePositionFigureResolver, LicencePositionResolver } from './licencePosition/resolver.js';
import { RegisterOrganisationResolver } from './organisation/registerOrganisation.js';
import { OrganisationResolver } from './organisation/resolver.js';
import { BalanceResolver, ForecastResolver } from './productKey/balance.js';
import { RegisterProductKeyResolver } from './productKey/registerProductKey.js';
import { KeyActivationResolver, ProductKeyResolver } from './productKey/resolver.js';
import { ReimagingResolver } from './reimaging/requestReimaging.js';
import { NodeResolver } from './relay/resolver.js';
import { RequestRefusalResolver, RequestResolver } from './request/resolver.js';
import { ReservationResolver } from './reservation/resolver.js';
import { RuleResolver } from './rule/resolver.js';
import { EventReceiptResolver, SealedLedgerResolver } from './seal/resolver.js';

/** The schema of the API, from the decorated classes of this folder. */
export function buildLedgerSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      ActivationRequestResolver,
      ActorResolver,
      AgreementResolver,
      BalanceResolver,
      AdviceResolver,
      CatalogueResolver,
      CommandRefusedResolver,
      ConfirmationIdResolver,
      CorrectionResolver,
      DowngradeResolver,
      DuplicateClientIdResolver,
      EntitlementResolver,
      EventReceiptResolver,
      EventResolver,
      ExportResolver,
      ForecastResolver,
      HostLifeResolver,
      HostIdentityResolver,
      HostResolver,
      ImportResolver,
      InstallationResolver,
      InstallationTurnResolver,
      KeyActivationResolver,
      KmsCensusResolver,
      KmsHostResolver,
      KmsMeansResolver,
      KmsSetupResolver,
      LapsingKmsClientResolver,
      LedgerResolver,
      LimitAlertResolver,
      LimitIncreaseResolver,
      NodeResolver,
      ProductKeyLifeResolver,
      LicencePositionFigureResolver,
      LicencePositionResolver,
      OrganisationResolver,
      ProductKeyResolver,
      RecordActivationResolver,
      RecordEntitlementResolver,
      RegisterAgreementResolver,
      RegisterHostResolver,
      RegisterOrganisationResolver,
      RegisterProductKeyResolver,
      ReimagingResolver,
      RequestRefusalResolver,
      RequestResolver,
      ReservationResolver,
      RuleResolver,
      SealedLedgerResolver,
    ],
    validate: false,
    // Every subscription reads the log; type-graphql wants a publisher all the same.
    pubSub: { publish: refusePublishing, subscribe: refusePublishing },
  });
  resolveDirectly(schema);
  // type-graphql makes the root types itself and gives them no description.
  describeRoot(schema.getQueryType(), 'What can be asked. Answers come from tables that follow the log; `asOf` and `validAt` ask about the past.');
  describeRoot(schema.getMutationType(), 'What can be recorded. Every answer is either a success with the ledger\'s sequence, or why not.');
  describeRoot(schema.getSubscriptionType(), 'What can be followed: history after a cursor, then what comes. When the server stops it ends with close code 4499: resume elsewhere.');
  return schema;
}

/** The schema as text, sorted, so that it changes only when the schema does. */
export function schemaText(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

function describeRoot(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}

function refusePublishing(): never {
  throw new Error('Subscriptions read the log; nothing is published in memory.');
}
