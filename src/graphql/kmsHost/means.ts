import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { ActivationObjectRow, KmsSetupRow } from '../../../projections/activationMeans.js';
import { shownHost, shownKey } from '../command/result.js';
import type { LedgerContext } from '../context.js';
import { Host } from '../host/type.js';
import { ProductKey } from '../productKey/type.js';
import { requireId } from '../relay/globalId.js';

/** Activation objects in one answer; a forest has a handful. */
const ACTIVATION_OBJECTS_MAX = 1_000;

@ObjectType({ simpleResolvers: true, description: 'A computer that was set up as KMS host with a key. It takes one of the key\'s slots for good (rule K-4).' })
export class KmsSetup {
  readonly row: KmsSetupRow;
  readonly context: LedgerContext;

  constructor(row: KmsSetupRow, context: LedgerContext) {
    this.row = row;
    this.context = context;
  }

  @Field(() => Host, { nullable: true, description: 'The computer.' })
  get host(): Host | undefined {
    return shownHost(this.row.host, this.context);
  }

  @Field(() => String, { nullable: true, description: 'Its operating system.' })
  get operatingSystem(): string | undefined {
    return this.row.operatingSystem;
  }

  @Field(() => Int, { description: 'How often it was activated with the key.' })
  get activations(): number {
    return this.row.activations;
  }

  @Field(() => Boolean, { description: 'Whether it has had an update that teaches it newer products (rules K-7 and K-12).' })
  get updated(): boolean {
    return this.row.updated;
  }

  @Field(() => Boolean, { description: 'Whether it serves no longer.' })
  get removed(): boolean {
    return this.row.removed;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An activation object in Active Directory: members of its forest activate by it (rule A-1).' })
export class ActivationObject {
  readonly row: ActivationObjectRow;
  readonly context: LedgerContext;

  constructor(row: ActivationObjectRow, context: LedgerContext) {
    this.row = row;
    this.context = context;
  }

  @Field(() => String, { description: 'Its name.' })
  get name(): string {
    return this.row.name;
  }

  @Field(() => String, { description: 'The forest it serves: its root domain.' })
  get forest(): string {
    return this.row.forest;
  }

  @Field(() => ProductKey, { nullable: true, description: 'The key it was made with.' })
  get productKey(): ProductKey | undefined {
    return shownKey(this.row.productKey, this.context);
  }
}

@ArgsType()
export class ActivationObjectsArguments {
  @Field(() => String, { nullable: true, description: 'Of this forest; without it of all.' })
  forest?: string | null;

  @Field(() => ID, { nullable: true, description: 'Made with this key; without it with any.' })
  productKey?: string | null;
}

@Resolver(() => ProductKey)
export class KmsMeansResolver {
  @FieldResolver(() => [KmsSetup], { description: 'Computers set up as KMS hosts with this key, those that serve no longer among them; as they stand now.' })
  kmsHosts(@Root() { row }: ProductKey, @Ctx() context: LedgerContext): readonly KmsSetup[] {
    return context.services.readModel.activationMeans.kmsSetupsWith(row.key).map((setup) => new KmsSetup(setup, context));
  }

  @Query(() => [ActivationObject], { description: `Activation objects that exist, by forest and name: at most ${ACTIVATION_OBJECTS_MAX}.` })
  activationObjects(@Ctx() context: LedgerContext, @Args(() => ActivationObjectsArguments) { forest, productKey }: ActivationObjectsArguments): readonly ActivationObject[] {
    const wanted = productKey === undefined || productKey === null ? undefined : requireId('ProductKey', productKey, 'productKey');
    return context.services.readModel.activationMeans
      .activationObjects(ACTIVATION_OBJECTS_MAX)
      .filter((row) => (forest ?? row.forest).toLowerCase() === row.forest && (wanted ?? row.productKey) === row.productKey)
      .map((row) => new ActivationObject(row, context));
  }
}
