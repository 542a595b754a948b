import { Field, Int, ObjectType } from 'type-graphql';
import type { KeyCountsRow } from '../../../projections/keyCounts.js';
import type { StreamId } from '../../kernel/identifiers.js';
import { Agreement, Entitlement } from '../agreement/type.js';
import type { Moment } from '../moment.js';
import { ProductKey } from '../productKey/type.js';
import { connectionType, countedConnectionType } from '../relay/connection.js';
import { CountScalar } from '../scalars/count.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { consumed, ofKeys, owned, type PositionFigure, type PositionGroup, type PositionPart, type PositionSources } from './position.js';

@ObjectType({ simpleResolvers: true, description: 'What a figure of the licence position was made of: a key or an entitlement.' })
export class LicencePositionPart {
  readonly #part: PositionPart;
  readonly #moment: Moment;

  constructor(part: PositionPart, moment: Moment) {
    this.#part = part;
    this.#moment = moment;
  }

  @Field(() => CountScalar, { description: 'How much of the figure it is.' })
  get share(): number {
    return this.#part.share;
  }

  @Field(() => SequenceScalar, { description: 'The last event that made it so much.' })
  get sequence(): number {
    return this.#part.sequence;
  }

  @Field(() => ProductKey, { nullable: true, description: 'The key, where it is one.' })
  get productKey(): ProductKey | undefined {
    return this.#part.key && new ProductKey(this.#part.key, this.#moment);
  }

  @Field(() => Entitlement, { nullable: true, description: 'The entitlement, where it is one.' })
  get entitlement(): Entitlement | undefined {
    return this.#part.entitlement && new Entitlement(this.#part.entitlement, this.#moment);
  }
}

export const LicencePositionPartConnection = connectionType('LicencePositionPart', () => LicencePositionPart, 'parts of a figure').Connection;

@ObjectType({ simpleResolvers: true, description: 'One number of the licence position, and what it was made of.' })
export class LicencePositionFigure {
  readonly figure: PositionFigure;
  readonly moment: Moment;

  constructor(figure: PositionFigure, moment: Moment) {
    this.figure = figure;
    this.moment = moment;
  }

  @Field(() => CountScalar, { nullable: true, description: 'The number; null where it is known of no key.' })
  get value(): number | undefined {
    return this.figure.value;
  }

  @Field(() => Int, { description: 'Keys of which it is not known: they are not in the number.' })
  get unknown(): number {
    return this.figure.unknown;
  }
}

/** What the positions of one page share. */
export interface PositionContext {
  readonly sources: PositionSources;
  readonly counts: () => ReadonlyMap<StreamId, KeyCountsRow>;
  readonly moment: Moment;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The numbers of volume licensing side by side, which never stand for each other. Volume activation is a tool, unrelated to billing: that used differs from owned is no finding by itself.',
})
export class LicencePosition {
  readonly group: PositionGroup;
  readonly context: PositionContext;

  constructor(group: PositionGroup, context: PositionContext) {
    this.group = group;
    this.context = context;
  }

  @Field(() => String, { nullable: true, description: 'The product; null where it is not grouped by, or not known.' })
  get product(): string | undefined {
    return this.group.product;
  }

  @Field(() => String, { nullable: true, description: 'The licence ID; null where it is not grouped by, or not known.' })
  get licenceId(): string | undefined {
    return this.group.licenceId;
  }

  @Field(() => Agreement, { nullable: true, description: 'The agreement; null where it is not grouped by, or nobody registered it.' })
  get agreement(): Agreement | undefined {
    return this.group.agreement && new Agreement(this.group.agreement, this.context.moment);
  }

  @Field(() => LicencePositionFigure, { description: 'Licences bought that are in force on the day.' })
  get owned(): LicencePositionFigure {
    return this.#figure(owned(this.context.sources, this.group, this.context.moment));
  }

  @Field(() => LicencePositionFigure, { description: 'Activations that the MAKs may perform: their allotments, which are not the number of licences (rule B-3).' })
  get allowed(): LicencePositionFigure {
    return this.#figure(ofKeys('allowed', this.group, this.context.counts()));
  }

  @Field(() => LicencePositionFigure, { description: 'Activations of the MAKs that were spent.' })
  get used(): LicencePositionFigure {
    return this.#figure(ofKeys('used', this.group, this.context.counts()));
  }

  @Field(() => LicencePositionFigure, { description: 'Activations of the MAKs that remain, as Microsoft reported last.' })
  get reported(): LicencePositionFigure {
    return this.#figure(ofKeys('reported', this.group, this.context.counts()));
  }

  @Field(() => LicencePositionFigure, { description: 'Installations last observed licensed with one of the keys, whatever activates them.' })
  get active(): LicencePositionFigure {
    return this.#figure(ofKeys('active', this.group, this.context.counts()));
  }

  @Field(() => LicencePositionFigure, { description: 'Activations, reserved or confirmed, that consume these licences; the key may belong to another agreement (rule R-8).' })
  get consumed(): LicencePositionFigure {
    return this.#figure(consumed(this.context.sources, this.group, this.context.moment));
  }

  #figure(figure: PositionFigure): LicencePositionFigure {
    return new LicencePositionFigure(figure, this.context.moment);
  }
}

export const LicencePositionConnection = countedConnectionType('LicencePosition', () => LicencePosition, 'groups').Connection;
