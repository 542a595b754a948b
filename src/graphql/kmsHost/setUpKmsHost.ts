import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { CommandInput, commandMeta } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import { productKeyResult, ProductKeyCommandResult, type ProductKeyCommandSuccess } from '../command/result.js';
import { onProductKey } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { optionalStreamId, streamIdOf } from '../relay/streamId.js';
import { ObjectMethodEnum } from '../vocabulary.js';

@InputType({ description: 'A computer that is set up as KMS host, or activated again.' })
export class ConfigureKmsHostInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { nullable: true, description: 'The host, by its id.' })
  host?: string | null;

  @Field(() => String, { nullable: true, description: 'Instead of the id: the host\'s name. A name never met enters the ledger.' })
  hostName?: string | null;

  @Field(() => String, { nullable: true, description: 'Its operating system; without it the one the ledger knows.' })
  operatingSystem?: string | null;

  @Field(() => [String], { nullable: true, description: 'Products it is to activate; without them the key\'s own.' })
  products?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Ids of the rules whose warnings are accepted.' })
  acceptWarnings?: string[] | null;
}

@InputType({ description: 'An update that teaches a KMS host newer products.' })
export class UpdateKmsHostInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => String, { description: 'What was installed.' })
  update!: string;
}

@InputType({ description: 'A computer that serves as KMS host no longer.' })
export class RemoveKmsHostInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The host.' })
  host!: string;
}

@InputType({ description: 'An activation object in Active Directory.' })
export class CreateActivationObjectInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => String, { description: 'Name of the object.' })
  name!: string;

  @Field(() => String, { description: 'Forest it serves: its root domain.' })
  forest!: string;

  @Field(() => ObjectMethodEnum, { nullable: true, description: 'How it was made.' })
  method?: 'ONLINE' | 'PROXY' | null;
}

@InputType({ description: 'An activation object that was removed.' })
export class RemoveActivationObjectInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => String, { description: 'Name of the object.' })
  name!: string;

  @Field(() => String, { description: 'Forest it serves: its root domain.' })
  forest!: string;
}

@Resolver()
export class KmsSetupResolver {
  @Mutation(() => ProductKeyCommandResult, { description: 'Records a computer set up as KMS host with this key: it takes a slot, the same computer again a reactivation.' })
  async configureKmsHost(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ConfigureKmsHostInput, { description: 'The KMS host.' }) input: ConfigureKmsHostInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.configureKmsHost({ ...rest, productKey: streamIdOf('ProductKey', productKey), host: optionalStreamId('Host', rest.host) }, commandMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records an update of a KMS host.' })
  async updateKmsHost(
    @Ctx() context: LedgerContext,
    @Arg('input', () => UpdateKmsHostInput, { description: 'The update.' }) input: UpdateKmsHostInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.updateKmsHost({ ...rest, productKey: streamIdOf('ProductKey', productKey), host: streamIdOf('Host', rest.host) }, commandMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that a computer serves as KMS host no longer; its slot stays taken.' })
  async removeKmsHost(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RemoveKmsHostInput, { description: 'The KMS host.' }) input: RemoveKmsHostInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.removeKmsHost({ ...rest, productKey: streamIdOf('ProductKey', productKey), host: streamIdOf('Host', rest.host) }, commandMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records an activation object: it spends one activation and no slot.' })
  async createActivationObject(
    @Ctx() context: LedgerContext,
    @Arg('input', () => CreateActivationObjectInput, { description: 'The object.' }) input: CreateActivationObjectInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.createActivationObject(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that an activation object was removed.' })
  async removeActivationObject(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RemoveActivationObjectInput, { description: 'The object.' }) input: RemoveActivationObjectInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.removeActivationObject(command, meta));
  }
}
