/** Texts that people read, in each language of the product. Codes never change; texts may. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Values that a text names as `{name}`. */
export type Parameters = Readonly<Record<string, string | number>>;

export type LocalisedText = Readonly<Record<Language, string>>;

/** What a refusal says. */
export interface Message extends LocalisedText {
  /** The input fields concerned, where the command has them. */
  readonly path?: readonly string[];
}

/** The text with its parameters filled in. A parameter that is missing shows as its name in braces. */
export function render(text: LocalisedText, parameters: Parameters = {}, language: Language = 'en'): string {
  return text[language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
