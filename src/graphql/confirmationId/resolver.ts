import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { StreamId } from '../../kernel/identifiers.js';
import type { KeptConfirmationId } from '../../vault/port.js';
import { shownKey } from '../command/result.js';
import { IdUsableEnum } from '../advice/type.js';
import type { LedgerContext } from '../context.js';
import { ProductKey } from '../productKey/type.js';
import { requireId } from '../relay/globalId.js';

type Usable = 'YES' | 'NO' | 'NOT_KNOWN';

@ObjectType({ simpleResolvers: true, description: 'A confirmation ID that the vault keeps for a host, to be applied again after a reinstallation.' })
export class StoredConfirmationId {
  readonly kept: KeptConfirmationId;
  readonly hardwareNow: string | undefined;
  readonly context: LedgerContext;

  constructor(kept: KeptConfirmationId, hardwareNow: string | undefined, context: LedgerContext) {
    this.kept = kept;
    this.hardwareNow = hardwareNow;
    this.context = context;
  }

  @Field(() => ID, { description: 'Id of the activation it confirmed.' })
  get activation(): string {
    return this.kept.activation;
  }

  @Field(() => ProductKey, { nullable: true, description: 'The key of that activation.' })
  get productKey(): ProductKey | undefined {
    return shownKey(this.kept.productKey, this.context);
  }

  @Field(() => String, { nullable: true, description: 'What the hardware was identified by.' })
  get hardware(): string | undefined {
    return this.kept.hardware;
  }

  @Field(() => IdUsableEnum, { description: 'Whether it can be applied again: that spends no activation.' })
  get usable(): Usable {
    const { hardware } = this.kept;
    if (hardware === undefined || this.hardwareNow === undefined) return 'NOT_KNOWN';
    return hardware === this.hardwareNow ? 'YES' : 'NO';
  }

  @Field(() => String, { nullable: true, description: 'Its 48 digits; null where the hardware has changed.' })
  get confirmationId(): string | undefined {
    return this.usable === 'NO' ? undefined : this.kept.confirmationId;
  }
}

@Resolver()
export class ConfirmationIdResolver {
  @Query(() => [StoredConfirmationId], { description: 'Confirmation IDs kept for a host, for local reactivation (rule B-4). The vault opens them for this answer alone.' })
  async confirmationIds(
    @Ctx() context: LedgerContext,
    @Arg('host', () => ID, { description: 'The host.' }) host: string,
    @Arg('hardware', () => String, { nullable: true, description: 'What its hardware is identified by now.' }) hardware?: string | null,
  ): Promise<readonly StoredConfirmationId[]> {
    const kept = await context.services.vault.confirmationIdsOf(requireId('Host', host, 'host') as StreamId);
    return kept.map((each) => new StoredConfirmationId(each, hardware ?? undefined, context));
  }
}
