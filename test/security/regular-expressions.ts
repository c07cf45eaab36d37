import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SyntaxKind } from 'typescript/unstable/ast'
import { createScanner } from 'typescript/unstable/ast/scanner'
import { repositoryRoot } from '../host/index.js'

/** A regular expression as written in the sources. */
export type Found = { place: string; expression: RegExp }

/** All regular expression literals in the sources of the packages. */
export function regularExpressions(): Found[] {
  const packages = join(repositoryRoot, 'packages')
  return readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
    .sort()
    .flatMap((path) =>
      literalsOf(readFileSync(join(packages, path), 'utf8')).map((literal) => ({
        place: `${path}: ${literal}`,
        expression: compiled(literal),
      })),
    )
}

/** After these there is no value to divide: a slash begins a regular expression. */
const BEFORE_EXPRESSIONS = new Set<SyntaxKind>([
  ...[SyntaxKind.OpenParenToken, SyntaxKind.OpenBracketToken, SyntaxKind.OpenBraceToken],
  ...[SyntaxKind.CloseBraceToken, SyntaxKind.CommaToken, SyntaxKind.SemicolonToken],
  ...[SyntaxKind.EqualsToken, SyntaxKind.EqualsGreaterThanToken, SyntaxKind.ColonToken],
  ...[SyntaxKind.QuestionToken, SyntaxKind.QuestionQuestionToken, SyntaxKind.ExclamationToken],
  ...[SyntaxKind.AmpersandAmpersandToken, SyntaxKind.BarBarToken, SyntaxKind.ReturnKeyword],
  ...[SyntaxKind.TemplateHead, SyntaxKind.TemplateMiddle],
])

/** The regular expressions in a source text. */
export function literalsOf(text: string): string[] {
  const scanner = createScanner(true, undefined, text)
  const literals: string[] = []
  // The open braces; true for one in a template, whose text continues after it.
  const braces: boolean[] = []
  let previous: SyntaxKind = SyntaxKind.SemicolonToken
  for (let token = scanner.scan(); token !== SyntaxKind.EndOfFile; token = scanner.scan()) {
    let kind: SyntaxKind = token
    const isSlash = kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken
    if (kind === SyntaxKind.OpenBraceToken) braces.push(false)
    if (kind === SyntaxKind.TemplateHead) braces.push(true)
    if (kind === SyntaxKind.CloseBraceToken && braces.at(-1))
      kind = scanner.reScanTemplateToken(false)
    if (kind === SyntaxKind.TemplateTail || kind === SyntaxKind.CloseBraceToken) braces.pop()
    if (isSlash && BEFORE_EXPRESSIONS.has(previous)) {
      kind = scanner.reScanSlashToken()
      literals.push(scanner.getTokenText())
    }
    previous = kind
  }
  return literals
}

function compiled(literal: string): RegExp {
  const end = literal.lastIndexOf('/')
  return new RegExp(literal.slice(1, end), literal.slice(end + 1))
}
