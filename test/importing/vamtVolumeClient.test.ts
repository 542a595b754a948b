import { expect, test } from 'vitest';
import { vamtVolumeClient } from '../../src/importing/formats/vamtVolumeClient.js';
import { expectNothingToBreak, expectSameInAnyChunks, observations, parse, PLANTED_KEY, refusals, understood } from './parserTrials.js';

/** Synthetic: invented machines in the columns of base.VolumeClient. */
const DUMP = [
  'FullyQualifiedDomainName,DomainWorkgroupName,NetworkType,OSEdition,OSVersion,IsKmsHost',
  'pc-01.ledger.example,ledger.example,1,Windows 10 Enterprise,10.0.19045,0',
  'kms.ledger.example,ledger.example,Domain,Windows Server 2022 Standard,10.0.20348,True',
  'pc-02,GROUP,Workgroup,NULL,NULL,',
  '',
].join('\r\n');

test('reads machines; a network type that is a number is unknown', () => {
  expect(observations(vamtVolumeClient, DUMP)).toEqual([
    {
      kind: 'host',
      host: { rawName: 'pc-01.ledger.example' },
      evidence: 'VAMT_DATABASE',
      networkName: 'ledger.example',
      networkType: 'UNKNOWN',
      osEdition: 'Windows 10 Enterprise',
      osVersion: '10.0.19045',
      isKmsHost: false,
    },
    expect.objectContaining({ host: { rawName: 'kms.ledger.example' }, networkType: 'DOMAIN', isKmsHost: true }),
    expect.objectContaining({ host: { rawName: 'pc-02' }, networkType: 'WORKGROUP', osEdition: undefined, isKmsHost: undefined }),
  ]);
});

test('gives an unchanged machine the same identity in another dump', () => {
  const again = 'IsKmsHost\tOSVersion\tOSEdition\tNetworkType\tDomainWorkgroupName\tFullyQualifiedDomainName\n0\t10.0.19045\tWindows 10 Enterprise\t1\tledger.example\tpc-01.ledger.example';
  expect(understood(vamtVolumeClient, again)[0]?.identity).toBe(understood(vamtVolumeClient, DUMP)[0]?.identity);
});

test('refuses a row without a name, and a table of other columns', () => {
  expect(refusals(parse(vamtVolumeClient, 'FullyQualifiedDomainName,OSEdition\n,x\n'))).toEqual(['MISSING_HOST']);
  expect(refusals(parse(vamtVolumeClient, 'FullyQualifiedDomainName,Colour\npc-01,blue\n'))).toEqual(['WRONG_COLUMNS']);
});

test('lets no whole key through', () => {
  expect(JSON.stringify(parse(vamtVolumeClient, DUMP.replaceAll('ledger', PLANTED_KEY)))).not.toContain(PLANTED_KEY);
});

test('gives the same records wherever the text is cut', () => {
  expectSameInAnyChunks(vamtVolumeClient, DUMP);
});

test('neither throws nor hangs, whatever the text', () => {
  expectNothingToBreak(vamtVolumeClient, [DUMP]);
});
