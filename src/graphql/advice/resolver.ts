import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { HostRow, InstallationStatusRow } from '../../../projections/hostStatus.js';
import { activationAdvice } from '../../domain/advice/activationAdvice.js';
import type { CandidateKey } from '../../domain/advice/facts.js';
import { wipeAdvice } from '../../domain/advice/wipeAdvice.js';
import { recogniseProduct } from '../../domain/catalogue/product.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { presentMoment } from '../moment.js';
import { streamIdOf } from '../relay/streamId.js';
import { commonFacts, confirmationFacts, hostFacts, type CommonFacts } from './facts.js';
import { ActivationAdviceInput, WipeAdviceInput, WipedHostInput } from './input.js';
import { ActivationAdvice, WipeAdvice } from './type.js';
import { inputError } from '../clientError.js';

/** Most hosts of one question. */
export const WIPED_HOSTS_MAX = 100;
/** Most machines of one question. */
const ADVISED_MACHINES_MAX = 1_000_000;

@Resolver()
export class AdviceResolver {
  @Query(() => ActivationAdvice, { description: 'How to activate: the methods and keys that may be used, best first, with what each costs and what speaks against it.' })
  activationAdvice(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ActivationAdviceInput, { description: 'What is to be activated.' }) input: ActivationAdviceInput,
  ): ActivationAdvice {
    const { host, agreement, hardware, machines = 1, connectivity = 'ONLINE', ...given } = givenOf(input);
    if (machines < 1 || machines > ADVISED_MACHINES_MAX) throw inputError('OUT_OF_BOUNDS', { argument: 'machines', min: 1, max: ADVISED_MACHINES_MAX, given: machines });
    const common = commonFacts(context, agreement);
    const row = host === undefined ? undefined : hostRow(context, host);
    const facts = { ...common, ...hostFacts(row), ...given, machines, connectivity };
    const confirmationId = row && confirmationFacts(context, row.host, makFor(common, facts.product, context), hardware);
    return new ActivationAdvice(activationAdvice({ ...facts, confirmationId }, context.services.rules), context);
  }

  @Query(() => [WipeAdvice], { description: 'Before hosts are wiped: is a confirmation id stored, which key may be used, what will it cost. In the order of the hosts.' })
  wipeAdvice(
    @Ctx() context: LedgerContext,
    @Arg('input', () => WipeAdviceInput, { description: 'The hosts.' }) input: WipeAdviceInput,
  ): readonly WipeAdvice[] {
    if (input.hosts.length < 1 || input.hosts.length > WIPED_HOSTS_MAX) throw inputError('TOO_MANY_GIVEN', { argument: 'hosts', given: input.hosts.length, min: 1, max: WIPED_HOSTS_MAX });
    const common = commonFacts(context, input.agreement ?? undefined);
    return input.hosts.map((wiped) => adviceFor(wiped, input, common, context));
  }
}

function adviceFor({ host, hardware }: WipedHostInput, input: WipeAdviceInput, common: CommonFacts, context: LedgerContext): WipeAdvice {
  const row = hostRow(context, host);
  const installed = windowsOf(row, context);
  const product = input.product ?? (installed && productOf(installed, context)) ?? row.operatingSystem ?? '?';
  const facts = { ...common, ...hostFacts(row), product, machines: 1, connectivity: input.connectivity ?? 'ONLINE', currentMethod: methodOf(installed) };
  const confirmationId = confirmationFacts(context, row.host, makFor(common, product, context), hardware ?? undefined);
  return new WipeAdvice(row.host, product, wipeAdvice({ ...facts, confirmationId }, context.services.rules), context);
}

function hostRow(context: LedgerContext, id: string): HostRow {
  const row = context.services.readModel.hosts.byHost(streamIdOf('Host', id), presentMoment(context));
  if (row === undefined) throw inputError('NO_SUCH_HOST', { given: id.slice(0, 64) });
  return row;
}

/** The host's Windows that runs. */
function windowsOf(row: HostRow, context: LedgerContext): InstallationStatusRow | undefined {
  return row.installations.find((each) => each.life?.ended === undefined && WINDOWS_LINES.includes(recogniseProduct(productOf(each, context))?.line ?? ''));
}

const WINDOWS_LINES: readonly string[] = ['WINDOWS', 'WINDOWS_SERVER'];

function productOf({ productName, skuId }: InstallationStatusRow, { services }: LedgerContext): string | undefined {
  return productName ?? (skuId === undefined ? undefined : services.catalogue.sku(skuId)?.name);
}

/** Tools that know the key kind do not always tell the method. */
function methodOf(installed: InstallationStatusRow | undefined): InstallationStatusRow['method'] {
  return installed?.method ?? (installed?.keyKind === 'MAK' ? 'MAK_INDEPENDENT' : undefined);
}

/** Keys whose confirmation ids are for this product, as far as can be told. */
function makFor({ keys, on }: CommonFacts, product: string, { services }: LedgerContext): readonly CandidateKey[] {
  return keys.filter((key) => key.kind === 'MAK' && services.rules.judge('B-6', { keyProduct: key.product, product }, on).every(({ outcome }) => outcome !== 'VIOLATED'));
}
