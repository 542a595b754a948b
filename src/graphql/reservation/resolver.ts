import { Args, ArgsType, Ctx, Field, ID, InputType, Query, Resolver, type ClassType } from 'type-graphql';
import type { LedgerContext } from '../context.js';
import { PageArguments, pageRequest, readPage } from '../relay/page.js';
import { optionalStreamId } from '../relay/streamId.js';
import { Reservation, ReservationConnection } from './type.js';

@InputType('ReservationFilter', { description: 'Which reservations; all given conditions hold.' })
export class ReservationFilterInput {
  @Field(() => ID, { nullable: true, description: 'On this product key.' })
  productKey?: string | null;

  @Field(() => ID, { nullable: true, description: 'For this host.' })
  host?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Only those with an installation ID that waits for its confirmation ID.' })
  withInstallationId?: boolean | null;
}

@ArgsType()
export class ReservationsArguments extends PageArguments {
  @Field(() => ReservationFilterInput, { nullable: true, description: 'Which reservations; without it all.' })
  filter?: ReservationFilterInput | null;
}

@Resolver(() => Reservation)
export class ReservationResolver {
  @Query(() => ReservationConnection as ClassType, {
    description: 'Activations that are reserved now, in the order they were granted: installation IDs that wait for their confirmation IDs among them.',
  })
  reservations(@Ctx() context: LedgerContext, @Args(() => ReservationsArguments) args: ReservationsArguments): object {
    const request = pageRequest(args);
    const { productKey, host, withInstallationId } = args.filter ?? {};
    const filter = {
      productKey: optionalStreamId('ProductKey', productKey ?? undefined),
      host: optionalStreamId('Host', host ?? undefined),
      withInstallationId: withInstallationId ?? undefined,
    };
    const page = readPage(request, (bounds) => context.services.readModel.reservations.page(filter, bounds));
    return new ReservationConnection(page, request, (row) => new Reservation(row, context));
  }
}
