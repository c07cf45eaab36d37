import type { Shape } from './shape.js'

const isHex = (secret: Uint8Array) => new Set(secret).size >= 6

/** Keys of messaging and payment services. */
export const messaging: readonly Shape[] = [
  {
    name: 'slack-token',
    patterns: [
      // Of known length: what follows its last line never belongs to it.
      ...['a', 'b'].map((kind) => `xox${kind}-\\d{10,13}-\\d{10,13}-[A-Za-z0-9]{24}`),
      ...['a', 'b', 'e', 'o', 'p', 'r', 's', 'c', 'd'].map(
        (kind) => `xox${kind}-[A-Za-z0-9-]{20,255}`,
      ),
      'xoxe\\.xox[bp]-\\d-[A-Za-z0-9]{50,255}',
      'xapp-\\d-[A-Za-z0-9-]{30,255}',
    ],
    isAnywhere: true,
  },
  {
    name: 'slack-webhook',
    patterns: [
      'hooks\\.slack\\.com/services/(T\\w{6,14}/B\\w{6,14}/\\w{20,40})',
      'hooks\\.slack\\.com/workflows/(T\\w{6,14}/A\\w{6,14}/\\d{10,20}/\\w{20,40})',
    ],
    isAnywhere: true,
  },
  {
    name: 'discord-webhook',
    patterns: [
      'discord\\.com/api/webhooks/\\d{17,20}/([\\w-]{60,80})',
      'discordapp\\.com/api/webhooks/\\d{17,20}/([\\w-]{60,80})',
    ],
    isAnywhere: true,
  },
  {
    // It begins with the id of its bot, digits in base64.
    name: 'discord-token',
    patterns: Array.from(
      { length: 90 },
      (_, id) =>
        `${btoa(`${id + 10}0`).slice(0, 3)}[w-z0-5][\\w-]{19,24}\\.[\\w-]{6}\\.[\\w-]{27,40}`,
    ),
  },
  {
    name: 'telegram-token',
    patterns: [':AA([\\w-]{33})'],
    behind: { of: '0123456789', least: 8, most: 10 },
    isAnywhere: true,
  },
  { name: 'sendgrid-key', patterns: ['SG\\.[\\w-]{20,24}\\.[\\w-]{39,50}'] },
  {
    name: 'twilio-key',
    patterns: Array.from('0123456789abcdef', (digit) => `SK${digit}[0-9a-f]{31}`),
    accepts: isHex,
  },
  { name: 'mailgun-key', patterns: ['key-[0-9a-f]{32}'], accepts: isHex },
  { name: 'brevo-key', patterns: ['xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}'] },
  {
    name: 'stripe-key',
    patterns: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_prod_'].map(
      (start) => `${start}[A-Za-z0-9]{10,150}`,
    ),
  },
  { name: 'stripe-webhook-secret', patterns: ['whsec_[A-Za-z0-9+/]{32,64}'] },
  { name: 'square-token', patterns: ['EAAA[\\w-]{60}', 'sq0csp-[\\w-]{43}'] },
  {
    name: 'shopify-token',
    patterns: ['at', 'ca', 'pa', 'ss'].map((kind) => `shp${kind}_[0-9a-fA-F]{32}`),
  },
]
