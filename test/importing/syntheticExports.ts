/** An export of each format with as many records as a test wants. Synthetic: machines, ids and keys are invented. */

export interface SyntheticExport {
  /** The format that must be recognised. */
  readonly format: string;
  /** What the text does not say itself. */
  readonly host?: string;
  readonly fileName: string;
  readonly head: string;
  readonly tail: string;
  /** The nth record; each is of another machine or product, with a key of its own. */
  record(number: number): string;
  readonly between?: string;
  /** Records that the parser counts for each of these; 1 where left out. */
  readonly recordsEach?: number;
}

/** An export of the records from one number to another, both included. */
export function exported(source: SyntheticExport, from: number, to: number): string {
  const records = Array.from({ length: to - from + 1 }, (_, index) => source.record(from + index));
  return source.head + records.join(source.between ?? '') + source.tail;
}

const OFFICE = '0ff1ce15-a989-479d-af46-f275c6370663';
const WINDOWS = '55c92734-d682-4d71-983e-d6ec3f16059f';

function guid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
}

/** Last five characters that differ from number to number; 10,000 of them. */
function lastFive(number: number): string {
  return `B${String(number).padStart(4, '0').replace(/\d/g, (digit) => 'BCDFGHJKMN'.charAt(Number(digit)))}`;
}

function wholeKey(number: number): string {
  return `BBBBB-CCCCC-DDDDD-FFFFF-${lastFive(number)}`;
}

function requestFields(number: number): string {
  return `0x0,25,client${number}.ledger.example,${guid(number)},2026/1/1 09:${String(number % 60).padStart(2, '0')},0,2,41520,${guid(900)}`;
}

function instant(number: number): string {
  return new Date(Date.UTC(2026, 0, 1, 8, 0, number)).toISOString();
}

function eventXmlRecord(number: number): string {
  const data = ['', ...requestFields(number).split(',')].map((item) => `<Data>${item}</Data>`).join('');
  return (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP' EventSourceName='KmsRequests'/>" +
    `<EventID Qualifiers='16384'>12290</EventID><TimeCreated SystemTime='${instant(number)}'/><EventRecordID>${number}</EventRecordID>` +
    `<Channel>Key Management Service</Channel><Computer>kms1.ledger.example</Computer></System><EventData>${data}</EventData>` +
    '<RenderingInfo Culture="en-US"><Message>An activation request has been processed.</Message></RenderingInfo></Event>\n'
  );
}

function eventTextRecord(number: number): string {
  return `Log Name:      Key Management Service
Source:        Microsoft-Windows-Security-SPP
Date:          ${instant(number)}
Event ID:      12290
Task Category: None
Level:         Information
Keywords:      Classic
User:          N/A
Computer:      kms1.ledger.example
Description:
An activation request has been processed.
Info:
${requestFields(number)}

`;
}

function licensingProperties(number: number): readonly (readonly [string, string])[] {
  return [
    ['PSComputerName', `pc-${number}.ledger.example`],
    ['ApplicationID', OFFICE],
    ['Description', 'Office 16, VOLUME_MAK channel'],
    ['GracePeriodRemaining', '0'],
    ['ID', guid(901)],
    ['LicenseStatus', '1'],
    ['LicenseStatusReason', '1074065472'],
    ['Name', 'Office 16, Example edition'],
    ['PartialProductKey', lastFive(number)],
    ['ProductKeyChannel', 'Volume:MAK'],
    ['ProductKeyID', '03612-03391-000-000000-03-1033-10586.0000-3342026'],
    ['KeyManagementServiceMachine', 'kms1.ledger.example'],
    ['ADActivationObjectName', 'Example object'],
    ['TrustedTime', '20260101080000.000000-000'],
  ];
}

const LICENSING_NAMES = licensingProperties(1).map(([name]) => name);

const ACTIVE_PRODUCT_COLUMNS =
  'FullyQualifiedDomainName,ProductName,ProductDescription,LicenseFamily,ApplicationId,InstallationId,ConfirmationId,ProductKeyId,KeyTypeName,PartialProductKey,Sku,LicenseStatus,LicenseStatusReason,LicenseStatusLastUpdated,CMID,KmsHost,KmsPort,AdActivationObjectName,LastActionStatus';

export const SYNTHETIC_EXPORTS: readonly SyntheticExport[] = [
  { format: 'event-xml', fileName: 'kms.xml', head: '<Events>\n', tail: '</Events>\n', record: eventXmlRecord },
  { format: 'event-text', fileName: 'kms.txt', head: '', tail: '', record: eventTextRecord },
  {
    format: 'event-csv',
    fileName: 'kms.csv',
    head: '#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\n"Message","Id","ProviderName","LogName","MachineName","RecordId","TimeCreated"\n',
    tail: '',
    record: (number) =>
      `"An activation request has been processed.\nInfo:\n${requestFields(number)}","12290","Microsoft-Windows-Security-SPP","Key Management Service","kms1.ledger.example","${number}","${instant(number)}"\n`,
  },
  {
    format: 'slp-csv',
    fileName: 'slp.csv',
    head: `#TYPE Microsoft.Management.Infrastructure.CimInstance\n${LICENSING_NAMES.map((name) => `"${name}"`).join(',')}\n`,
    tail: '',
    record: (number) => `${licensingProperties(number).map(([, value]) => `"${value}"`).join(',')}\n`,
  },
  {
    format: 'slp-list',
    fileName: 'slp.txt',
    head: '',
    tail: '',
    record: (number) => `${licensingProperties(number).map(([name, value]) => `${name}=${value}`).join('\n')}\n\n`,
  },
  {
    format: 'slp-json',
    fileName: 'slp.json',
    head: '[\n',
    between: ',\n',
    tail: '\n]\n',
    record: (number) => JSON.stringify(Object.fromEntries(licensingProperties(number)), undefined, 1),
  },
  {
    format: 'slmgr',
    fileName: 'slmgr.txt',
    host: 'pc-1.ledger.example',
    head: '',
    tail: '',
    record: (number) => `Software licensing service version: 10.0.19041.1

Name: Windows(R), Example edition
Description: Windows(R) Operating System, VOLUME_MAK channel
Activation ID: ${guid(number)}
Application ID: ${WINDOWS}
Extended PID: 03612-03391-000-000000-03-1033-10586.0000-3342026
Product Key Channel: Volume:MAK
Installation ID: 012345678901234567890123456789012345678901234567890123456789012
Partial Product Key: ${lastFive(number)}
License Status: Licensed
Remaining Windows rearm count: 1001
Trusted time: 1/1/2026 8:00:00 AM

`,
  },
  {
    format: 'ospp',
    fileName: 'ospp.txt',
    host: 'pc-1.ledger.example',
    head: '---Processing--------------------------\n---------------------------------------\n',
    tail: '---------------------------------------\n---Exiting-----------------------------\n',
    record: (number) => `PRODUCT ID: 00341-50000-00000-AA019
SKU ID: ${guid(number)}
LICENSE NAME: Office 16, Example edition
LICENSE DESCRIPTION: Office 16, VOLUME_MAK channel
LICENSE STATUS:  ---LICENSED---
ERROR CODE: 0x4004F040 (for information purposes only as the status is licensed)
ERROR DESCRIPTION: The product was activated.
Last 5 characters of installed product key: ${lastFive(number)}
---------------------------------------
`,
  },
  {
    format: 'vamt-active-product',
    fileName: 'ActiveProduct.csv',
    head: `${ACTIVE_PRODUCT_COLUMNS}\n`,
    tail: '',
    record: (number) =>
      `pc-${number}.ledger.example,"Office 16, Example edition","Office 16, VOLUME_MAK channel",Office16,${OFFICE},012345678901234567890123456789012345678901234567890123456789012,NULL,03612-03391-000-000000-03-1033-10586.0000-3342026,Mak,${lastFive(number)},${guid(902)},1,1074065472,2026-01-01T08:00:00.000Z,${guid(number)},kms1.ledger.example,1688,Example object,Successfully updated\n`,
  },
  {
    format: 'vamt-product-key',
    fileName: 'ProductKey.csv',
    head: 'KeyValue,KeyId,KeyType,KeyTypeName,KeyDescription,SupportedEditions,SupportedSKU,UserRemarks,RemainingActivations,LastUpdate,LastErrorCode\n',
    tail: '',
    record: (number) => `${wholeKey(number)},12345-00000,2,Mak,Example16_ProPlusVL_MAK,ProPlusVolume,${guid(903)},remark,37,2026-01-01T08:00:00.000Z,0\n`,
  },
  {
    format: 'vamt-volume-client',
    fileName: 'VolumeClient.csv',
    head: 'FullyQualifiedDomainName,DomainWorkgroupName,NetworkType,OSEdition,OSVersion,IsKmsHost\n',
    tail: '',
    record: (number) => `pc-${number}.ledger.example,ledger.example,Domain,Example Enterprise,10.0.19041,0\n`,
  },
  {
    format: 'vamt-cil',
    fileName: 'computers.cil',
    head: '<?xml version="1.0" encoding="utf-8"?>\n<SoftwareLicensingData Version="2.0"><Computers>\n',
    tail: '</Computers></SoftwareLicensingData>\n',
    recordsEach: 2,
    record: (
      number,
    ) => `<Computer Name="pc-${number}.ledger.example" OSVersion="6.1.7601" OSEdition="Example Enterprise" NetworkType="Domain" NetworkName="ledger.example" Id="${guid(number)}">
<MacAddresses><MacAddress>${String(number).padStart(12, '0').replace(/(..)(?=.)/g, '$1:')}</MacAddress></MacAddresses>
<Products><Product KeyTypeName="Mak" LastUpdated="2026-01-01T08:00:00Z"><Sku Id="${guid(904)}" Name="Office 16, Example edition" ApplicationId="${OFFICE}"/>
<LicenseStatus>1</LicenseStatus><PartialProductKey>${lastFive(number)}</PartialProductKey><ProductDescription>Office 16, VOLUME_MAK channel</ProductDescription></Product></Products>
</Computer>
`,
  },
  {
    format: 'glpi-xml',
    fileName: 'inventory.xml',
    head: '<?xml version="1.0" encoding="UTF-8"?>\n<INVENTORIES>\n',
    tail: '</INVENTORIES>\n',
    record: (number) => `<REQUEST><CONTENT><ACCESSLOG><LOGDATE>2026-01-01 08:00:00</LOGDATE></ACCESSLOG>
<LICENSEINFOS><COMPONENTS>Word</COMPONENTS><FULLNAME>Office 16, VOLUME_MAK channel</FULLNAME><KEY>${wholeKey(number)}</KEY><NAME>Office 16, Example edition</NAME>
<OEM>0</OEM><PRODUCTID>12345-02-0000000-00000</PRODUCTID><TRIAL>0</TRIAL></LICENSEINFOS>
<HARDWARE><NAME>pc-${number}</NAME></HARDWARE></CONTENT><DEVICEID>pc-${number}-2020-01-02-03-04-05</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>
`,
  },
  {
    format: 'glpi-json',
    fileName: 'inventory.json',
    head: '[',
    between: ',\n',
    tail: ']\n',
    record: (number) =>
      JSON.stringify({
        action: 'inventory',
        content: {
          hardware: { name: `pc-${number}`, memory: 8192 },
          licenseinfos: [{ name: 'Office 16, Example edition', fullname: 'Office 16, VOLUME_MAK channel', key: wholeKey(number), productid: '12345-02', components: 'Word' }],
        },
        deviceid: `pc-${number}-2020-01-02-03-04-05`,
        itemtype: 'Computer',
      }),
  },
  {
    format: 'key-list',
    fileName: 'keys.csv',
    head: 'Product Key,Product,Type,Agreement,Allowed,Remaining\n',
    tail: '',
    record: (number) => `${wholeKey(number)},Example Office,MAK,AG-${number},100,37\n`,
  },
];
