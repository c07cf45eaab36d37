export {
  type CertificateAuthority,
  createCertificateAuthority,
  type Identity,
  type IssueOptions,
} from './certificates.js'
export { type HttpProxy, type HttpProxyOptions, startHttpProxy } from './http-proxy.js'
export { type Listening, listen } from './listen.js'
export { type SocksProxy, type SocksProxyOptions, startSocksProxy } from './socks-proxy.js'
export { startTlsServer, type TlsServer } from './tls-server.js'
