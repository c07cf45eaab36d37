const name = process.argv[3] ?? 'nobody'

console.log(`Hello, ${name}!`)
