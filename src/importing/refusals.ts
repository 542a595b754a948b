import type { LocalisedText } from '../domain/messages/message.js';

/**
 * Every code by which a file or a record can be refused while it is read. They stand in events and reports, so none is ever renamed
 * or given another meaning; what the ledger itself refuses has codes of its own.
 */
export const REFUSALS = {
  // The file as a whole.
  EMPTY_INPUT: { en: 'There is nothing in the file.', fr: 'Le fichier ne contient rien.' },
  FORMAT_UNKNOWN: { en: 'The format is not recognised, or the one named does not exist.', fr: 'Le format n’est pas reconnu, ou celui qui est nommé n’existe pas.' },
  BINARY_INPUT: { en: 'The file is no text: an event log, an archive, a database, or junk.', fr: 'Le fichier n’est pas du texte : journal d’événements, archive, base de données ou données sans forme.' },
  WRONG_ENCODING: { en: 'From some byte on the file is not in the encoding it began in.', fr: 'À partir d’un certain octet, le fichier n’est plus dans l’encodage de son début.' },
  UNKNOWN_ENCODING: { en: 'The encoding named is not known.', fr: 'L’encodage nommé n’est pas connu.' },
  WRONG_COLUMNS: { en: 'The heading of a table lacks columns without which its rows say nothing.', fr: 'L’en-tête d’un tableau n’a pas les colonnes sans lesquelles ses lignes ne disent rien.' },
  WRONG_SHAPE: { en: 'The record or the document is well-formed and about something else.', fr: 'L’enregistrement ou le document est bien formé et porte sur autre chose.' },
  NO_RECORDS: { en: 'The file is in the format and holds no record.', fr: 'Le fichier est dans ce format et ne contient aucun enregistrement.' },

  // How a record is written.
  TRUNCATED: { en: 'The file ends within the record.', fr: 'Le fichier se termine au milieu de l’enregistrement.' },
  RECORD_TOO_LONG: { en: 'The record, or a line of it, is longer than any real one.', fr: 'L’enregistrement, ou l’une de ses lignes, est plus long que tout enregistrement réel.' },
  FIELD_TOO_LONG: { en: 'A field is longer than any real one.', fr: 'Un champ est plus long que tout champ réel.' },
  MALFORMED_CSV: { en: 'The quotation marks of a row do not match.', fr: 'Les guillemets d’une ligne ne s’apparient pas.' },
  MALFORMED_JSON: { en: 'The record is not JSON.', fr: 'L’enregistrement n’est pas du JSON.' },
  MALFORMED_XML: { en: 'The record is not well-formed XML.', fr: 'L’enregistrement n’est pas du XML bien formé.' },
  XML_ENTITY: { en: 'The XML declares a document type or uses an entity: neither is ever resolved.', fr: 'Le XML déclare un type de document ou utilise une entité : ni l’un ni l’autre n’est jamais résolu.' },
  MISSING_HEADER: { en: 'No heading came before the row.', fr: 'Aucun en-tête n’a précédé la ligne.' },
  WRONG_COLUMN_COUNT: { en: 'The row has more or fewer values than the heading has columns.', fr: 'La ligne a plus ou moins de valeurs que l’en-tête n’a de colonnes.' },
  TEXT_NOT_WELL_FORMED: { en: 'A text holds half of a character.', fr: 'Un texte contient une moitié de caractère.' },

  // What a record says.
  MISSING_HOST: { en: 'The record does not name its machine, and nobody else has.', fr: 'L’enregistrement ne nomme pas sa machine, et personne d’autre ne l’a fait.' },
  MISSING_KMS_HOST: { en: 'The record does not name the KMS host that was asked.', fr: 'L’enregistrement ne nomme pas l’hôte KMS interrogé.' },
  MISSING_EVENT_ID: { en: 'The record has no event id.', fr: 'L’enregistrement n’a pas d’identifiant d’événement.' },
  MISSING_SKU: { en: 'The record does not name the product.', fr: 'L’enregistrement ne nomme pas le produit.' },
  MISSING_KEY: { en: 'The record holds no product key.', fr: 'L’enregistrement ne contient pas de clé de produit.' },
  INCOMPLETE_RECORD: { en: 'Fields that make the record what it is are not there.', fr: 'Il manque des champs sans lesquels l’enregistrement n’est pas ce qu’il est.' },
  INVALID_FIELD: { en: 'A field holds what it cannot hold.', fr: 'Un champ contient ce qu’il ne peut contenir.' },
  NUMBER_OUT_OF_RANGE: { en: 'A number is none, or out of its range.', fr: 'Un nombre n’en est pas un, ou sort de ses limites.' },
} as const satisfies Readonly<Record<string, LocalisedText>>;

export type RefusalCode = keyof typeof REFUSALS;
