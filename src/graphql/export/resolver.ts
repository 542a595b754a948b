import { Arg, createUnionType, Ctx, Field, FieldResolver, ID, Mutation, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { ExportJobs } from '../../application/exportPort.js';
import { CommandRefused } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { exportRequest, RequestExportInput } from './input.js';
import { Export, ExportDownload } from './type.js';

@ObjectType({ simpleResolvers: true, description: 'The export is under way.' })
export class RequestExportSuccess {
  @Field(() => Export, { description: 'How far it is; ask `export(id)` again.' })
  readonly export: Export;

  @Field(() => SequenceScalar, { description: 'The last event that queries show: with what comes until the export begins it holds at least that much.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Always true: nothing is recorded before the export is complete.' })
  readonly applied: boolean = true;

  constructor(job: Export, sequence: number) {
    this.export = job;
    this.sequence = sequence;
  }
}

export const RequestExportResult = createUnionType({
  name: 'RequestExportResult',
  description: 'Success, or why not.',
  types: () => [RequestExportSuccess, CommandRefused] as const,
});

@ObjectType({ simpleResolvers: true, description: 'The export is stopped, or was over already.' })
export class CancelExportSuccess {
  @Field(() => Export, { description: 'How far it came.' })
  readonly export: Export;

  @Field(() => SequenceScalar, { description: 'The last event that queries show.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Always true: an export that is stopped is not recorded.' })
  readonly applied: boolean = true;

  constructor(job: Export, sequence: number) {
    this.export = job;
    this.sequence = sequence;
  }
}

export const CancelExportResult = createUnionType({
  name: 'CancelExportResult',
  description: 'Success, or why not.',
  types: () => [CancelExportSuccess, CommandRefused] as const,
});

@Resolver(() => Export)
export class ExportResolver {
  @Query(() => Export, { nullable: true, description: 'An export that you asked for; null when it is not kept any more, or is another\'s.' })
  export(@Ctx() { services, actor }: LedgerContext, @Arg('id', () => ID, { description: 'Id of the export.' }) id: string): Export | undefined {
    const job = services.exports?.find(id, actor.subject);
    return job && new Export(job);
  }

  @Mutation(() => RequestExportResult, { description: 'Exports events, tables, or a bundle that an auditor can check. When it is complete it is recorded in the ledger, with the reason, before anybody can fetch it.' })
  async requestExport(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestExportInput, { description: 'What to export.' }) input: RequestExportInput,
  ): Promise<RequestExportSuccess | CommandRefused> {
    const order = exportRequest(context, input);
    if (order === undefined) return new CommandRefused({ kind: 'refused', code: 'LIST_TOO_LONG', message: 'A list of the filter is too long; export a range and filter it yourself.', rules: [] });
    const requested = await jobsOf(context).request(order);
    return requested.kind === 'refused' ? new CommandRefused(requested) : new RequestExportSuccess(new Export(requested.job), context.services.readModel.progress().sequence);
  }

  @Mutation(() => CancelExportResult, { description: 'Stops an export that you asked for. One that is complete stays so.' })
  cancelExport(@Ctx() context: LedgerContext, @Arg('id', () => ID, { description: 'Id of the export.' }) id: string): CancelExportSuccess | CommandRefused {
    const { services, actor } = context;
    services.exports?.cancel(id, actor.subject);
    const job = this.export(context, id);
    if (job !== undefined) return new CancelExportSuccess(job, services.readModel.progress().sequence);
    return new CommandRefused({ kind: 'refused', code: 'EXPORT_UNKNOWN', message: 'This server keeps no such export of yours.', path: ['id'], rules: [] });
  }

  @FieldResolver(() => ExportDownload, { nullable: true, description: 'Where it is fetched; null until it is complete.' })
  download(@Root() { id }: Export, @Ctx() { services, actor }: LedgerContext): ExportDownload | undefined {
    const link = services.exports?.link(id, actor.subject);
    return link && new ExportDownload(link);
  }
}

function jobsOf({ services }: LedgerContext): ExportJobs {
  return services.exports ?? NO_JOBS;
}

/** A ledger that is not served has nobody to fetch an export. */
const NO_JOBS: ExportJobs = {
  request: async () => ({ kind: 'refused', code: 'EXPORTS_UNAVAILABLE', message: 'Exports are made by a server, or on the command line: "activation-ledger export".', rules: [] }),
  find: () => undefined,
  cancel: () => false,
  link: () => undefined,
  open: () => undefined,
};
