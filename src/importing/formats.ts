import { cil } from './formats/cil.js';
import { eventCsv } from './formats/eventCsv.js';
import { eventText } from './formats/eventText.js';
import { eventXml } from './formats/eventXml.js';
import { glpiJson, glpiXml } from './formats/glpi.js';
import { keyList } from './formats/keyList.js';
import { ospp } from './formats/ospp.js';
import { slmgr } from './formats/slmgr.js';
import { slpCsv } from './formats/slpCsv.js';
import { slpJson } from './formats/slpJson.js';
import { slpList } from './formats/slpList.js';
import { vamtActiveProduct } from './formats/vamtActiveProduct.js';
import { vamtProductKey } from './formats/vamtProductKey.js';
import { vamtVolumeClient } from './formats/vamtVolumeClient.js';
import type { InputFormat } from './parser.js';

/** Every input format. A new one is its own file and a line here. */
export const INPUT_FORMATS: readonly InputFormat[] = [
  eventXml,
  eventText,
  eventCsv,
  slpCsv,
  slpList,
  slpJson,
  slmgr,
  ospp,
  vamtActiveProduct,
  vamtProductKey,
  vamtVolumeClient,
  cil,
  glpiXml,
  glpiJson,
  keyList,
];
