// `node --import tacho/register` as Node's own kind of module: off, Node would spend three times as
// long on finding out what a CommonJS file exports. Without `await`, so that it can be required, too.
if (process.env.TACHO_PERSIST_SESSION) {
  const tell = (words) => process.stderr.write(`tacho: this process is not recorded. ${words}\n`)
  const { createRequire } = process.getBuiltinModule?.('node:module') ?? {}
  if (createRequire === undefined)
    tell(`That needs Node 20.18 or later; this is ${process.version}.`)
  else
    try {
      createRequire(import.meta.url)('./register.cjs')
    } catch (error) {
      const [reason] = String(error).split('\n')
      tell(`A part of Tacho is missing; install it anew. (${reason})`)
    }
}
