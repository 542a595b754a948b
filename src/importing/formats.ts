import { eventCsv } from './formats/eventCsv.js';
import { eventText } from './formats/eventText.js';
import { eventXml } from './formats/eventXml.js';
import type { InputFormat } from './parser.js';

/** Every input format. A new one is its own file and a line here. */
export const INPUT_FORMATS: readonly InputFormat[] = [eventXml, eventText, eventCsv];
