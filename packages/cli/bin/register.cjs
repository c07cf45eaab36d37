// `node --import tacho/register`: Node loads this in every process and thread that it starts, so it
// is plain JavaScript that old versions can parse, and makes a single comparison when recording is
// off.
if (process.env.TACHO_PERSIST_SESSION) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const tell = (words) => process.stderr.write(`tacho: this process is not recorded. ${words}\n`)
  try {
    if (major > 20 || (major === 20 && minor >= 18))
      require('../dist/bundle/register.cjs').register()
    else tell(`That needs Node 20.18 or later; this is ${process.version}.`)
  } catch (error) {
    const [reason] = String(error).split('\n')
    tell(`A part of Tacho is missing; install it anew. (${reason})`)
  }
}
