import type { Shape } from './shape.js'

/** Keys of code hosts and package registries. */
export const codeHosts: readonly Shape[] = [
  {
    name: 'github-token',
    patterns: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map(
      (start) => `${start}[A-Za-z0-9]{36,255}`,
    ),
    isAnywhere: true,
  },
  { name: 'github-fine-grained-token', patterns: ['github_pat_\\w{36,255}'], isAnywhere: true },
  {
    name: 'gitlab-token',
    patterns: [
      ...[
        'glpat-',
        'gldt-',
        'glrt-',
        'glsoat-',
        'glimt-',
        'glagent-',
        'glffct-',
        'glft-',
        'glcbt-',
      ].map((start) => `${start}[\\w-]{20,300}`),
      'glpat-[\\w-]{27,300}\\.[0-9a-z]{2}\\.[0-9a-z]{7,9}',
      'glptt-[0-9a-f]{40}',
    ],
    isAnywhere: true,
  },
  { name: 'bitbucket-token', patterns: ['ATBB[A-Za-z0-9]{32}'] },
  { name: 'atlassian-token', patterns: ['ATATT3[\\w=-]{150,250}'] },
  { name: 'npm-token', patterns: ['npm_[A-Za-z0-9]{36}'] },
  { name: 'pypi-token', patterns: ['pypi-AgE[\\w-]{50,1000}'], isAnywhere: true },
  { name: 'rubygems-key', patterns: ['rubygems_[0-9a-f]{48}'] },
  { name: 'docker-token', patterns: ['dckr_pat_[\\w-]{27,40}', 'dckr_oat_[\\w-]{27,40}'] },
  { name: 'nuget-key', patterns: ['oy2[a-z0-9]{43}'] },
  { name: 'linear-key', patterns: ['lin_api_[A-Za-z0-9]{40}', 'lin_oauth_[0-9a-f]{64}'] },
  { name: 'notion-token', patterns: ['ntn_[A-Za-z0-9]{40,50}', 'secret_[A-Za-z0-9]{43}'] },
  { name: 'figma-token', patterns: ['figd_[\\w-]{40,50}'] },
  { name: 'postman-key', patterns: ['PMAK-[0-9a-f]{24}-[0-9a-f]{34}'] },
]
