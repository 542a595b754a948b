import { describe, expect, test } from 'vitest';
import { ospp } from '../../src/importing/formats/ospp.js';
import { slmgr } from '../../src/importing/formats/slmgr.js';
import { slpCsv } from '../../src/importing/formats/slpCsv.js';
import { slpJson } from '../../src/importing/formats/slpJson.js';
import { slpList } from '../../src/importing/formats/slpList.js';

const FORMATS = [slpList, slpJson, slpCsv, slmgr, ospp];
const recognisedAs = (text: string): readonly string[] => FORMATS.filter((format) => format.recognises(text) > 0).map((format) => format.name);

describe('the formats of hosts tell their texts apart', () => {
  // Synthetic beginnings of files.
  const own: readonly (readonly [string, string])[] = [
    ['slp-list', '\r\n\r\nApplicationID=55c92734-d682-4d71-983e-d6ec3f16059f\r\nLicenseStatus=1\r\nPartialProductKey=T83GX\r\n'],
    ['slp-list', '\r\r\nApplicationID=55c92734-d682-4d71-983e-d6ec3f16059f\r\r\nLicenseStatus=1\r\r\n'],
    ['slp-list', '\nName              : Windows(R), Enterprise edition\nDescription       : Windows(R) Operating System, VOLUME_MAK channel\nLicenseStatus     : 1\n'],
    ['slp-list', 'ClientMachineID=11111111-2222-3333-4444-555555555555\nKeyManagementServiceMachine=\n'],
    ['slp-json', '[\n    {\n        "Name":  "Windows(R), Enterprise edition",\n        "PartialProductKey":  "T83GX"\n    }\n]'],
    ['slp-json', '{"value":[{"LicenseStatus":1}]}'],
    ['slp-csv', '#TYPE System.Management.ManagementObject#root\\cimv2\\SoftwareLicensingProduct\n"Name","LicenseStatus"\n'],
    ['slp-csv', '#TYPE Selected.Microsoft.Management.Infrastructure.CimInstance\n"Name","PartialProductKey","LicenseStatus"\n"x","T83GX","1"\n'],
    ['slp-csv', '\uFEFFPSComputerName;Name;PartialProductKey;LicenseStatus\nPC-01;x;T83GX;1\n'],
    ['slmgr', '\nName: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, RETAIL channel\nPartial Product Key: T83GX\nLicense Status: Licensed\n'],
    ['slmgr', 'Nimi: Windows(R), Enterprise edition\nKuvaus: Windows(R) Operating System, RETAIL channel\nAvain: T83GX\n'],
    ['slmgr', 'Windows(R), Professional edition:\n    The machine is permanently activated.\n'],
    ['ospp', 'Microsoft (R) Windows Script Host Version 5.812\n\n---Processing--------------------------\n---------------------------------------\n<No installed product keys detected>\n'],
    ['ospp', 'SKU ID: 11111111-2222-3333-4444-555555555555\nLICENSE NAME: Office 16, x\nLICENSE DESCRIPTION: Office 16, RETAIL channel\nLICENSE STATUS:  ---LICENSED---\n'],
  ];
  test.each(own)('%s: %j', (name, text) => {
    expect(recognisedAs(text)).toEqual([name]);
  });

  const others: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a KMS event as text', 'Log Name:      Key Management Service\nSource:        KmsRequests\nEvent ID:      12290\nDescription:\nAn activation request has been processed.\n\nInfo:\n0x0,25,pc,11111111-2222-3333-4444-555555555555\n'],
    ['an event as XML', '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventID>12290</EventID></System></Event>'],
    ['events as CSV', '"Message","Id","ProviderName","LogName","MachineName"\n"An activation request has been processed.",12290,x,y,z\n'],
    ['a VAMT table', 'FullyQualifiedDomainName,ProductName,ApplicationId,PartialProductKey,Sku,LicenseStatus\npc.example,x,y,T83GX,z,1\n'],
    ['a VAMT key table', 'KeyValue,KeyId,KeyType,KeyDescription,RemainingActivations\n'],
    ['GLPI as XML', '<?xml version="1.0"?><REQUEST><CONTENT><LICENSEINFOS><NAME>Office 16, VOLUME_KMSCLIENT channel</NAME></LICENSEINFOS></CONTENT></REQUEST>'],
    ['GLPI as JSON', '{"content":{"licenseinfos":[{"name":"Office 16","fullname":"Office 16, VOLUME_KMSCLIENT channel","key":"XXXXX-XXXXX-XXXXX-XXXXX-T83GX"}]}}'],
    ['a list of keys', 'key,kind,product\nXXXXX-XXXXX-XXXXX-XXXXX-T83GX,MAK,Windows\n'],
    ['prose', 'Dear all, the licence status: see below. Windows, as you know, is licensed.\n'],
  ];
  test.each(others)('none of them takes %s for its own', (_, text) => {
    expect(recognisedAs(text)).toEqual([]);
  });
});
