import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A test server's certificate, with its key. */
export type Certificate = { cert: string; key: string }

/** What is wrong with a certificate, or what it is for. */
export type CertificateKind = 'good' | 'other name' | 'expired' | 'not yet' | 'for clients' | 'rsa'

/** A test's own certificate authority, in a folder. */
export class CertificateAuthority {
  readonly #folder: string
  /** The PEM file to trust. */
  readonly caPath: string

  /** Creates one. @param folder must exist; all files go there. */
  constructor(folder: string) {
    this.#folder = folder
    this.caPath = join(folder, 'ca.pem')
    mkdirSync(join(folder, 'issued'))
    writeFileSync(join(folder, 'index.txt'), '')
    writeFileSync(join(folder, 'openssl.cnf'), CONFIGURATION)
    this.#openssl(
      `req -x509 -config openssl.cnf -extensions root -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 -subj /CN=tacho-test-ca`,
    )
  }

  /** Issues a certificate for names and addresses: `DNS:model.test,IP:127.0.0.1`. */
  issue(names: string, kind: CertificateKind = 'good'): Certificate {
    const name = kind.replace(' ', '-')
    const key = kind === 'rsa' ? 'rsa:2048' : 'ec -pkeyopt ec_paramgen_curve:P-256'
    this.#openssl(
      `req -config openssl.cnf -newkey ${key} -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`,
    )
    const usage = kind === 'for clients' ? 'clientAuth' : 'serverAuth'
    const subject = kind === 'other name' ? 'DNS:other.test' : names
    writeFileSync(
      join(this.#folder, `${name}.ext`),
      `basicConstraints=CA:FALSE\nextendedKeyUsage=${usage}\nsubjectAltName=${subject}\n`,
    )
    const [from, to] = VALIDITY[kind] ?? ['20200101000000Z', '21000101000000Z']
    this.#openssl(
      `ca -batch -config openssl.cnf -in ${name}.csr -out ${name}.pem -extfile ${name}.ext -startdate ${from} -enddate ${to} -notext`,
    )
    return { cert: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) }
  }

  #openssl(line: string): void {
    execFileSync('openssl', line.split(' '), { cwd: this.#folder, stdio: 'pipe' })
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8')
  }
}

const VALIDITY: Partial<Record<CertificateKind, [from: string, to: string]>> = {
  expired: ['20200101000000Z', '20210101000000Z'],
  'not yet': ['20900101000000Z', '21000101000000Z'],
}

const CONFIGURATION = `[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = issued
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
private_key = ca.key
certificate = ca.pem
[any]
commonName = supplied
`
