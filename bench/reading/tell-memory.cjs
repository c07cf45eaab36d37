// Loaded before what is measured: tells on descriptor 3 how much memory the process had at most, in kB,
// and how much processor it took, in microseconds. On a shared machine only that says how fast it is.
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  require('node:fs').writeSync(3, `${maxRSS} ${userCPUTime + systemCPUTime}`)
})
