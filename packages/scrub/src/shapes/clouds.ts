import type { Shape } from './shape.js'

const AWS_SECRET_NAMES = [
  'aws_secret_access_key',
  'AWS_SECRET_ACCESS_KEY',
  'secret_access_key',
  'SecretAccessKey',
  'secretAccessKey',
  'AWS_SECRET_KEY',
  'aws_secret_key',
  // Terraform's provider.
  'secret_key',
]

const isHex = (secret: Uint8Array) => new Set(secret).size >= 6

/** Keys of clouds and of services that run in them. */
export const clouds: readonly Shape[] = [
  { name: 'google-api-key', patterns: ['AIza[\\w-]{35}'] },
  {
    name: 'google-oauth',
    patterns: [
      'ya29\\.[\\w-]{20,1024}',
      // A hash in base64 sometimes has this prefix, but never a dash or an underscore.
      '1//0[A-Za-z0-9]{1,60}[-_][\\w-]{24,128}',
      'GOCSPX-[\\w-]{28}',
    ],
  },
  {
    name: 'aws-key-id',
    patterns: ['AKIA[A-Z2-7]{16}', 'ASIA[A-Z2-7]{16}', 'ABIA[A-Z2-7]{16}', 'ACCA[A-Z2-7]{16}'],
    // All examples in its documentation end like this.
    accepts: (id) => new Set(id).size >= 7 && !String.fromCharCode(...id).endsWith('EXAMPLE'),
  },
  {
    name: 'aws-secret',
    patterns: AWS_SECRET_NAMES.flatMap((name) => [
      `${name}["' ]{0,3}[=:]["' ]{0,3}([A-Za-z0-9/+=]{40})`,
      `${name}>([A-Za-z0-9/+=]{40})`,
    ]),
  },
  { name: 'aws-bedrock-key', patterns: ['ABSK[A-Za-z0-9+/=]{100,300}'] },
  {
    name: 'azure-storage-key',
    patterns: ['AccountKey=([A-Za-z0-9+/]{86}==)', 'SharedAccessKey=([A-Za-z0-9+/]{43}=)'],
  },
  {
    name: 'azure-signature',
    patterns: ['&sig=([A-Za-z0-9+/]{43}=)', '?sig=([A-Za-z0-9+/]{43}=)'].map((pattern) =>
      pattern.replace(/^\?/, '\\?'),
    ),
  },
  {
    name: 'azure-client-secret',
    patterns: Array.from({ length: 10 }, (_, digit) => `(${digit}Q~[\\w~.-]{31,34})`),
    behind: {
      of: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_~.-',
      least: 3,
      most: 3,
    },
    isAnywhere: true,
  },
  {
    name: 'digitalocean-token',
    patterns: ['dop_v1_[0-9a-f]{64}', 'doo_v1_[0-9a-f]{64}', 'dor_v1_[0-9a-f]{64}'],
  },
  { name: 'databricks-token', patterns: ['dapi[0-9a-f]{32}'], accepts: isHex },
  { name: 'heroku-key', patterns: ['HRKU-[\\w-]{36,70}'] },
  { name: 'netlify-token', patterns: ['nfp_[A-Za-z0-9]{36,40}'] },
  { name: 'vault-token', patterns: ['hvs\\.[\\w-]{24,300}', 'hvb\\.[\\w-]{24,300}'] },
  {
    name: 'terraform-token',
    patterns: ['.atlasv1.([\\w=-]{60,80})'.replaceAll('.', '\\.')],
    isAnywhere: true,
  },
  { name: 'pulumi-token', patterns: ['pul-[0-9a-f]{40}'] },
  { name: 'doppler-token', patterns: ['dp\\.pt\\.[A-Za-z0-9]{40,44}', 'dp\\.st\\.[\\w.-]{40,80}'] },
  {
    name: 'planetscale-token',
    patterns: ['pscale_tkn_[\\w=-]{32,64}', 'pscale_pw_[\\w=-]{32,64}'],
  },
  { name: 'supabase-token', patterns: ['sbp_[0-9a-f]{40}', 'sb_secret_[\\w-]{22,48}'] },
  {
    name: 'grafana-token',
    patterns: ['glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}', 'glc_eyJ[A-Za-z0-9+/=]{32,400}'],
  },
  { name: 'newrelic-key', patterns: ['NRAK-[A-Z0-9]{27}'] },
  { name: 'sentry-token', patterns: ['sntryu_[0-9a-f]{64}', 'sntrys_eyJ[A-Za-z0-9+/=_]{40,400}'] },
  { name: 'age-key', patterns: ['AGE-SECRET-KEY-1[A-Z0-9]{58}'] },
]
