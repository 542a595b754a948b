/** What a Windows KMS host key (CSVLK) activates, and where a KMS host with it can be set up (rules K-5 and K-7). */
export interface WindowsHostKeyGroup {
  readonly hostKey: string;
  /** Systems that can be a KMS host with this key. `Datacenter: Azure Edition` never can: Azure activates it. */
  readonly hostableOn: readonly string[];
  /** Older systems that can be one once they have the update that teaches them the newer products (rule K-7). */
  readonly hostableAfterUpdate?: readonly string[];
  /** Releases of Windows Server it activates; `SAC` is the semi-annual channel. Empty: clients only. */
  readonly servers: readonly string[];
  /** Windows client releases and editions it activates; `(+N)`: their N editions as well. */
  readonly clients: readonly string[];
  /** Keys of Server 2008 and 2008 R2 are for the editions of a group and of those below it; undefined: every edition. */
  readonly productGroup?: 'A' | 'B' | 'C';
  readonly source: string;
}

/** An Office KMS host key, and where a KMS host with it can be set up. It activates its own Office release. */
export interface OfficeHostKeyGroup {
  readonly hostKey: string;
  /** Activation ids, lower-case GUIDs. More than one where Microsoft's pages disagree. */
  readonly activationIds: readonly string[];
  /** Systems that can be the KMS host, volume editions. */
  readonly hostableOn: readonly string[];
  /** Whether later releases of these systems can be it as well. */
  readonly newerToo: boolean;
  readonly source: string;
}

const WINDOWS_SOURCE = 'windowsserverdocs kms-activation-planning.md @0521d9b (11/12/2024)';
const OFFICE_SOURCE = 'OfficeDocs-DeployOffice configure-a-kms-host-computer-for-office.md @947f018 (09/18/2024)';

const PRODUCT_GROUPS_SOURCE = 'TechNet, Volume Activation Planning Guide (ff793412)';
const FAQ = 'Volume licensing product-key FAQ, 06/2018';

const WINDOWS_7_TO_8_1 = ['8.1 Enterprise/Pro', '7 Enterprise/Professional'];
const WINDOWS_10 = ['10 Enterprise LTSC/LTSB (+N)', '10 Enterprise/Pro/Pro for Workstations/Education (+N)'];
const WINDOWS_11 = ['11 Enterprise/Pro/Pro for Workstations/Education (+N)'];
const SERVER_2008_TO_2016 = ['2016', '2012 R2', '2012', '2008 R2', '2008'];

/** Newest first. A key of an older group does not activate newer products. */
export const windowsHostKeyGroups: readonly WindowsHostKeyGroup[] = [
  {
    hostKey: 'Volume License for Windows Server 2025',
    hostableOn: ['Windows Server 2025', 'Windows Server 2022', 'Windows Server 2019'],
    servers: ['2025', '2022', 'SAC', '2019', ...SERVER_2008_TO_2016],
    clients: ['11 Enterprise LTSC 2024', ...WINDOWS_11, ...WINDOWS_10, ...WINDOWS_7_TO_8_1],
    source: WINDOWS_SOURCE,
  },
  {
    hostKey: 'Volume License for Windows Server 2022',
    hostableOn: ['Windows Server 2022', 'Windows Server 2019', 'Windows Server 2016'],
    servers: ['2022', 'SAC', '2019', ...SERVER_2008_TO_2016],
    clients: [...WINDOWS_11, ...WINDOWS_10, ...WINDOWS_7_TO_8_1],
    source: WINDOWS_SOURCE,
  },
  {
    hostKey: 'Volume License for Windows Server 2019',
    hostableOn: ['Windows Server 2019', 'Windows Server 2016', 'Windows Server 2012 R2'],
    servers: ['SAC', '2019', ...SERVER_2008_TO_2016],
    clients: [...WINDOWS_10, ...WINDOWS_7_TO_8_1],
    source: WINDOWS_SOURCE,
  },
  {
    hostKey: 'Volume License for Windows Server 2016',
    hostableOn: ['Windows Server 2016', 'Windows Server 2012 R2', 'Windows Server 2012'],
    servers: ['SAC', ...SERVER_2008_TO_2016],
    clients: ['10 LTSB (2015 and 2016)', '10 Enterprise/Pro/Pro for Workstations/Education (+N)', ...WINDOWS_7_TO_8_1],
    source: WINDOWS_SOURCE,
  },
  {
    hostKey: 'Volume license for Windows 10',
    hostableOn: ['Windows 10', 'Windows 8.1', 'Windows 7'],
    servers: [],
    clients: ['10 Enterprise LTSB 2015 (+N)', '10 Enterprise/Pro/Education (+N)', '10 Pro for Workstations', ...WINDOWS_7_TO_8_1],
    source: WINDOWS_SOURCE,
  },
  ...serverGroups('2008 R2', ['2008 R2', '2008'], ['7 Enterprise/Professional', 'Vista Business/Enterprise'], ['Windows Server 2008', 'Windows Server 2003']),
  {
    hostKey: 'Windows 7',
    hostableOn: ['Windows 7'],
    hostableAfterUpdate: ['Windows Vista', 'Windows Server 2008', 'Windows Server 2003'],
    servers: [],
    clients: ['7 Enterprise/Professional', 'Vista Business/Enterprise'],
    source: FAQ,
  },
  ...serverGroups('2008', ['2008'], ['Vista Business/Enterprise'], []),
  {
    hostKey: 'Windows Vista',
    hostableOn: ['Windows Vista', 'Windows Server 2008', 'Windows Server 2003'],
    servers: [],
    clients: ['Vista Business/Enterprise'],
    source: FAQ,
  },
];

/** The keys of one release of Windows Server for its groups of editions, the most inclusive first. */
function serverGroups(
  release: '2008' | '2008 R2',
  servers: readonly string[],
  clients: readonly string[],
  hostableAfterUpdate: readonly string[],
): readonly WindowsHostKeyGroup[] {
  const hostableOn = release === '2008' ? ['Windows Server 2008', 'Windows Server 2003'] : ['Windows Server 2008 R2'];
  return (['C', 'B', 'A'] as const).map((productGroup) => ({
    hostKey: `Windows Server ${release}, group ${productGroup}`,
    hostableOn,
    hostableAfterUpdate,
    servers,
    clients,
    productGroup,
    source: PRODUCT_GROUPS_SOURCE,
  }));
}

/** Newest first. */
export const officeHostKeyGroups: readonly OfficeHostKeyGroup[] = [
  {
    hostKey: 'Office LTSC 2024',
    activationIds: ['f3d89bbf-c0ec-47ce-a8fa-e5a5f97e447f', '8d368fc1-9470-4be2-8d66-90e836cbb051'],
    hostableOn: ['Windows Server 2022', 'Windows 10'],
    newerToo: true,
    source: `${OFFICE_SOURCE}; the second id from tools-to-manage-volume-activation-of-office.md`,
  },
  {
    hostKey: 'Office LTSC 2021',
    activationIds: ['47f3b983-7c53-4d45-abc6-bcd91e2dd90a'],
    hostableOn: ['Windows Server 2016', 'Windows 10'],
    newerToo: true,
    source: OFFICE_SOURCE,
  },
  {
    hostKey: 'Office 2019',
    activationIds: ['70512334-47b4-44db-a233-be5ea33b914c'],
    hostableOn: ['Windows Server 2012', 'Windows 8.1'],
    newerToo: true,
    source: OFFICE_SOURCE,
  },
  {
    hostKey: 'Office 2016',
    activationIds: ['98ebfe73-2084-4c97-932c-c0cd1643bea7'],
    hostableOn: ['Windows Server 2008 R2', 'Windows 7 SP1'],
    newerToo: true,
    source: OFFICE_SOURCE,
  },
  {
    hostKey: 'Office 2013',
    activationIds: ['2e28138a-847f-42bc-9752-61b03fff33cd'],
    hostableOn: ['Windows Server 2012', 'Windows Server 2008 R2', 'Windows 8', 'Windows 7'],
    newerToo: false,
    source: FAQ,
  },
  {
    // Not Windows Server 2008, neither with an update.
    hostKey: 'Office 2010',
    activationIds: ['bfe7a195-4f8f-4f0b-a622-cf13c7d16864'],
    hostableOn: ['Windows Server 2008 R2', 'Windows Server 2003', 'Windows 7'],
    newerToo: false,
    source: FAQ,
  },
];

/** The Office host key with this activation id. */
export function officeHostKeyGroupOf(activationId: string): OfficeHostKeyGroup | undefined {
  const normal = activationId.toLowerCase();
  return officeHostKeyGroups.find((group) => group.activationIds.includes(normal));
}
