import type { Shape } from './shape.js'

/** Keys of model providers. */
export const modelApis: readonly Shape[] = [
  { name: 'anthropic-key', patterns: ['sk-ant-api\\d{2}-[\\w-]{20,200}'], isAnywhere: true },
  {
    name: 'anthropic-admin-key',
    patterns: ['sk-ant-admin\\d{2}-[\\w-]{20,200}'],
    isAnywhere: true,
  },
  {
    name: 'anthropic-oauth',
    patterns: ['sk-ant-oat\\d{2}-[\\w-]{20,200}', 'sk-ant-ort\\d{2}-[\\w-]{20,200}'],
    isAnywhere: true,
  },
  { name: 'anthropic-session', patterns: ['sk-ant-sid\\d{2}-[\\w-]{20,200}'], isAnywhere: true },
  {
    name: 'openai-key',
    patterns: [
      'sk-proj-[\\w-]{20,250}',
      'sk-svcacct-[\\w-]{20,250}',
      'sk-None-[\\w-]{20,250}',
      // The old form, which DeepSeek, Moonshot and others share.
      'sk-[A-Za-z0-9]{32,64}',
    ],
  },
  { name: 'openai-admin-key', patterns: ['sk-admin-[\\w-]{20,250}'] },
  { name: 'openrouter-key', patterns: ['sk-or-v\\d-[0-9a-f]{64}'], isAnywhere: true },
  { name: 'groq-key', patterns: ['gsk_[A-Za-z0-9]{40,64}'] },
  { name: 'xai-key', patterns: ['xai-[A-Za-z0-9]{60,100}'] },
  { name: 'huggingface-token', patterns: ['hf_[A-Za-z0-9]{30,40}', 'api_org_[A-Za-z0-9]{30,40}'] },
  { name: 'replicate-token', patterns: ['r8_[A-Za-z0-9]{37,40}'] },
  { name: 'perplexity-key', patterns: ['pplx-[A-Za-z0-9]{40,64}'] },
  { name: 'cerebras-key', patterns: ['csk-[a-z0-9]{40,64}'] },
  { name: 'fireworks-key', patterns: ['fw_[A-Za-z0-9]{22,30}'] },
  { name: 'nvidia-key', patterns: ['nvapi-[\\w-]{60,80}'] },
  {
    name: 'langsmith-key',
    patterns: ['lsv2_pt_[0-9a-f]{32}_[0-9a-f]{10}', 'lsv2_sk_[0-9a-f]{32}_[0-9a-f]{10}'],
  },
  { name: 'tavily-key', patterns: ['tvly-[\\w-]{32,64}'] },
]
