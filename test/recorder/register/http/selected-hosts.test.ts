import { expect, test } from 'vitest'
import { SelectedHosts } from '../../../../packages/recorder/src/register/http/selected-hosts.js'

const BY_DEFAULT: readonly [url: string, isSelected: boolean][] = [
  ['https://api.openai.com/v1/files', true],
  ['https://eu.api.openai.com/v1/files', true],
  ['https://api.openai.com.evil.example/v1/files', false],
  ['https://api.cohere.com/v2/chat', true],
  ['http://127.0.0.1:11434/api/chat', true],
  ['http://localhost:11434/api/generate', true],
  ['http://[::1]:11434/api/chat', true],
  ['http://localhost:11435/api/chat', false],
  ['http://api.example:11434/api/chat', false],
  ['https://gateway.example/files', true],
  ['https://other.example/v1/chat/completions', true],
  ['https://other.example/files', false],
]

for (const [url, isSelected] of BY_DEFAULT)
  test(`by default ${url} is ${isSelected ? '' : 'not '}recorded with its bodies`, () => {
    const hosts = new SelectedHosts({ SOME_BASE_URL: 'https://gateway.example/v1' })
    expect(hosts.has(new URL(url), 'POST')).toBe(isSelected)
  })

test('what TACHO_HOSTS names is recorded with its bodies, and nothing else', () => {
  const hosts = new SelectedHosts({ TACHO_HOSTS: 'localhost:8080, *.example.org' })
  const isSelected = (url: string) => hosts.has(new URL(url), 'POST')
  expect(isSelected('http://localhost:8080/files')).toBe(true)
  expect(isSelected('http://localhost:8081/files')).toBe(false)
  expect(isSelected('https://api.example.org/files')).toBe(true)
  expect(isSelected('https://api.openai.com/v1/chat/completions')).toBe(false)
})
