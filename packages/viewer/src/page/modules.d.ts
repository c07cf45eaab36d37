/** Vite: a module that is bundled as a worker of its own; the import is its URL. */
declare module '*?worker&url' {
  const url: string
  // biome-ignore lint/style/noDefaultExport: Vite exports it so
  export default url
}
