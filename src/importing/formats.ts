import { cil } from './formats/cil.js';
import { eventCsv } from './formats/eventCsv.js';
import { eventText } from './formats/eventText.js';
import { eventXml } from './formats/eventXml.js';
import { glpiJson, glpiXml } from './formats/glpi.js';
import { keyList } from './formats/keyList.js';
import { osppFormat } from './formats/ospp.js';
import { slmgrFormat } from './formats/slmgr.js';
import { slpCsvFormat } from './formats/slpCsv.js';
import { slpJsonFormat } from './formats/slpJson.js';
import { slpListFormat } from './formats/slpList.js';
import { vamtActiveProduct } from './formats/vamtActiveProduct.js';
import { vamtProductKey } from './formats/vamtProductKey.js';
import { vamtVolumeClient } from './formats/vamtVolumeClient.js';
import type { InputFormat } from './parser.js';

/** Every input format. A new one is its own file and a line here. */
export const INPUT_FORMATS: readonly InputFormat[] = [
  eventXml,
  eventText,
  eventCsv,
  slpCsvFormat,
  slpListFormat,
  slpJsonFormat,
  slmgrFormat,
  osppFormat,
  vamtActiveProduct,
  vamtProductKey,
  vamtVolumeClient,
  cil,
  glpiXml,
  glpiJson,
  keyList,
];
