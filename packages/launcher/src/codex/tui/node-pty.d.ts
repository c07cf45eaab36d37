// The package does not declare it: it loads the native part for this system, or throws.
declare module '@lydell/node-pty/requireBinary.js' {
  export function requireBinary(file: 'pty.node'): unknown
}
