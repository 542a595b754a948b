/**
 * A school's year, played against a running ledger. Everything in it is invented.
 *
 *   ACTIVATION_LEDGER_TOKEN=… node examples/school-year.mjs http://127.0.0.1:4000
 *
 * Meant for a ledger that is new: it registers an agreement and keys of its own, images a lab, runs out of activations, asks for more,
 * takes a teacher's computer down to an older version, and sets up a KMS host that reaches its threshold.
 */
const [url = 'http://127.0.0.1:4000'] = process.argv.slice(2);
const token = process.env.ACTIVATION_LEDGER_TOKEN;
if (token === undefined) fail('Set ACTIVATION_LEDGER_TOKEN to an access token: npx activation-ledger token create school');

const SCHOOL = 'Harbour School';
const LICENCE_ID = '61234567';
const LICENCES = 25;
const LAB_COMPUTERS = 30;
const KMS_CLIENTS = 25;

/** What a mutation is asked to answer beside its type. */
const ANSWERS = {
  registerOrganisation: 'OrganisationCommandSuccess { organisation { id } }',
  registerAgreement: 'AgreementCommandSuccess { agreement { id } }',
  registerProductKey: 'RegisterProductKeySuccess { productKey { id } }',
  requestDowngrade: 'DecidedRequest { request host { id } }',
};

/** Inputs that two mutations share. */
const INPUTS = { completeDowngrade: 'DowngradeEndInput' };

/** The MAK that the year is about: its id. */
let windows = '';

await playYear();

async function playYear() {
  // Autumn: an Open License agreement for 25 licences. Microsoft usually allows more activations than that: here 50.
  const organisation = (await command('registerOrganisation', { name: SCHOOL })).organisation.id;
  const agreement = (await command('registerAgreement', { licenceId: LICENCE_ID, programme: 'OPEN_LICENSE', organisation, startsOn: '2025-09-01' })).agreement.id;
  await command('recordEntitlement', { agreement, product: 'Windows 7 Professional', quantity: LICENCES, from: '2025-09-01' });
  windows = await key({ lastFive: 'QQQQQ', kind: 'MAK', product: 'Windows 7 Professional', allowed: 50 });
  const vista = await key({ lastFive: 'VVVVV', kind: 'MAK', product: 'Windows Vista Business', allowed: 10 });
  const kms = await key({ lastFive: 'KKKKK', kind: 'KMS_HOST', product: 'Windows 7' });
  say('An agreement for 25 licences; its MAK may activate 50 times.');

  // The lab is imaged: 30 computers, one activation each.
  await image(LAB_COMPUTERS, 'PRODUCTION');
  say(`The lab is imaged: ${LAB_COMPUTERS} computers.`, await counts());

  // Winter: the lab is imaged again. 20 activations are left for 30 computers.
  const again = await image(LAB_COMPUTERS, 'REIMAGING');
  say(`Imaged again: ${again.granted} granted, ${again.denied} denied.`, await counts());

  // More are asked for. The justification is made from the ledger's figures.
  const commandId = crypto.randomUUID();
  await command('requestLimitIncrease', { productKey: windows, limitKind: 'MAK_ACTIVATIONS', quantity: 25, commandId });
  const increase = commandId;
  await command('submitLimitIncrease', { productKey: windows, increase, caseNumber: 'SR-1001' });
  await command('grantLimitIncrease', { productKey: windows, increase, quantity: 20, limit: 70 });
  const rest = await image(again.denied, 'REIMAGING', LAB_COMPUTERS - again.denied);
  say(`Microsoft grants 20 more: ${rest.granted} granted, ${rest.denied} denied.`, await counts());
  await command('reportRemaining', { productKey: windows, remaining: 10, source: 'PORTAL' });

  // Spring: one teacher needs an older version for a program of the school.
  const downgrade = await decided('requestDowngrade', {
    hostName: 'teacher-01.harbour.example',
    from: { channel: 'VOLUME', product: 'Windows', version: '7', edition: 'Professional' },
    to: { product: 'Windows', version: 'Vista', edition: 'Business' },
    basis: 'VOLUME_LICENCE',
    method: 'MAK_INDEPENDENT',
    productKey: vista,
    agreement: LICENCE_ID,
  });
  await command('completeDowngrade', { host: downgrade.host.id, request: downgrade.request });
  say('One computer runs Vista; its licence stays that for Windows 7.');

  // Summer: a KMS host for the classrooms. Windows clients are activated from the 25th on.
  await command('configureKmsHost', { productKey: kms, hostName: 'kms.harbour.example', operatingSystem: 'Windows Server 2008 R2' });
  await command('importObservations', { format: 'event-csv', content: kmsEvents(KMS_CLIENTS), timeZone: 'UTC' });
  say(`A KMS host with ${KMS_CLIENTS} clients.`);

  table(await position());
}

async function image(computers, purpose, from = 0) {
  const items = Array.from({ length: computers }, (_, index) => ({
    productKey: windows,
    hostName: `lab-${String(from + index + 1).padStart(2, '0')}.harbour.example`,
    purpose,
    agreement: LICENCE_ID,
  }));
  const { requestActivations: answer } = await ask(
    `mutation ($input: RequestActivationsInput!) { requestActivations(input: $input) {
       ... on RequestsAnswered { granted denied refused results { __typename ... on DecidedRequest { request } ... on UserError { code message } } }
       ... on UserError { code message } } }`,
    { input: { items, mode: 'EACH', reason: purpose === 'PRODUCTION' ? 'New lab' : 'Lab imaged again' } },
  );
  if (answer.results === undefined || answer.refused > 0) fail(JSON.stringify(answer));
  const granted = answer.results.filter((result) => result.__typename === 'RequestGranted');
  // Each technician reports back what was activated.
  for (const { request: activation } of granted) await command('confirmActivation', { productKey: windows, activation });
  return answer;
}

async function key(input) {
  return (await command('registerProductKey', { ...input, agreement: LICENCE_ID, obtainedFrom: 'PORTAL' })).productKey.id;
}

async function counts() {
  const { productKey } = await ask('query ($id: ID!) { productKey(id: $id) { allowed used remaining } }', { id: windows });
  return `allowed ${productKey.allowed}, used ${productKey.used}, remaining ${productKey.remaining}`;
}

/** Carries a command out, or ends with what it was refused for. */
async function command(name, input) {
  const result = await mutate(name, input);
  if (result.code !== undefined) fail(`${name}: ${result.code}: ${result.message}`);
  return result;
}

async function decided(name, input) {
  const result = await command(name, input);
  if (result.__typename !== 'RequestGranted') fail(`${name}: ${JSON.stringify(result)}`);
  return result;
}

async function mutate(name, input) {
  const type = INPUTS[name] ?? `${name[0].toUpperCase()}${name.slice(1)}Input`;
  const answer = ANSWERS[name] === undefined ? '' : `... on ${ANSWERS[name]}`;
  const data = await ask(`mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${answer} ... on UserError { code message } } }`, { input });
  return data[name];
}

async function position() {
  const { licencePosition, kmsHosts } = await ask(
    `{ licencePosition(groupBy: [PRODUCT]) { nodes { product owned { value } allowed { value } used { value } reported { value } active { value } } }
       kmsHosts(first: 5) { nodes { name census(at: "2026-07-02T00:00:00Z") { countClass uncapped thresholds { family required reached } } } } }`,
  );
  return { licencePosition, kmsHosts };
}

/** Events 12290 of the KMS host, one for each client, as `Get-WinEvent … | Export-Csv` writes them. */
function kmsEvents(clients) {
  const rows = Array.from({ length: clients }, (_, index) => {
    const number = String(index + 1).padStart(2, '0');
    const time = `2026-07-01T08:${number}:00.0000000Z`;
    const cmid = `5c400000-0000-4000-8000-0000000000${number}`;
    const info = `0x0,25,class-${number}.harbour.example,${cmid},2026/7/1 8:${number},0,1,259200,b92e9980-b9d5-4821-9c94-140f632f6312`;
    return `"An activation request has been processed.\r\nInfo:\r\n${info}","12290","${index + 1}","KmsRequests","Key Management Service","kms.harbour.example","${time}"`;
  });
  return ['"Message","Id","RecordId","ProviderName","LogName","MachineName","TimeCreated"', ...rows].join('\r\n');
}

async function ask(query, variables) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) fail(errors.map(({ message }) => message).join('\n'));
  return data;
}

function say(what, figures = '') {
  process.stdout.write(`${what}${figures === '' ? '' : `  (${figures})`}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The figures as they stand in the end: licences and activations by product, and the KMS host against its threshold. */
function table({ licencePosition, kmsHosts }) {
  const figure = ({ value }) => (value === null ? '' : String(value));
  const rows = licencePosition.nodes.map((row) => [row.product ?? '', figure(row.owned), figure(row.allowed), figure(row.used), figure(row.reported), figure(row.active)]);
  const lines = [['product', 'owned', 'allowed', 'used', 'reported', 'active'], ...rows];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const print = (line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd();
  const [heading, ...body] = lines.map(print);
  process.stdout.write(`\n${heading}\n${'─'.repeat(heading.length)}\n${body.join('\n')}\n\n`);
  for (const { name, census } of kmsHosts.nodes) {
    for (const { uncapped, thresholds } of census.filter(({ countClass }) => countClass === 'WINDOWS')) {
      for (const { required, reached } of thresholds.filter((each) => each.family === 'WINDOWS_CLIENT')) {
        process.stdout.write(`KMS host ${name}: ${uncapped} clients of ${required} that Windows needs: ${reached ? 'it activates' : 'it does not activate yet'}.\n`);
      }
    }
  }
}
