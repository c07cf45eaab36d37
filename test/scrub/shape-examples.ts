import { randomFrom } from '../faults/random.js'

/** True examples of a shape, newly made in the form that its issuer uses, and false ones. */
export type ShapeExamples = { rule: string; are: string[]; areNot: string[] }

const random = randomFrom(12)

function of(characters: string, length: number): string {
  return Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join('')
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
const ALNUM = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`
const alnum = (length: number) => of(ALNUM, length)
const word = (length: number) => of(`${ALNUM}-_`, length - 1) + of(ALNUM, 1)
const hex = (length: number) => of('0123456789abcdef', length)
const base64 = (length: number) => of(`${ALNUM}+/`, length)
const upper = (length: number) => of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length)
const digits = (length: number) => of(DIGITS, length)
const part = (length: number) => Buffer.from(`{"sub":"${alnum(length)}"}`).toString('base64url')

/** Three true ones of one form, and false ones: too short, typed by hand, in another word. */
function simple(rule: string, make: () => string, ...areNot: string[]): ShapeExamples {
  const are = [make(), make(), make()]
  const [one = ''] = are
  const beginning = one.slice(0, Math.min(10, Math.floor(one.length / 3)))
  return { rule, are, areNot: [beginning, `${beginning}${'x'.repeat(60)}`, ...areNot] }
}

export const EXAMPLES: ShapeExamples[] = [
  simple(
    'anthropic-key',
    () => `sk-ant-api03-${word(93)}AA`,
    'sk-ant-api03-your-key-goes-right-here',
  ),
  simple(
    'anthropic-admin-key',
    () => `sk-ant-admin01-${word(93)}AA`,
    'sk-ant-admin01-<your admin key>',
  ),
  simple('anthropic-oauth', () => `sk-ant-oat01-${word(93)}AA`, 'sk-ant-oat01-...'),
  simple(
    'openai-key',
    () => `sk-proj-${word(156)}`,
    'sk-proj-your-api-key-goes-here-now',
    'risk-proj',
  ),
  simple('openai-key', () => `sk-svcacct-${word(120)}`, 'sk-svcacct-'),
  simple(
    'openai-key',
    () => `sk-${alnum(48)}`,
    'task-0123456789abcdefABCDEF0123456789abcdefABCDEF0123',
  ),
  simple('openrouter-key', () => `sk-or-v1-${hex(64)}`, `sk-or-v1-${'z'.repeat(64)}`),
  simple('groq-key', () => `gsk_${alnum(52)}`, 'gsk_your_key_here'),
  simple('xai-key', () => `xai-${alnum(80)}`, 'xai-grok-code-fast-1'),
  simple('huggingface-token', () => `hf_${alnum(34)}`, 'hf_hub_download'),
  simple('replicate-token', () => `r8_${alnum(37)}`, 'r8_'),
  simple('perplexity-key', () => `pplx-${alnum(48)}`, 'pplx-70b-online'),
  simple('nvidia-key', () => `nvapi-${word(64)}`, 'nvapi-'),
  simple('google-api-key', () => `AIza${word(35)}`, 'AIzaSy'),
  simple('google-oauth', () => `ya29.${word(120)}`, 'ya29.'),
  simple('google-oauth', () => `GOCSPX-${word(28)}`, 'GOCSPX-secret'),
  // A base64 hash follows it and sometimes begins like this.
  simple('google-oauth', () => `1//0g${word(48)}-L9Ir${word(48)}`, `1//0${'aB3'.repeat(20)}`),
  simple('aws-key-id', () => `AKIA${upper(16)}`, 'AKIAAAAAAAAAAAAAAAAA'),
  {
    rule: 'aws-secret',
    are: [
      `aws_secret_access_key = ${base64(40)}`,
      `"SecretAccessKey": "${base64(40)}"`,
      `AWS_SECRET_ACCESS_KEY=${base64(40)}`,
    ],
    areNot: [
      'aws_secret_access_key = process.env.AWS_SECRET',
      `integrity ${base64(40)}`,
      'SecretAccessKey: string',
    ],
  },
  {
    rule: 'azure-storage-key',
    are: Array.from({ length: 3 }, () => `AccountKey=${base64(86)}==`),
    areNot: ['AccountKey=key', `sha512-${base64(86)}==`, 'AccountKey=<key>'],
  },
  simple('digitalocean-token', () => `dop_v1_${hex(64)}`, 'dop_v1_token'),
  simple('databricks-token', () => `dapi${hex(32)}`, 'dapi-server'),
  simple('vault-token', () => `hvs.${word(90)}`, 'hvs.token'),
  simple('grafana-token', () => `glsa_${alnum(32)}_${hex(8)}`, 'glsa_'),
  simple('github-token', () => `ghp_${alnum(36)}`, 'ghp_token'),
  simple('github-token', () => `ghs_${alnum(36)}`, 'ghs_token'),
  simple('github-fine-grained-token', () => `github_pat_${alnum(22)}_${alnum(59)}`, 'github_pat_'),
  simple('gitlab-token', () => `glpat-${word(20)}`, 'glpat-token'),
  simple('npm-token', () => `npm_${alnum(36)}`, 'npm_config_registry', 'npm_lifecycle_event'),
  simple('pypi-token', () => `pypi-AgEIcHlwaS5vcmc${word(140)}`, 'pypi-AgE'),
  simple('slack-token', () => `xoxb-${digits(12)}-${digits(12)}-${alnum(24)}`, 'xoxb-token'),
  {
    rule: 'slack-webhook',
    are: Array.from(
      { length: 3 },
      () => `https://hooks.slack.com/services/T${upper(8)}/B${upper(8)}/${alnum(24)}`,
    ),
    areNot: [
      'https://hooks.slack.com/services/',
      'https://slack.com/services/T0/B0/x',
      'hooks.slack.com/services/TXXXXXXXX/BXXXXXXXX/XXXXXXXXXXXXXXXXXXXXXXXX',
    ],
  },
  simple('stripe-key', () => `sk_live_${alnum(24)}`, 'sk_live_', 'sk_test_xxxxxxxxxxxxxxxxxxxx'),
  simple('sendgrid-key', () => `SG.${word(22)}.${word(43)}`, 'SG.name'),
  simple('twilio-key', () => `SK${hex(32)}`, `TASK${hex(32)}`),
  {
    rule: 'discord-token',
    are: Array.from(
      { length: 3 },
      () => `${Buffer.from(`1${digits(17)}`).toString('base64url')}.${word(6)}.${word(38)}`,
    ),
    areNot: ['MTIzNDU2', `${base64(24)}`, 'MTAx.js'],
  },
  {
    rule: 'telegram-token',
    are: Array.from({ length: 3 }, () => `${digits(10)}:AA${word(33)}`),
    areNot: ['12:AA', 'key:AAbbccddeeff', `${digits(3)}:AA${word(33)}`],
  },
  {
    rule: 'jwt',
    are: Array.from({ length: 3 }, () => `eyJhbGciOiJIUzI1NiJ9.${part(40)}.${word(43)}`),
    areNot: ['eyJhbGciOiJIUzI1NiJ9', `eyJ${alnum(60)}`, 'eyJ.eyJ.x'],
  },
  {
    rule: 'private-key',
    are: ['', 'RSA ', 'OPENSSH '].map((kind) => pem(kind)),
    areNot: [
      '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
      pem('').replaceAll('PRIVATE KEY', 'CERTIFICATE'),
      "'-----BEGIN RSA PRIVATE KEY-----\\n' + key",
    ],
  },
  {
    rule: 'url-password',
    are: [
      `postgres://ada:${alnum(14)}@db.example.com/x`,
      `https://ada:${word(20)}@example.com/`,
      'redis://:p4ssw0rd-7@cache/0',
    ],
    areNot: [
      'https://user:password@example.com/',
      'postgres://user:$PASSWORD@host/db',
      'https://example.com:8080/a@b',
    ],
  },
  {
    rule: 'bearer',
    are: [
      `Authorization: Bearer ${alnum(32)}`,
      `curl -H "authorization: bearer ${word(40)}"`,
      `Bearer ${hex(40)}`,
    ],
    areNot: ['Bearer token', 'Bearer authentication', 'Bearer <your-token-goes-here>'],
  },
  {
    rule: 'basic',
    are: ['ada:lovelace', `user:${alnum(9)}`, 'x:y1234567'].map(
      (pair) => `Authorization: Basic ${Buffer.from(pair).toString('base64')}`,
    ),
    areNot: ['Basic authentication', 'Basic dXNlcm5hbWU', 'Basic understanding of things'],
  },
]

function pem(kind: string): string {
  const lines = Array.from({ length: 12 }, () => base64(64)).join('\n')
  return `-----BEGIN ${kind}PRIVATE KEY-----\n${lines}\n${base64(30)}==\n-----END ${kind}PRIVATE KEY-----`
}
